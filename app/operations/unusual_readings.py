"""The rule about unusual reading is asked now and then by the clock: it counts the records of months."""

from __future__ import annotations

from datetime import timedelta

from app.audits.actions import newly_found, note_unusual
from app.operations.leases import new_holder, take_lease
from app.pipeline.one_by_one import one_by_one
from app.pipeline.transaction import roll_back, transaction

LEASE = "unusual-readings"
EVERY = timedelta(hours=6)


def find_unusual_readings() -> int:
    """Note what the rule finds and was not noted yet; whichever process comes first does it, a few times a day."""
    if not take_lease(LEASE, holder=new_holder(), length=EVERY):
        return 0
    # The records of months are counted before the pen is taken: nobody waits for it meanwhile.
    found = newly_found()
    roll_back()
    if not found:
        return 0
    with transaction():
        return one_by_one(found, lambda finding: note_unusual(finding, found[finding]), work="find_unusual_readings")
