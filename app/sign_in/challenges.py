"""What passkeys are asked to sign: made without storing anything, good for minutes, for one purpose and one use."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

from sqlalchemy import delete, select

from app.pipeline.clock import now
from app.pipeline.secrets import ring
from app.pipeline.transaction import db
from crypto import link_digest, new_link_token, same
from models.rules.second_factor import CHALLENGE_HOLDS, Ceremony
from models.used_challenge import UsedChallenge

PASSKEY = "passkey"
_PARTS = 3


def new_challenge(ceremony: Ceremony, *, bound: uuid.UUID | None = None) -> str:
    """Something that nobody could know before. ``bound`` is the session that it counts in, where there is one."""
    token, made = new_link_token(), str(int(now().timestamp()))
    return ".".join((token, made, _seal(ceremony, bound, token, made, ring().active_id).hex()))


def is_ours(challenge: str, ceremony: Ceremony, *, bound: uuid.UUID | None = None) -> bool:
    """Whether we made this challenge, for this purpose and session, and not too long ago."""
    parts = challenge.split(".")
    if len(parts) != _PARTS:
        return False
    token, made, seal = parts
    ours = [_seal(ceremony, bound, token, made, key_id).hex().encode() for key_id in ring().ids_for(PASSKEY)]
    if not any(same(seal.encode("utf-8", "surrogatepass"), one) for one in ours):
        return False
    # Only what we made ourselves gets here, and so it is a number.
    return now() < datetime.fromtimestamp(int(made), UTC) + CHALLENGE_HOLDS


def use_challenge(challenge: str) -> bool:
    """Take a challenge of ours, once. The pen is held already, or whoever is second fails at the database."""
    digest = bytes.fromhex(challenge.rpartition(".")[2])
    db().execute(delete(UsedChallenge).where(UsedChallenge.expires_at < now()))
    if db().scalar(select(UsedChallenge.id).where(UsedChallenge.digest == digest)) is not None:
        return False
    db().add(UsedChallenge(id=uuid.uuid4(), digest=digest, expires_at=now() + CHALLENGE_HOLDS))
    db().flush()
    return True


def _seal(ceremony: Ceremony, bound: uuid.UUID | None, token: str, made: str, key_id: bytes) -> bytes:
    told = "|".join(("challenge", ceremony.value, bound.hex if bound else "", token, made))
    return link_digest(told, key=ring().derived(PASSKEY, key_id))
