"""Files that nobody can open any more are taken from the store: those of erased cases, and those that were taken away.

Whoever destroys a case's shred key need not know of files: the clock finds the destroyed key, puts the case's files on
a list in one transaction, and only then notes that it did. What is on the list is removed from the store while no
transaction is open, and then struck off. Killed at any point, the rest is done again; what is gone already is no error.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from app.attachments.actions import erase_files as forget_files
from app.attachments.actions import forget_evidence, note_removed, put_last
from app.attachments.queries import files_to_remove, names_in_store, unnamed_among
from app.operations.file_sweep import removed
from app.operations.leases import new_holder, take_lease
from app.pipeline.clock import now
from app.pipeline.file_store import FileStore, StoreGone, files
from app.pipeline.one_by_one import one_by_one
from app.pipeline.secrets import key_store
from app.pipeline.transaction import db, roll_back, transaction
from models.case import Case

AT_A_TIME = 200
GONE = "far-files-gone"
RESTS = timedelta(minutes=5)
"""A store that was gone is not asked again before: everything else by the clock would wait for it at every turn."""


def erase_files() -> int:
    """Put the files of every case whose shred key was destroyed on the list; called by the clock."""
    subjects = key_store().unfollowed(most=AT_A_TIME)
    if not subjects:
        return 0
    failed: set[object] = set(subjects)

    def forget(case: Case) -> bool:
        forget_files(case)
        db().flush()
        failed.discard(case.id)
        return True

    with transaction():
        cases = list(db().scalars(select(Case).where(Case.id.in_(subjects)).with_for_update()))
        # A company's file and a request for advice have shred keys of their own, and no files.
        failed &= {case.id for case in cases}
        # Those of an application are named by nobody any more, and go when the store is looked through.
        forget_evidence(subjects)
        done = one_by_one(cases, forget, work="erase_files")
    key_store().note_followed([subject for subject in subjects if subject not in failed], at=now())
    return done


def remove_files() -> int:
    """Take what is on the list out of the store, and off the list; called by the clock. Raises StoreGone."""
    store = files()
    names = files_to_remove(most=AT_A_TIME)
    if not names:
        roll_back()
        return 0
    unnamed = frozenset(unnamed_among(names))
    roll_back()
    if not _may_be_asked(store):
        return 0
    # What is named again, by whatever way, is struck off and left where it is.
    done, failed, gone = [name for name in names if name not in unnamed], list[str](), None
    for name in filter(unnamed.__contains__, names):
        try:
            (done if _is_removed(store, name) else failed).append(name)
        except StoreGone as failure:
            gone = failure
            break
    with transaction():
        note_removed(done)
        put_last(failed)
    if gone is not None:
        _let_rest(store)
        raise gone
    return len(done)


def _is_removed(store: FileStore, name: str) -> bool:
    """Remove a file and its preview, each whether or not the other could be."""
    return sum(removed(store, each, work="remove_files") for each in names_in_store(name)) == len(names_in_store(name))


def _let_rest(store: FileStore) -> None:
    if store.is_far:
        take_lease(GONE, holder=new_holder(), length=RESTS)


def _may_be_asked(store: FileStore) -> bool:
    return not store.is_far or take_lease(GONE, holder=new_holder(), length=timedelta(0))
