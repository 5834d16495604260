"""The service's side of an examination: starts the process, hands it the one file, and believes only a clear answer."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from pathlib import Path

import structlog

from app.attachments.examination.findings import Findings, Order, Refused
from models.rules.attachments import FileRefusal

log = structlog.get_logger()
PROGRAM = Path(__file__).parent / "examination" / "__main__.py"
AT_MOST_SECONDS = 180
LONGEST_WAIT = 60.0
"""Whoever waits longer is told to come again: a few files that take long would otherwise hold many threads."""
LONGEST = 60
"""What a process that reads hostile files says of itself is cut to this length before it stands in a log."""
AT_ONCE = threading.BoundedSemaphore(1)
"""One examination at a time in each worker: each may take much memory, and nobody waits for another's answer long."""


def examine_apart(order: Order) -> Findings:
    """Examine a file in a process of its own. Raises Refused, also when the process dies or does not come back."""
    if not AT_ONCE.acquire(timeout=LONGEST_WAIT):
        raise Refused(FileRefusal.UNCHECKED)
    try:
        process = subprocess.Popen(  # noqa: S603 - this interpreter, our own program, and no word of anybody else
            # Isolated: neither the environment nor the folder that the service was started in has a say.
            [sys.executable, "-I", str(PROGRAM)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={},
            pass_fds=(order.arrived, order.rewritten, order.preview),
            text=True,
        )
        with process:
            try:
                said, _ = process.communicate(order.to_json() + "\n", timeout=AT_MOST_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                raise Refused(FileRefusal.BOMB) from None
    finally:
        AT_ONCE.release()
    return _understood(said, process.returncode)


def _understood(said: str, status: int) -> Findings:
    if status < 0:
        log.warning("examination_killed", status=-status)
        # Killed, mostly by one of its own limits: what it was given asks for more than a file may.
        raise Refused(FileRefusal.BOMB)
    try:
        answer = json.loads(said)
        if "refused" in answer:
            raise Refused(FileRefusal(answer["refused"]))
        if "failed" in answer:
            log.error("examination_failed", kind=str(answer["failed"])[:LONGEST], place=str(answer["place"])[:LONGEST])
            raise Refused(FileRefusal.DAMAGED)
        return Findings.from_json(said)
    except (ValueError, KeyError, TypeError):
        raise Refused(FileRefusal.DAMAGED) from None
