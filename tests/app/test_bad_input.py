"""Bad input, for every form of the product at once: refused in words, kept, and never the end of a page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, func, select
from sqlalchemy.exc import OperationalError
from werkzeug.datastructures import MultiDict
from wtforms import Field

from app.pipeline.access import ask_of
from app.pipeline.database import DatabaseBusy, WriteLock
from app.pipeline.transaction import db, transactions
from app.presentation.choices import FromList
from app.presentation.fields import Asked, Code, Day, MailAddress, PlainText, WholeNumber
from app.presentation.form import Form
from app.recovery.forms import CardField
from models.audit_record import AuditRecord
from models.rules.consent import Consent, ConsentLevel
from models.rules.people import Role
from models.rules.permissions import may_ever
from tests.conventions.test_access import SIGNED_IN, address_of
from tests.support.bounded import bounded_work
from tests.support.page import Page
from tests.support.visitor import sign_in

BIDI = "\u202a\u202e\u2066\u2069"
EMOJI, KANA, RARE = "😀👩‍👧", "ｶﾅﾊﾝｶｸ", "𠮷髙﨑"
HUGE = "あ" * 34_000  # A hundred kilobytes.
BLANKS = "一" + " " * 300_000 + "二"
NONSENSE = (
    "",
    "\0",
    "\ud800",
    BIDI,
    EMOJI,
    KANA,
    HUGE,
    BLANKS,
    "-1",
    "9" * 400,
    "0001-01-01",
    "9999-12-31",
    "９９",
    "<b>",
)
NOT_FOUND = 404
KEPT = "消えては困る言葉です。"


def kinds_of_form() -> list[type[Form]]:
    """Every form of the product, its bases included."""

    def below(kind: type[Form]) -> Iterator[type[Form]]:
        for one in kind.__subclasses__():
            yield one
            yield from below(one)

    found = {one for one in below(Form) if one.__module__.startswith("app.")}
    return sorted(found, key=lambda one: (one.__module__, one.__name__))


def posted(kind: type[Form], name: str, *answers: str) -> tuple[Form, Any]:
    """A form to which this one answer was posted, after it has looked at it; and the field."""
    more = {"now": Consent(ConsentLevel.CN_0, frozenset())} if kind.__name__ == "ConsentForm" else {}
    form = kind(MultiDict((name, answer) for answer in answers), **more)
    form.validate()
    return form, form[name]


def fields(*types: type[Field]) -> list[tuple[type[Form], str]]:
    found = []
    for kind in kinds_of_form():
        for name, unbound in kind.__dict__.items():
            made = getattr(unbound, "field_class", None)
            if isinstance(made, type) and issubclass(made, types):
                found.append((kind, name))
    return found


@pytest.fixture
def posting(app: Flask) -> Iterator[None]:
    app.config["WTF_CSRF_ENABLED"] = False
    with app.test_request_context("/", method="POST"):
        yield


PRINTED = {
    "app.escalations.forms.LetterForm.text",
    "app.resolutions.forms.MinutesForm.reference",
    "app.resolutions.forms.ResolutionForm.reasons",
    "app.letters.forms.WordsForm.ja",
}


NOT_GUESSED = {"app.intake.forms.IntakeForm.secret_word", "app.intake.forms.IntakeForm.second_secret_word"}
"""A word that others could guess is refused, and so is one that is too short."""
VARIED = "".join(chr(0x3041 + number * 37 % 83) for number in range(len(HUGE)))
"""Kana in no order that anybody would think of."""
READ = (Code, CardField)
"""Fields that take only what they can read: whatever else is typed is refused, however short it is."""


@pytest.mark.usefixtures("posting")
def test_every_line_and_every_text_of_every_form_takes_odd_signs_and_refuses_what_is_too_much():
    texts = [(kind, name) for kind, name in fields(PlainText) if not issubclass(_type(kind, name), READ)]
    assert len(texts) > 40
    for kind, name in texts:
        where = f"{kind.__module__}.{kind.__name__}.{name}"
        limit = posted(kind, name, "")[1].limit
        assert limit < len(HUGE), where
        assert not posted(kind, name, VARIED[:limit])[1].errors, f"{where} refuses its own limit"
        for odd in (EMOJI, KANA, RARE, "<b>&amp;"):
            _form, field = posted(kind, name, odd)
            assert field.data == odd, where
            # What is printed in a letter takes what its font has, and says which sign it lacks.
            lacks = [error for error in field.errors if "文書の書体にない文字" in error]
            if where in NOT_GUESSED:
                continue
            assert list(field.errors) == (lacks if where in PRINTED and odd == EMOJI else []), where
        assert posted(kind, name, f"前{BIDI}後")[1].data == "前後", where
        for too_much in ("あ" * (limit + 1), HUGE):
            form, field = posted(kind, name, too_much)
            assert field.errors, f"{where} takes {len(too_much)} letters"
            assert field.shown() == too_much, f"{where} loses what was typed"
            assert form.error_items(), where
        for unreadable in ("\0", "\ud800", "\udfff"):
            _form, field = posted(kind, name, f"前{unreadable}{KEPT}")
            assert field.errors, f"{where} takes {unreadable!r}"
            assert field.shown() == f"前{KEPT}", f"{where} loses what stood beside it"


@pytest.mark.usefixtures("posting")
def test_every_answer_that_must_be_given_is_asked_for_in_words():
    for kind, name in fields(Asked):
        field = posted(kind, name, "")[1]
        assert bool(field.errors) is field.required, f"{kind.__name__}.{name}: {field.errors}"
        assert all(str(error).endswith("。") for error in field.errors), f"{kind.__name__}.{name}: {field.errors}"


@pytest.mark.usefixtures("posting")
def test_no_form_falls_over_any_answer_and_none_takes_what_is_not_in_its_list():
    for kind, name in fields(Asked):
        for answer in NONSENSE:
            with bounded_work():
                _form, field = posted(kind, name, answer)
            if (
                answer
                and isinstance(field, FromList | Day | MailAddress | WholeNumber)
                and answer not in {BIDI, "９９"}
            ):
                known = isinstance(field, FromList) and answer in {option.value for option in field.options}
                small = isinstance(field, WholeNumber) and field.data is not None
                assert field.errors or known or small or not field.data, f"{kind.__name__}.{name} takes {answer[:20]!r}"


@pytest.mark.usefixtures("posting")
def test_a_day_before_or_after_our_calendars_is_refused_in_words():
    for kind, name in fields(Day):
        for far in ("0001-01-01", "1899-12-31", "2100-01-01", "9999-12-31"):
            field = posted(kind, name, far)[1]
            assert "1900年から2099年まで" in str(field.errors[0]), f"{kind.__name__}.{name} takes {far}"
            assert field.shown() == far


def _type(kind: type[Form], name: str) -> type[Field]:
    made: type[Field] = getattr(kind, name).field_class
    return made


# These read a file, and the token with it, piece by piece; tests/app/attachments/test_refusing.py and
# tests/app/certifications/test_a_file_of_the_pre_certified.py send forged ones.
READ_PIECE_BY_PIECE = {
    "attachments.own_give",
    "attachments.desk_give",
    "attachments.office_give",
    "attachments.evidence_give",
    "certifications.file",
}


def writing_routes(app: Flask) -> list[Any]:
    writing = [rule for rule in app.url_map.iter_rules() if "POST" in (rule.methods or set())]
    assert {rule.endpoint for rule in writing} >= READ_PIECE_BY_PIECE
    return [rule for rule in writing if rule.endpoint not in READ_PIECE_BY_PIECE]


def records(app: Flask) -> int:
    with app.app_context():
        return db().scalar(select(func.count()).select_from(AuditRecord)) or 0


def test_no_page_takes_anything_with_a_missing_forged_or_borrowed_token(app: Flask):
    visitor, stranger = sign_in(app, "head"), app.test_client()
    borrowed = Page(stranger.get("/sign-in"), "/sign-in").form_with("csrf_token").fields["csrf_token"][0]
    before = records(app)
    for rule in writing_routes(app):
        for token in ({}, {"csrf_token": ""}, {"csrf_token": "forged"}, {"csrf_token": borrowed}):
            answer = visitor.client.post(address_of(rule), data={**token, "text": KEPT})
            page = Page(answer, rule.rule)
            assert page.status == 400, f"{rule.endpoint} takes {token}"
            page.check()
            assert "保存" in page.text, f"{rule.endpoint} does not say whether anything was stored"
            assert KEPT in page.html, f"{rule.endpoint} loses what was typed"
    assert records(app) == before


# Without what was read back these store nothing; tests/app/intake/test_keying.py sends them that.
# The pages of the own sign-in store nothing without the password; tests/app/sign_in/test_passwords.py sends it.
# The refused lines of a file are written out and stored nowhere.
STORES_ONLY_WHAT_WAS_CHECKED = {
    "cases.search_words",
    "certifications.refused_lines",
    "keying.send",
    "keying.write",
    "sign_in.change_password",
    "sign_in.confirm_code",
    "sign_in.renew_code",
    "sign_in.add_passkey_",
}


@pytest.fixture
def nobody_gets_the_pen(monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(_lock: WriteLock) -> None:
        raise DatabaseBusy

    monkeypatch.setattr(WriteLock, "acquire", busy)


@pytest.mark.parametrize("path", ["/desk/", "/desk/K-2222-2222/note"])
def test_a_database_that_goes_away_at_any_moment_of_a_request_ends_on_a_page_in_words(app: Flask, path: str):
    visitor = sign_in(app, "counselor")
    token = visitor.page.form_with("csrf_token").fields["csrf_token"][0]
    with app.app_context():
        engine = transactions().engine
    answered = []
    for statements in range(40):
        left = [statements]

        def gone(*_said: object, left: list[int] = left) -> None:
            left[0] -= 1
            if left[0] < 0:
                raise OperationalError("", None, Exception())

        event.listen(engine, "before_cursor_execute", gone)
        try:
            if path.endswith("/"):
                answer = visitor.client.get(path)
            else:
                answer = visitor.client.post(path, data={"csrf_token": token, "note": KEPT})
        finally:
            event.remove(engine, "before_cursor_execute", gone)
        if left[0] >= 0:
            break
        page = Page(answer, path)
        page.check()
        if page.status == NOT_FOUND:
            # The answer was known already; only the menu beside it could not be made any more.
            continue
        assert page.status == 503
        assert path.endswith("/") or KEPT in page.html
        answered.append(statements)
    assert len(answered) > 2


def role_for(app: Flask, endpoint: str) -> Role | None:
    ask = ask_of(app, endpoint)
    if ask is None or ask.permission is None or ask.permission.resource == "mailbox":
        return None
    if endpoint in STORES_ONLY_WHAT_WAS_CHECKED:
        return None
    permission = ask.permission
    return next(role for role in SIGNED_IN if may_ever(permission, role))


def test_while_nothing_can_be_stored_every_page_that_writes_says_so_and_hands_back_the_text(
    app: Flask, request: pytest.FixtureRequest
):
    wanted = [(rule, role) for rule in writing_routes(app) if (role := role_for(app, rule.endpoint))]
    visitors = {role: sign_in(app, SIGNED_IN[role]) for role in {role for _rule, role in wanted}}
    tokens = {role: one.page.form_with("csrf_token").fields["csrf_token"][0] for role, one in visitors.items()}
    request.getfixturevalue("nobody_gets_the_pen")
    assert len(wanted) > 50
    for rule, role in wanted:
        answer = visitors[role].client.post(address_of(rule), data={"csrf_token": tokens[role], "text": KEPT})
        page = Page(answer, rule.rule)
        assert (page.status, answer.headers["Retry-After"]) == (503, "30"), rule.endpoint
        page.check()
        assert KEPT in page.html, f"{rule.endpoint} loses what was typed"
