"""An authenticator of a test's own: makes passkeys and signs with them as a browser would hand it on."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from html import unescape
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

from tests.support.visitor import Visitor

PRESENT, VERIFIED, WITH_KEY = 0x01, 0x04, 0x40


def in_base64(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def wanted_on(visitor: Visitor) -> dict[str, Any]:
    """What the page tells the script."""
    found = re.search(r'data-wanted="([^"]+)"', visitor.page.html)
    assert found is not None, visitor.page.text
    told: dict[str, Any] = json.loads(unescape(found.group(1)))
    return told


class Authenticator:
    """One passkey. What it says of itself may be bent by a test."""

    def __init__(self, *, origin: str = "http://localhost", verifies: bool = True, computes: bool = True) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id = secrets.token_bytes(16)
        self.secret = secrets.token_bytes(32)
        self.counter = 0
        self.origin, self.verifies, self.computes = origin, verifies, computes

    def make(self, wanted: dict[str, Any]) -> dict[str, str]:
        """What the form of a new passkey is filled with."""
        numbers = self.key.public_key().public_numbers()
        public = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        known = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + cbor2.dumps(public)
        said = self._data(wanted["rp"]["id"], WITH_KEY) + known
        attested = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": said})
        return self._filled(wanted, "webauthn.create", lambda _about: {"attestationObject": in_base64(attested)})

    def use(self, wanted: dict[str, Any]) -> dict[str, str]:
        """What the form of one that is there is filled with."""
        self.counter += 1
        said = self._data(wanted["rpId"], 0)

        def signed(about: bytes) -> dict[str, str]:
            signature = self.key.sign(said + hashlib.sha256(about).digest(), ec.ECDSA(SHA256()))
            return {"authenticatorData": in_base64(said), "signature": in_base64(signature)}

        return self._filled(wanted, "webauthn.get", signed)

    def _data(self, house: str, flags: int) -> bytes:
        flags |= PRESENT | (VERIFIED if self.verifies else 0)
        return hashlib.sha256(house.encode()).digest() + bytes([flags]) + self.counter.to_bytes(4, "big")

    def _filled(self, wanted: dict[str, Any], kind: str, respond: Any) -> dict[str, str]:
        told = {"type": kind, "challenge": wanted["challenge"], "origin": self.origin, "crossOrigin": False}
        about = json.dumps(told).encode()
        response = {"clientDataJSON": in_base64(about), **respond(about)}
        named = in_base64(self.id)
        credential = {"id": named, "rawId": named, "type": "public-key", "response": response}
        salt = urlsafe_b64decode(wanted["prf"] + "==")
        computed = hmac.digest(self.secret, salt, "sha256") if self.computes else b""
        return {"credential": json.dumps(credential), "computed": in_base64(computed)}
