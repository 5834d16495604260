"""Mails leave after the commit: at least once, recognisable when twice, and saying nothing."""

import os
import signal
import socket
import stat
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default

import pytest
from sqlalchemy import select

from app.operations.carriers import FileCarrier, SmtpCarrier
from app.operations.letters import compose
from app.operations.outbox import GIVEN_UP_AFTER, claim_one, send_waiting, try_again
from app.people.actions import end_service, invite
from app.pipeline.identity import THE_CLOCK
from app.pipeline.outbox import queue_mail
from app.pipeline.transaction import db, transaction, transactions
from config import Config, Secret
from models.audit_record import AuditRecord
from models.outbox_message import OutboxMessage
from models.rules.mail_kinds import MailKind
from tests.support.mail_server import HOST, MAIL_PASSWORD, USER, make_certificate, running_mail_server
from tests.support.present import person
from tests.support.source_tree import ROOT
from tests.support.world import COMPANIES, MEMBERS


def smtp(app, port, **more):
    return SmtpCarrier(
        Config(
            data=app.config["KIKITE"].data,
            mail="smtp",
            smtp_host=HOST,
            smtp_port=port,
            **{"smtp_security": "none", "smtp_timeout_seconds": 3, **more},
        )
    )


def queue(app, *keys, kind=MailKind.UPDATE, to="alpha_officer"):
    with app.app_context(), transaction():
        for key in keys or ("one",):
            queue_mail(person(to), kind, actor=THE_CLOCK, key=key)


def rows(app):
    with app.app_context():
        return db().scalars(select(OutboxMessage).order_by(OutboxMessage.queued_at)).all()


def events(app):
    with app.app_context():
        mails = select(AuditRecord.name).where(AuditRecord.name.like("mail.%")).order_by(AuditRecord.number)
        return db().scalars(mails).all()


def files(app):
    return sorted((app.config["KIKITE"].data / "mail").glob("*.eml"))


