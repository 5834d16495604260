"""What a passkey has signed: for whom it is asked, and what the process that reads it says of it."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from base64 import b64decode, b64encode, urlsafe_b64decode
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from flask import current_app, request

APART: Final = Path(__file__).with_name("passkey_check") / "__main__.py"
LONGEST_WAIT: Final = 20
AT_ONCE: Final = threading.BoundedSemaphore(2)
LOOPBACK: Final = frozenset({"127.0.0.1", "[::1]", "::1"})


@dataclass(frozen=True)
class House:
    """The name that passkeys are made for, and the one address whose pages may use them."""

    name: str
    origin: str


@dataclass(frozen=True)
class Signed:
    """What a signature proves."""

    credential_id: bytes
    public_key: bytes
    times_used: int
    person_verified: bool


@dataclass(frozen=True)
class _Order:
    credential: str
    challenge: str
    relying_party: str
    origin: str
    public_key: str | None


def house_here() -> House | None:
    """For whom passkeys are asked on this page; None where it was opened under any other name than the settings say.

    Browsers make none for a number in place of a name: an installation on one's own machine goes by ``localhost``.
    """
    found = urlsplit(current_app.config["KIKITE"].base_url)
    name = "localhost" if found.hostname in LOOPBACK else found.hostname or ""
    port = f":{found.port}" if found.port is not None else ""
    if request.host.casefold() != f"{name}{port}" or not any(sign.isalpha() for sign in name):
        return None
    return House(name, f"{found.scheme}://{name}{port}")


def id_in(credential: str) -> bytes:
    """Which passkey says that it has signed; nothing when that cannot be read."""
    try:
        said = json.loads(credential)["id"]
        return urlsafe_b64decode(str(said) + "==")
    except (ValueError, TypeError, LookupError, RecursionError):
        return b""


def what_is_signed(credential: str, challenge: str, *, house: House, public_key: bytes | None = None) -> Signed | None:
    """Have a signature read in a process of its own: with a passkey's public key, or else as a new passkey.

    Certificates and nested structures that a stranger wrote are read there, beside no key and no database; it also
    takes 28 MB, which no worker carries afterwards.
    """
    key = b64encode(public_key).decode() if public_key is not None else None
    order = _Order(credential, challenge, house.name, house.origin, key)
    try:
        with AT_ONCE:
            done = subprocess.run(  # noqa: S603 - the project's own program; what was signed goes in by the pipe alone
                (sys.executable, "-I", "-B", str(APART)),
                input=json.dumps(asdict(order)).encode(),
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                check=False,
                timeout=LONGEST_WAIT,
                env={},
            )
    except (OSError, subprocess.SubprocessError):
        return None
    if done.returncode != 0:
        return None
    told = json.loads(done.stdout)
    return Signed(
        b64decode(told["credential_id"]),
        b64decode(told["public_key"]),
        int(told["times_used"]),
        bool(told["person_verified"]),
    )
