"""The key ring wrapped by the Transit engine of a Vault (HashiCorp Vault or OpenBao), over its HTTP interface.

The key never leaves the Vault: it is sent 32 random bytes and gives back ``vault:v<version>:<text>``, or the other way
round. After a rotation there it wraps with the new version and opens what older ones wrapped, until they are forbidden.
No redirect is followed and no proxy is asked: the token goes to the one address that is set, and nowhere else.
"""

from __future__ import annotations

import base64
import http.client
import json
import re
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from app.pipeline.ring_place import RingRefused, Trouble

NAME = "transit"
MOST_BYTES = 65_536
_CIPHERTEXT = re.compile(r"vault:v([1-9][0-9]{0,8}):[A-Za-z0-9+/=_-]+")
_KEY_BYTES = 32
_OK, _WRONG = 200, 400
_SERVER_FAILS = 500
_MEANS = {
    403: Trouble.NOT_ALLOWED,
    404: Trouble.NO_SUCH_KEY,
    501: Trouble.SEALED,
    503: Trouble.SEALED,
}
"""As Vault documents its answers: 501 before it was set up, 503 while it is sealed, 404 also where no engine is."""


@dataclass(frozen=True)
class Vault:
    """Where a Vault is, and who asks it."""

    url: str
    mount: str
    key: str
    timeout_seconds: float
    token: str | None = field(default=None, repr=False)
    token_file: Path | None = None
    """Read each time, as an agent beside the service renews it."""
    ca: Path | None = None
    namespace: str = ""


class TransitWrapper:
    """Lets a Vault wrap."""

    name = NAME

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def wrap(self, key: bytes) -> str:
        wrapped = self._asked("encrypt", "ciphertext", plaintext=base64.b64encode(key).decode("ascii"))
        if not _CIPHERTEXT.fullmatch(wrapped):
            raise RingRefused(Trouble.ANSWERED_OTHERWISE)
        return wrapped

    def unwrap(self, wrapped: str) -> bytes:
        if not _CIPHERTEXT.fullmatch(wrapped):
            raise RingRefused(Trouble.NOT_UNWRAPPED)
        plain = self._asked("decrypt", "plaintext", ciphertext=wrapped)
        with suppress(ValueError):
            key = base64.b64decode(plain, validate=True)
            if len(key) == _KEY_BYTES:
                return key
        raise RingRefused(Trouble.ANSWERED_OTHERWISE)

    def version(self, wrapped: str) -> str:
        found = _CIPHERTEXT.fullmatch(wrapped)
        return f"v{found.group(1)}" if found else ""

    def _asked(self, act: str, wanted: str, **given: str) -> str:
        status, body = self._sent(act, json.dumps(given).encode("ascii"))
        if status != _OK:
            raise RingRefused(_trouble(act, status, body))
        with suppress(ValueError, KeyError, TypeError, RecursionError):
            found = json.loads(body)["data"][wanted]
            if isinstance(found, str):
                return found
        raise RingRefused(Trouble.ANSWERED_OTHERWISE)

    def _sent(self, act: str, body: bytes) -> tuple[int, bytes]:
        path = f"/v1/{quote(self._vault.mount.strip('/'))}/{act}/{quote(self._vault.key, safe='')}"
        try:
            with closing(self._connection()) as connection, _cut_off_after(connection, self._vault.timeout_seconds):
                connection.request("POST", path, body, self._headers())
                # Of an answer that ends the connection, the answer alone holds the wire.
                with connection.getresponse() as answer:
                    return answer.status, answer.read(MOST_BYTES)
        except ssl.SSLCertVerificationError:
            trouble = Trouble.NOT_TRUSTED
        except ValueError:
            # A token with a sign in it that no header carries.
            trouble = Trouble.NOT_ALLOWED
        except (OSError, http.client.HTTPException):
            trouble = Trouble.NOT_REACHED
        # Out here, so that the error does not carry what was sent.
        raise RingRefused(trouble)

    def _connection(self) -> http.client.HTTPConnection:
        address = urlsplit(self._vault.url)
        host, timeout = address.hostname or "", self._vault.timeout_seconds
        if address.scheme != "https":
            return http.client.HTTPConnection(host, address.port, timeout=timeout)
        try:
            trusted = ssl.create_default_context(cafile=self._vault.ca)
        except OSError:
            raise RingRefused(Trouble.NOT_TRUSTED) from None
        return http.client.HTTPSConnection(host, address.port, timeout=timeout, context=trusted)

    def _headers(self) -> dict[str, str]:
        headers = {"X-Vault-Token": self._token(), "X-Vault-Request": "true", "Content-Type": "application/json"}
        return headers | ({"X-Vault-Namespace": self._vault.namespace} if self._vault.namespace else {})

    def _token(self) -> str:
        if self._vault.token_file is None:
            return (self._vault.token or "").strip()
        try:
            return self._vault.token_file.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            raise RingRefused(Trouble.NOT_ALLOWED) from None


def _trouble(act: str, status: int, body: bytes) -> Trouble:
    if status in _MEANS:
        return _MEANS[status]
    if status == _WRONG and "encryption key not found" in _errors(body):
        return Trouble.NO_SUCH_KEY
    if status == _WRONG and act == "decrypt":
        return Trouble.NOT_UNWRAPPED
    return Trouble.NOT_REACHED if status >= _SERVER_FAILS else Trouble.ANSWERED_OTHERWISE


def _errors(body: bytes) -> str:
    with suppress(ValueError, KeyError, TypeError, RecursionError):
        found: Any = json.loads(body)["errors"]
        return " ".join(map(str, found))
    return ""


@contextmanager
def _cut_off_after(connection: http.client.HTTPConnection, seconds: float) -> Iterator[None]:
    """Each read has its own patience; whoever answers one letter at a time is cut off by this one."""
    connection.connect()
    # The connection itself lets go of it as soon as an answer has begun.
    wire = connection.sock

    def cut() -> None:
        with suppress(OSError):
            wire.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(2 * seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()
