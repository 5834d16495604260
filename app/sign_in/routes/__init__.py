"""The pages at the door, of its second step, and of how one signs in."""

from __future__ import annotations

from app.sign_in.routes import account, door, passkeys, second_step

__all__ = ["account", "door", "passkeys", "second_step"]
