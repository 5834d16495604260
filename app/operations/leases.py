"""Leases: which process is at a piece of work by the clock, so that two do not do the same work side by side."""

from __future__ import annotations

import os
import secrets
import socket
from datetime import UTC, datetime, timedelta

from sqlalchemy.exc import IntegrityError

from app.pipeline.transaction import db, roll_back, transaction
from models.lease import Lease

HOLDER_LENGTH = 60


def new_holder() -> str:
    """A name for this process or thread that no other has."""
    return f"{socket.gethostname()[:30]}:{os.getpid()}:{secrets.token_hex(6)}"[-HOLDER_LENGTH:]


def take_lease(name: str, *, holder: str, length: timedelta) -> bool:
    """Take a lease that is free, has run out or is one's own already; tell whether it is held now.

    A lease saves work; that nothing happens twice is promised by each action itself. It runs by the machine's own
    clock, because it is about processes and not about deadlines.
    """
    at = datetime.now(UTC)
    seen = db().get(Lease, name, populate_existing=True)
    if _is_anothers(seen, holder, at):
        roll_back()
        return False
    try:
        with transaction() as session:
            lease = session.get(Lease, name, with_for_update=True, populate_existing=True)
            if lease is None:
                session.add(Lease(name=name, holder=holder, until=at + length))
                session.flush()
            elif _is_anothers(lease, holder, at):
                return False
            else:
                lease.holder, lease.until = holder, at + length
    except IntegrityError:
        return False
    return True


def give_back(name: str, *, holder: str) -> None:
    """Let the next one have the lease at once."""
    with transaction() as session:
        lease = session.get(Lease, name, with_for_update=True, populate_existing=True)
        if lease is not None and lease.holder == holder:
            session.delete(lease)


def _is_anothers(lease: Lease | None, holder: str, at: datetime) -> bool:
    return lease is not None and lease.holder != holder and lease.until > at