@pytest.fixture
def certificate(tmp_path, monkeypatch):
    made = make_certificate(tmp_path / "mail.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(made))
    return made


def test_a_mail_becomes_a_readable_file_that_only_its_owner_may_read(app):
    queue(app)
    assert send_waiting(app).sent == 1
    (file,) = files(app)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    text = file.read_text(encoding="utf-8")
    assert "Subject: お知らせがあります / There is an update" in text
    assert "サインイン" in text
    assert "Please sign in" in text
    assert "http://127.0.0.1:8000/sign-in" in text
    assert rows(app)[0].sent_at is not None
    assert events(app) == ["mail.queue", "mail.sent"]


@pytest.mark.parametrize("kind", MailKind)
def test_every_kind_of_mail_says_the_same_to_everybody_and_names_nobody(app, kind):
    if kind is MailKind.INVITATION:
        with app.app_context(), transaction():
            invite(person("alpha_officer"), actor=THE_CLOCK)
    else:
        queue(app, kind=kind)
    send_waiting(app)
    message = message_from_bytes(files(app)[0].read_bytes(), policy=default)
    text = f"{message['Subject']} {message.get_content()}"
    assert kind.ja in text
    assert kind.en in text
    assert not [
        word for word in (*COMPANIES["alpha"][:3], "alpha_officer", "名前・", "K-", "HT-") if word and word in text
    ]
    assert "{{" not in text
    assert "{%" not in text
    assert message["To"] == MEMBERS["alpha_officer"].mail
    assert message["Auto-Submitted"] == "auto-generated"


def test_an_invitation_carries_its_link_which_is_then_forgotten(app):
    with app.app_context(), transaction():
        token = invite(person("alpha_officer"), actor=THE_CLOCK)
    assert send_waiting(app).sent == 1
    text = files(app)[0].read_text(encoding="utf-8")
    assert f"/sign-up/{token}" in text
    with app.test_request_context():
        assert app.url_map.bind("").match(f"/sign-up/{token}", method="GET")[1] == {"token": token}
    with app.app_context():
        (sealed,) = db().connection().exec_driver_sql("SELECT sealed_link FROM sign_up_link").one()
    assert sealed is None


def test_an_invitation_that_ran_out_is_not_sent(app, clock):
    with app.app_context(), transaction():
        invite(person("alpha_officer"), actor=THE_CLOCK)
    clock.move(to=clock.at + timedelta(days=8))
    assert send_waiting(app).given_up == 1
    assert files(app) == []
    assert rows(app)[0].last_failure == "nobody"


def test_nobody_who_has_left_gets_a_mail(app):
    queue(app)
    with app.app_context(), transaction():
        end_service(person("alpha_officer"), actor=THE_CLOCK)
    assert send_waiting(app).given_up == 1
    assert files(app) == []
    assert events(app)[-1] == "mail.give_up"


def test_a_mail_goes_by_starttls_and_with_a_password(app, certificate):
    queue(app)
    with running_mail_server(certificate=certificate, needs_sign_in=True) as server:
        carrier = smtp(app, server.port, smtp_security="starttls", smtp_user=USER, smtp_password=Secret(MAIL_PASSWORD))
        assert send_waiting(app, carrier).sent == 1
    assert server.was_encrypted == [True]
    # This machine's own name is nobody's business.
    assert server.senders == ["kikite.example"]
    assert server.messages[0]["Subject"] == "お知らせがあります / There is an update"
    assert "お知らせ" in server.messages[0].get_content()


def test_a_mail_goes_by_tls_from_the_first_byte(app, certificate):
    queue(app)
    with running_mail_server(certificate=certificate, tls_at_once=True) as server:
        assert send_waiting(app, smtp(app, server.port, smtp_security="tls")).sent == 1
    assert len(server.messages) == 1


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_server_whose_certificate_nobody_knows_gets_nothing(app, tmp_path, security):
    queue(app)
    unknown = make_certificate(tmp_path / "unknown.pem")
    with running_mail_server(certificate=unknown, tls_at_once=security == "tls") as server:
        assert send_waiting(app, smtp(app, server.port, smtp_security=security)).failed == 1
    assert server.messages == []
    assert rows(app)[0].last_failure == "tls"


def test_a_server_without_tls_gets_nothing_when_tls_was_asked_for(app):
    queue(app)
    with running_mail_server() as server:
        assert send_waiting(app, smtp(app, server.port, smtp_security="starttls")).failed == 1
    assert server.messages == []
    assert rows(app)[0].last_failure == "not_supported"


def test_a_wrong_password_is_told_apart_on_the_outbox_page(app, certificate):
    queue(app)
    with running_mail_server(certificate=certificate, needs_sign_in=True) as server:
        carrier = smtp(app, server.port, smtp_user=USER, smtp_password=Secret("another"), smtp_security="starttls")
        assert send_waiting(app, carrier).failed == 1
    assert rows(app)[0].last_failure == "sign_in"


def test_a_server_that_is_gone_costs_one_attempt_and_no_mail(app, clock):
    queue(app, "one", "two", "three")
    with socket.socket() as taken:
        taken.bind((HOST, 0))
        gone = taken.getsockname()[1]
    assert send_waiting(app, smtp(app, gone)).failed == 1
    assert sorted(row.attempts for row in rows(app)) == [0, 0, 1]
    clock.move(to=clock.at + timedelta(minutes=2))
    with running_mail_server() as server:
        assert send_waiting(app, smtp(app, server.port)).sent == 3
    assert len(server.messages) == 3


def test_a_server_that_never_answers_is_left_after_the_time_that_is_set(app):
    queue(app)
    with socket.create_server((HOST, 0)) as silent:
        carrier = smtp(app, silent.getsockname()[1], smtp_timeout_seconds=0.2)
        assert send_waiting(app, carrier).failed == 1
    assert rows(app)[0].last_failure == "timeout"


def test_the_waits_between_attempts_grow_and_the_mail_is_given_up_after_days(app, clock):
    queue(app)
    with running_mail_server() as server:
        server.refuses = "451 not now"
        waits = []
        while rows(app)[0].given_up_at is None:
            send_waiting(app, smtp(app, server.port))
            waits.append(rows(app)[0].next_try_at - clock.at)
            clock.move(to=max(clock.at, rows(app)[0].next_try_at))
            assert len(waits) < 60
    assert waits[:3] == [timedelta(minutes=1), timedelta(minutes=2), timedelta(minutes=4)]
    assert max(waits) == timedelta(hours=4)
    assert clock.at - rows(app)[0].queued_at >= GIVEN_UP_AFTER
    assert events(app) == ["mail.queue", "mail.give_up"]
    assert try_again(app) == 1
    assert send_waiting(app).sent == 1


def test_one_address_that_is_refused_does_not_hold_the_others_up(app):
    queue(app, "refused")
    with running_mail_server() as server:
        server.refuses = "550 nobody here"
        assert send_waiting(app, smtp(app, server.port)).failed == 1
        assert rows(app)[0].last_failure == "refused"
        queue(app, "welcome", to="beta_deputy")
        server.refuses = ""
        assert send_waiting(app, smtp(app, server.port)).sent == 1


def test_a_full_disk_is_told_and_the_mail_waits(app, tmp_path):
    queue(app)
    (tmp_path / "mail").write_text("a file stands where the folder should be")
    assert send_waiting(app, FileCarrier(tmp_path / "mail")).failed == 1
    assert rows(app)[0].last_failure == "disk"


def test_the_pen_is_free_while_the_server_takes_its_time(app):
    queue(app)
    wrote = threading.Event()

    class Slow(FileCarrier):
        def carry(self, message, *, name):
            def write():
                with app.app_context(), transaction():
                    queue_mail(person("beta_deputy"), MailKind.UPDATE, actor=THE_CLOCK, key="meanwhile")
                wrote.set()

            writer = threading.Thread(target=write)
            writer.start()
            writer.join(5)
            super().carry(message, name=name)

    assert send_waiting(app, Slow(app.config["KIKITE"].data / "mail")).sent == 2
    assert wrote.is_set()


def test_what_is_claimed_is_passed_over_until_the_claim_runs_out(app, clock):
    queue(app)
    config = app.config["KIKITE"]
    with app.app_context():
        claimed = claim_one(config)
    with app.app_context():
        assert claim_one(config) is None
    clock.move(to=clock.at + timedelta(seconds=21 * config.smtp_timeout_seconds))
    with app.app_context():
        assert claim_one(config).id == claimed.id


def test_killed_between_sending_and_marking_it_leaves_again_with_the_same_message_id(app, clock):
    queue(app)
    with running_mail_server() as server:

        class Power(BaseException):
            """The machine stops here."""

        class Killed(SmtpCarrier):
            def carry(self, message, *, name):
                super().carry(message, name=name)
                raise Power

        with pytest.raises(Power):
            send_waiting(app, Killed(smtp(app, server.port)._config))
        assert rows(app)[0].sent_at is None
        clock.move(to=clock.at + timedelta(hours=1))
        assert send_waiting(app, smtp(app, server.port)).sent == 1
    first, second = server.messages
    assert first["Message-ID"] == second["Message-ID"]
    assert events(app) == ["mail.queue", "mail.sent"]


def test_a_letter_that_is_written_twice_lands_in_one_file(app, clock):
    queue(app)
    with app.app_context():
        letter = claim_one(app.config["KIKITE"]).letter
        carrier = FileCarrier(app.config["KIKITE"].data / "mail")
        for _ in range(2):
            carrier.carry(compose(letter, app.config["KIKITE"]), name=letter.name)
    assert len(files(app)) == 1


def test_an_address_that_is_none_is_an_attempt_that_failed_and_no_crash(app, monkeypatch):
    queue(app)
    monkeypatch.setattr("app.operations.outbox.mail_of", lambda _person: "not an\naddress")
    assert send_waiting(app).failed == 1
    assert rows(app)[0].last_failure == "address"


WORKER = """
import sys
from app import create_app
from app.operations.outbox import send_waiting
from app.operations.settings import read_config
app = create_app(read_config())
print("ready", flush=True)
sys.stdin.readline()
print(send_waiting(app).sent)
"""


def settings(app, server):
    config = app.config["KIKITE"]
    urls = {}
    if config.database_url:
        urls = {
            "KIKITE_DATABASE_URL": config.database_url.value,
            "KIKITE_KEYSTORE_URL": config.keystore_url.value,
        }
    return {
        **os.environ,
        **urls,
        "KIKITE_DATA": str(config.data),
        "KIKITE_MAIL": "smtp",
        "KIKITE_SMTP_HOST": HOST,
        "KIKITE_SMTP_PORT": str(server.port),
        "KIKITE_SMTP_SECURITY": "none",
        "KIKITE_PASSWORD_PROFILE": "for_tests_only",
    }


def worker(app, server, program=WORKER):
    return subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env=settings(app, server),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def close_connections(app):
    with app.app_context():
        transactions().engine.dispose()


@pytest.fixture
def real_time(clock):
    """Other processes go by the machine's clock; what this test queues is due by it too."""
    clock.move(to=datetime.now(UTC))


def test_two_processes_share_the_mails_and_send_none_twice(app, real_time):
    queue(app, *(f"mail-{number}" for number in range(24)))
    close_connections(app)
    with running_mail_server() as server:
        both = [worker(app, server), worker(app, server)]
        for each in both:
            assert each.stdout.readline() == "ready\n"
        sent = [int(each.communicate("go\n", timeout=60)[0]) for each in both]
    assert sum(sent) == 24
    ids = [message["Message-ID"] for message in server.messages]
    assert len(ids) == len(set(ids)) == 24
    assert all(row.sent_at for row in rows(app))


def test_a_process_that_is_killed_loses_no_mail(app, clock, real_time):
    queue(app, *(f"mail-{number}" for number in range(6)))
    close_connections(app)
    dying = WORKER.replace(
        "print(send_waiting(app).sent)",
        "import os, signal\n"
        "from app.operations.carriers import SmtpCarrier\n"
        "class Dying(SmtpCarrier):\n"
        "    left = 3\n"
        "    def carry(self, message, *, name):\n"
        "        super().carry(message, name=name)\n"
        "        self.left -= 1\n"
        "        if not self.left: os.kill(os.getpid(), signal.SIGKILL)\n"
        "send_waiting(app, Dying(app.config['KIKITE']))\n",
    )
    with running_mail_server() as server:
        killed = worker(app, server, dying)
        killed.communicate("go\n", timeout=60)
        assert killed.returncode == -signal.SIGKILL
        assert [bool(row.sent_at) for row in rows(app)].count(True) == 2
        clock.move(to=clock.at + timedelta(hours=1))
        assert send_waiting(app, smtp(app, server.port)).sent == 4
    ids = [message["Message-ID"] for message in server.messages]
    assert len(ids) == 7
    assert len(set(ids)) == 6
    assert all(row.sent_at for row in rows(app))
