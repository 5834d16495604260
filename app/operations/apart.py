"""Work in a process of its own: what it loads into memory goes with it, and no worker carries it afterwards."""

from __future__ import annotations

import os
import pickle
import sys
import traceback
from collections.abc import Callable
from typing import TypeVar, cast

T = TypeVar("T")


class EndedApart(Exception):
    """The process that something was to be found in ended without finding it; it has said why."""


def apart(work: Callable[[], int]) -> int:
    """Do something in a process of its own and give its status."""
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            status = work()
        except BaseException:  # noqa: BLE001 - this process ends here whatever happens, and says why
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def found_apart(find: Callable[[], T]) -> T:
    """Find something small in a process of its own. Raises EndedApart."""
    reading, writing = os.pipe()

    def tell() -> int:
        with os.fdopen(writing, "wb") as pipe:
            pickle.dump(find(), pipe)
        return 0

    status = apart(tell)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        told = pipe.read()
    if status:
        raise EndedApart
    # From this program's own child, through a pipe that nobody else holds.
    return cast(T, pickle.loads(told))  # noqa: S301
