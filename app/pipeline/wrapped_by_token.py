"""The key ring wrapped by an AES key in a device (PKCS#11): a hardware module, a token, or a service with that library.

The key is never read: the device is given 32 random bytes and gives back AES-GCM of them. A process of its own asks it
(``token_apart.py``), so that no server carries a maker's library, and none is parted from while it holds one open.

What is kept is the label of the key, a colon, and in base64 a nonce of 12 bytes with what the device gave.
"""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from app.pipeline.ring_place import RingRefused, Trouble

NAME = "pkcs11"
APART = Path(__file__).with_name("token_apart.py")
LONGEST_WAIT = 20.0
_KEY_BYTES = 32


@dataclass(frozen=True)
class Device:
    """Where the key lies, and what opens it."""

    library: Path
    token: str
    key: str
    pin: str = field(repr=False)


class TokenWrapper:
    """Lets a device wrap."""

    name = NAME

    def __init__(self, device: Device) -> None:
        self._device = device

    def wrap(self, key: bytes) -> str:
        return f"{self._device.key}:{_asked(self._device, 'wrap', self._device.key, base64.b64encode(key).decode())}"

    def unwrap(self, wrapped: str) -> bytes:
        label, separator, given = wrapped.rpartition(":")
        if not separator or not label:
            raise RingRefused(Trouble.NOT_UNWRAPPED)
        # By the key that it was wrapped by: so the ring opens while the settings name the next one already.
        with suppress(ValueError):
            key = base64.b64decode(_asked(self._device, "unwrap", label, given), validate=True)
            if len(key) == _KEY_BYTES:
                return key
        raise RingRefused(Trouble.NOT_UNWRAPPED)

    def version(self, wrapped: str) -> str:
        return wrapped.rpartition(":")[0]


def _asked(device: Device, act: str, label: str, given: str) -> str:
    order = {
        "act": act,
        "library": str(device.library),
        "token": device.token,
        "pin": device.pin,
        "key": label,
        "given": given,
    }
    # The maker's library may be told of its own settings by the environment; it is told of none of ours.
    environment = {name: value for name, value in os.environ.items() if not name.upper().startswith("KIKITE_")}
    try:
        done = subprocess.run(  # noqa: S603 - the project's own program; PIN and key go by the pipe alone
            (sys.executable, "-I", "-B", str(APART)),
            input=json.dumps(order).encode(),
            capture_output=True,
            check=True,
            timeout=LONGEST_WAIT,
            env=environment,
        )
        answer = json.loads(done.stdout)
    except (OSError, subprocess.SubprocessError, ValueError):
        answer = {}
    if "found" in answer:
        return str(answer["found"])
    # Out here, so that the error does not carry the order. A device that did not answer at all was not reached.
    raise RingRefused(Trouble(answer.get("trouble", Trouble.NOT_REACHED.value)))
