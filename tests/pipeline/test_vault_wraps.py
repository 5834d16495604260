"""The key ring wrapped by a real Vault's Transit engine, and what is said of everything that can be wrong with it."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from app.pipeline.ring_place import RingPlace, RingRefused, Trouble
from app.pipeline.wrapped_by_transit import TransitWrapper, Vault
from crypto import new_key
from tests.support.answers import each_answer_is_let_go
from tests.support.vaults import VaultServer, free_port, running_vault


@dataclass(frozen=True)
class SetUp:
    """A Vault with an engine and a key in it, and somebody's token who may use that one alone."""

    server: VaultServer
    token: str

    @property
    def vault(self) -> Vault:
        return self.server.seen_by(self.token)


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SetUp]:
    with running_vault(tmp_path_factory.mktemp("vault")) as server:
        # Before anybody has set it up it is not one that wraps.
        assert trouble_with(server.seen_by("no-token-yet")) is Trouble.SEALED
        server.set_up()
        yield SetUp(server, server.give_transit())


def trouble_with(vault: Vault) -> Trouble:
    with pytest.raises(RingRefused) as refused:
        TransitWrapper(vault).wrap(new_key())
    # Neither the token nor what was to be wrapped goes along with the error.
    assert refused.value.__cause__ is None
    assert refused.value.__suppress_context__ or refused.value.__context__ is None
    return refused.value.trouble


def test_what_a_vault_wraps_it_alone_gives_back(real: SetUp) -> None:
    wrapper, key = TransitWrapper(real.vault), new_key()
    wrapped = wrapper.wrap(key)
    assert wrapped.startswith("vault:v")
    assert wrapper.unwrap(wrapped) == key
    assert wrapper.wrap(key) != wrapped
    assert real.token not in repr(wrapper) + repr(real.vault)


def test_a_ring_is_kept_wrapped_and_opens_after_the_vaults_key_was_rotated(real: SetUp, tmp_path: Path) -> None:
    place = RingPlace(tmp_path / "ring.json", TransitWrapper(real.vault))
    ring = place.read_or_make()
    before = place.wrapping()
    assert before is not None
    assert "material" not in place.path.read_text(encoding="utf-8")
    first = TransitWrapper(real.vault).version(before.wrapped_key)
    real.server.ask("POST", "transit/keys/kikite/rotate")
    assert place.read().to_json() == ring.to_json()
    # Written again it stands under the newest version.
    place.write(ring)
    after = place.wrapping()
    assert after is not None
    newer = TransitWrapper(real.vault).version(after.wrapped_key)
    assert int(newer[1:]) == int(first[1:]) + 1
    assert place.read().to_json() == ring.to_json()
    # What an older version wrapped opens until the Vault forbids it.
    real.server.ask("POST", "transit/keys/kikite/config", min_decryption_version=int(newer[1:]))
    with pytest.raises(RingRefused) as refused:
        TransitWrapper(real.vault).unwrap(before.wrapped_key)
    assert refused.value.trouble is Trouble.NOT_UNWRAPPED


def test_what_was_altered_or_is_no_ciphertext_opens_nothing(real: SetUp) -> None:
    wrapper = TransitWrapper(real.vault)
    wrapped = wrapper.wrap(new_key())
    other = "A" if wrapped[-5] != "A" else "B"
    for altered in (wrapped[:-5] + other + wrapped[-4:], wrapped[:-8], "vault:v1:", "", "plain", wrapped + "\n"):
        with pytest.raises(RingRefused) as refused:
            wrapper.unwrap(altered)
        assert refused.value.trouble is Trouble.NOT_UNWRAPPED


def test_a_token_that_is_wrong_or_may_not_is_refused(real: SetUp) -> None:
    assert trouble_with(replace(real.vault, token="s.nobody")) is Trouble.NOT_ALLOWED
    assert trouble_with(replace(real.vault, token="")) is Trouble.NOT_ALLOWED
    assert trouble_with(replace(real.vault, token="鍵")) is Trouble.NOT_ALLOWED
    assert trouble_with(replace(real.vault, key="another")) is Trouble.NOT_ALLOWED


def test_a_key_or_an_engine_that_is_not_there_is_told(real: SetUp) -> None:
    everything = replace(real.vault, token=real.server.root)
    wrapped = TransitWrapper(real.vault).wrap(new_key())
    with pytest.raises(RingRefused) as refused:
        TransitWrapper(replace(everything, key="misspelt")).unwrap(wrapped)
    assert refused.value.trouble is Trouble.NO_SUCH_KEY
    assert trouble_with(replace(everything, mount="elsewhere")) is Trouble.NO_SUCH_KEY


def test_a_token_may_lie_in_a_file_that_is_read_each_time(real: SetUp, tmp_path: Path) -> None:
    file = tmp_path / "token"
    vault = replace(real.vault, token=None, token_file=file)
    assert trouble_with(vault) is Trouble.NOT_ALLOWED
    file.write_text("s.of-yesterday\n", encoding="utf-8")
    assert trouble_with(vault) is Trouble.NOT_ALLOWED
    file.write_text(f"{real.token}\n", encoding="utf-8")
    wrapper, key = TransitWrapper(vault), new_key()
    assert wrapper.unwrap(wrapper.wrap(key)) == key


