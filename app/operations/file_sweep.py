"""Files that nobody will ever open are taken away: what arrived for a process that died, and what no row names.

No transaction is open while the store is asked, however long it takes to answer: nobody waits for the pen meanwhile.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import islice

import structlog

from app.attachments.queries import unnamed_among
from app.operations.leases import new_holder, take_lease
from app.pipeline.file_store import FileStore, StoreGone, files
from app.pipeline.one_by_one import count_failed
from app.pipeline.transaction import roll_back

log = structlog.get_logger()
UNNAMED_SECONDS = 3600.0
"""How long a kept file may wait for the row that names it: far longer than any request that is still under way."""
AT_A_TIME = 500
LEASE = "far-files"
FAR_EVERY = timedelta(hours=1)
"""A store behind a network is looked through this often, by whichever process comes first."""
FAR_AGAIN = timedelta(minutes=5)


def sweep_files() -> int:
    """Take away what is left over, and return how much that was; called by the clock."""
    store = files()
    swept = store.sweep_stage()
    if not store.is_far:
        return swept + _sweep_kept(store)
    holder = new_holder()
    if not take_lease(LEASE, holder=holder, length=FAR_EVERY):
        return swept
    try:
        return swept + _sweep_kept(store)
    except OSError:
        # It is tried again soon, and not in an hour; nor at once, since all else by the clock would wait for it.
        take_lease(LEASE, holder=holder, length=FAR_AGAIN)
        raise


def _sweep_kept(store: FileStore) -> int:
    swept = _sweep_halves(store)
    for names in _portions(_aged(store)):
        unnamed = unnamed_among(names)
        roll_back()
        swept += sum(removed(store, name, work="sweep_files") for name in unnamed)
    return swept


def _sweep_halves(store: FileStore) -> int:
    try:
        return store.sweep_halves()
    except StoreGone:
        raise
    except OSError as failure:
        return _failed(failure, work="sweep_halves")


def removed(store: FileStore, name: str, *, work: str) -> int:
    """Take one file away; one that cannot be does not keep the others, and is tried again. Raises StoreGone."""
    try:
        store.remove(name)
    except StoreGone:
        # The next one would fare no better.
        raise
    except OSError as failure:
        return _failed(failure, work=work)
    return 1


def _failed(failure: OSError, *, work: str) -> int:
    log.error("item_failed", name=work, kind=type(failure).__name__)
    count_failed()
    return 0


def _aged(store: FileStore) -> Iterator[str]:
    for name, since in store.names():
        # The age of a file is the machine's matter; a moved clock does not make it older.
        if time.time() - since > UNNAMED_SECONDS:
            yield name


def _portions(names: Iterable[str]) -> Iterator[list[str]]:
    left = iter(names)
    while portion := list(islice(left, AT_A_TIME)):
        yield portion
