"""Asks a device (PKCS#11) to wrap or unwrap 32 bytes: one order by the pipe, one answer, and nothing else is said.

A program of its own, started isolated: it knows nothing of the application. The answer is JSON: ``found`` in base64, or
``trouble`` with the word of ``ring_place.Trouble``.
"""

from __future__ import annotations

import base64
import json
import os
import sys
from importlib import import_module
from typing import Any

NONCE_BYTES = 12
TAG_BITS = 128
BOUND_TO = b"kikite/wrapped-ring/1"

NOT_THERE = frozenset({"NoSuchKey", "MultipleObjectsReturned"})
NOT_ALLOWED = frozenset(
    {
        "PinIncorrect",
        "PinInvalid",
        "PinLenRange",
        "PinExpired",
        "PinLocked",
        "UserNotLoggedIn",
        "UserPinNotInitialized",
        "KeyFunctionNotPermitted",
    }
)
NOT_REACHED = frozenset({"NoSuchToken", "MultipleTokensReturned", "TokenNotPresent", "DeviceRemoved", "DeviceError"})


def answer_to(order: dict[str, str]) -> dict[str, str]:
    """What came of an order."""
    pkcs11: Any = import_module("pkcs11")
    try:
        library = pkcs11.lib(order["library"])
    except pkcs11.PKCS11Error:
        return {"trouble": "no_library"}
    try:
        with library.get_token(token_label=order["token"]).open(user_pin=order["pin"]) as session:
            key = session.get_key(
                object_class=pkcs11.ObjectClass.SECRET_KEY, key_type=pkcs11.KeyType.AES, label=order["key"]
            )
            done = _wrapped if order["act"] == "wrap" else _unwrapped
            found = done(pkcs11, key, base64.b64decode(order["given"], validate=True))
            return {"found": base64.b64encode(found).decode("ascii")}
    except pkcs11.PKCS11Error as refused:
        return {"trouble": _trouble(type(refused).__name__)}
    except ValueError:
        return {"trouble": "not_unwrapped"}


def _wrapped(pkcs11: Any, key: Any, given: bytes) -> bytes:
    nonce = os.urandom(NONCE_BYTES)
    return nonce + bytes(key.encrypt(given, **_mechanism(pkcs11, nonce)))


def _unwrapped(pkcs11: Any, key: Any, given: bytes) -> bytes:
    return bytes(key.decrypt(given[NONCE_BYTES:], **_mechanism(pkcs11, given[:NONCE_BYTES])))


def _mechanism(pkcs11: Any, nonce: bytes) -> dict[str, Any]:
    return {
        "mechanism": pkcs11.Mechanism.AES_GCM,
        "mechanism_param": pkcs11.GCMParams(nonce, BOUND_TO, TAG_BITS),
    }


def _trouble(name: str) -> str:
    for names, trouble in (
        (NOT_THERE, "no_such_key"),
        (NOT_ALLOWED, "not_allowed"),
        (NOT_REACHED, "not_reached"),
    ):
        if name in names:
            return trouble
    # A wrong tag is a general error to some devices: what was wrapped does not open with this key.
    return "not_unwrapped"


if __name__ == "__main__":
    json.dump(answer_to(json.load(sys.stdin)), sys.stdout)