def test_a_namespace_goes_along(real: SetUp) -> None:
    real.server.ask("POST", "sys/namespaces/association")
    token = real.server.give_transit(namespace="association")
    within = replace(real.vault, token=token, namespace="association")
    wrapper, key = TransitWrapper(within), new_key()
    assert wrapper.unwrap(wrapper.wrap(key)) == key
    assert trouble_with(replace(within, namespace="")) is Trouble.NOT_ALLOWED


def test_over_tls_the_certificate_is_checked(real: SetUp, tmp_path: Path) -> None:
    far = replace(real.vault, url=real.server.tls.replace("127.0.0.1", "localhost"))
    wrapper, key = TransitWrapper(replace(far, ca=real.server.ca)), new_key()
    assert wrapper.unwrap(wrapper.wrap(key)) == key
    # The authorities of this machine do not know it, and a file that is none knows nobody.
    assert trouble_with(far) is Trouble.NOT_TRUSTED
    assert trouble_with(replace(far, ca=tmp_path / "absent.pem")) is Trouble.NOT_TRUSTED
    (tmp_path / "empty.pem").write_text("", encoding="utf-8")
    assert trouble_with(replace(far, ca=tmp_path / "empty.pem")) is Trouble.NOT_TRUSTED


def test_a_sealed_vault_is_told_and_wraps_again_when_it_is_unsealed(real: SetUp) -> None:
    wrapped = TransitWrapper(real.vault).wrap(key := new_key())
    real.server.seal()
    assert trouble_with(real.vault) is Trouble.SEALED
    real.server.unseal()
    assert TransitWrapper(real.vault).unwrap(wrapped) == key


def test_a_vault_that_is_not_there_is_told() -> None:
    gone = Vault(url=f"http://127.0.0.1:{free_port()}", mount="transit", key="kikite", timeout_seconds=5, token="t")
    assert trouble_with(gone) is Trouble.NOT_REACHED
    assert trouble_with(replace(gone, url=gone.url.replace("http", "https"))) is Trouble.NOT_REACHED


@pytest.fixture(autouse=True)
def nothing_is_held() -> Iterator[None]:
    with each_answer_is_let_go():
        yield


class _Odd(BaseHTTPRequestHandler):
    """Answers as no Vault does."""

    answer: tuple[int, dict[str, str], bytes] = (200, {}, b"")
    slowly = 0.0
    asked = 0

    def do_POST(self) -> None:
        type(self).asked += 1
        status, headers, body = self.answer
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        try:
            for sign in body:
                self.wfile.write(bytes([sign]))
                time.sleep(self.slowly)
        except OSError:
            self.close_connection = True

    def log_message(self, *_line: object) -> None:
        """Nothing is said."""


@contextmanager
def answering(answer: tuple[int, dict[str, str], bytes], *, slowly: float = 0.0) -> Iterator[tuple[Vault, type[_Odd]]]:
    kind = type("Odd", (_Odd,), {"answer": answer, "slowly": slowly, "asked": 0})
    with ThreadingHTTPServer(("127.0.0.1", 0), kind) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            url = f"http://127.0.0.1:{server.server_address[1]}"
            yield Vault(url=url, mount="transit", key="kikite", timeout_seconds=5.0, token="t"), kind
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize(
    "answer",
    [
        (200, {}, b""),
        (200, {}, b"<html>"),
        (200, {}, b"[]"),
        (200, {}, b'{"data": {"ciphertext": 1}}'),
        (200, {}, b'{"data": {"ciphertext": "not a ciphertext"}}'),
        (200, {}, b"[" * 20_000),
        (400, {}, b'{"errors": ["key type does not support encryption"]}'),
        (429, {}, b""),
    ],
)
def test_whatever_answers_as_no_vault_does_is_told(answer: tuple[int, dict[str, str], bytes]) -> None:
    with answering(answer) as (vault, _kind):
        assert trouble_with(vault) is Trouble.ANSWERED_OTHERWISE


def test_a_failing_server_is_not_reached() -> None:
    for status in (500, 502, 504):
        with answering((status, {}, b'{"errors": ["internal error"]}')) as (vault, _kind):
            assert trouble_with(vault) is Trouble.NOT_REACHED


def test_a_redirect_is_not_followed() -> None:
    with answering((200, {}, b'{"data": {"ciphertext": "vault:v1:AAAA"}}')) as (elsewhere, there):
        moved = (307, {"Location": f"{elsewhere.url}/v1/transit/encrypt/kikite"}, b"")
        with answering(moved) as (vault, _kind):
            assert trouble_with(vault) is Trouble.ANSWERED_OTHERWISE
        assert there.asked == 0


def test_a_key_of_another_length_is_none() -> None:
    with answering((200, {}, b'{"data": {"plaintext": "AAAA"}}')) as (vault, _kind):
        with pytest.raises(RingRefused) as refused:
            TransitWrapper(vault).unwrap("vault:v1:AAAA")
        assert refused.value.trouble is Trouble.ANSWERED_OTHERWISE


def test_whoever_answers_one_letter_at_a_time_is_cut_off() -> None:
    with answering((200, {}, b"x" * 1_000), slowly=0.1) as (vault, _kind):
        began = time.monotonic()
        assert trouble_with(replace(vault, timeout_seconds=0.5)) in {Trouble.NOT_REACHED, Trouble.ANSWERED_OTHERWISE}
        assert time.monotonic() - began < 30, "the whole answer would take a hundred seconds"


def test_no_proxy_is_asked(real: SetUp, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{free_port()}")
    assert "http_proxy" in os.environ
    assert TransitWrapper(real.vault).wrap(new_key())
