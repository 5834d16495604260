"""The key ring wrapped by a key that the operator hands to the service, by its environment or a file of secrets.

The wrapped key is sealed as everything else is (``crypto.sealing``) and names the key that sealed it, so that a ring
opens while its wrapping key is being replaced. It protects a copy of the disk, and not from whoever reads the settings.
"""

from __future__ import annotations

import base64

from app.pipeline.ring_place import RingRefused, Trouble
from crypto import CannotOpen, Context, key_id_of, keyed_token, open_text, seal_text

NAME = "environment"
_CONTEXT = Context(table="key_ring", column="wrapped_key", row="", purpose=NAME)
_ID_BYTES = 8


class EnvironmentWrapper:
    """Wraps under a key of 32 bytes; what the key before it wrapped opens, too."""

    name = NAME

    def __init__(self, key: bytes, before: bytes | None = None) -> None:
        self._id = _id_of(key)
        self._keys = {_id_of(each): each for each in (before, key) if each is not None}

    def wrap(self, key: bytes) -> str:
        sealed = seal_text(key.hex(), key=self._keys[self._id], context=_CONTEXT, key_id=self._id)
        return base64.b64encode(sealed).decode("ascii")

    def unwrap(self, wrapped: str) -> bytes:
        try:
            sealed = base64.b64decode(wrapped, validate=True)
            wrapping = self._keys.get(key_id_of(sealed))
            if wrapping is not None:
                return bytes.fromhex(open_text(sealed, key=wrapping, context=_CONTEXT))
        except (CannotOpen, ValueError):
            pass
        # Out here, so that the error does not carry what was tried.
        raise RingRefused(Trouble.NOT_UNWRAPPED)

    def version(self, wrapped: str) -> str:
        try:
            return key_id_of(base64.b64decode(wrapped, validate=True)).hex()
        except (CannotOpen, ValueError):
            return ""


def _id_of(key: bytes) -> bytes:
    """A name for the key that tells nothing of it; eight bytes of zero would stand for no name."""
    return b"\x01" + keyed_token(key, field="key_ring", value="wrapping key")[: _ID_BYTES - 1]
