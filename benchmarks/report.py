"""The figures as a table, beside the machine they were measured on and the targets they are held against."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from benchmarks.auditing import Audited
from benchmarks.burst import CLIENTS, IN_DANGER, SENT, Burst
from benchmarks.lists import Opened
from benchmarks.load import Timings
from benchmarks.searching import Searched
from benchmarks.servers import Memory
from benchmarks.submissions import Measured
from benchmarks.sweeping import Swept

STORING_TIMES_FLOOR = 2.5
WHOLE_MEDIAN_MS = 45
WHOLE_PER_SECOND = 45
LIST_GROWTH = 1.5
LIST_BYTES = 60_000
WORKER_MEGABYTES = 120
SEARCH_TIMES_FLOOR = 3
BURST_BOARD_MS = 300
SWEEP_GROWTH = 1.5
SWEEP_MEGABYTES = 5
VERIFIED_PER_SECOND = 20_000
VERIFIED_TIMES_FLOOR = 6
MILLI = 1000


@dataclass
class Findings:
    """What a run has measured."""

    machine: Sequence[tuple[str, str]]
    row_bytes: int = 0
    storing: dict[int, Measured] = field(default_factory=dict)
    whole: dict[int, Measured] = field(default_factory=dict)
    pages: Sequence[Opened] = ()
    sizes: tuple[int, int] = (0, 0)
    page_floor: Timings | None = None
    memory: Sequence[Memory] = ()
    searched: Searched | None = None
    burst: Burst | None = None
    swept: Sequence[Swept] = ()
    audited: Audited | None = None


@dataclass(frozen=True)
class Target:
    """Something that the service promises, and whether this run kept it."""

    promise: str
    found: str
    is_met: bool


def targets(found: Findings) -> Iterator[Target]:
    """Every target that this run has measured."""
    if 8 in found.storing:  # noqa: PLR2004 - the target speaks of 8 clients
        ratio = found.storing[8].ratio
        yield Target(
            f"Storing at 8 clients within {STORING_TIMES_FLOOR} times the floor",
            f"{ratio:.2f} times",
            ratio <= STORING_TIMES_FLOOR,
        )
    if 1 in found.whole:
        median = found.whole[1].served.median * MILLI
        promise = f"Whole submission at 1 client under {WHOLE_MEDIAN_MS} ms"
        yield Target(promise, f"{median:.1f} ms", median < WHOLE_MEDIAN_MS)
    if 4 in found.whole:  # noqa: PLR2004 - the target speaks of 4 clients
        rate = found.whole[4].served.per_second
        promise = f"Whole submissions at 4 clients above {WHOLE_PER_SECOND} a second"
        yield Target(promise, f"{rate:.1f} a second", rate > WHOLE_PER_SECOND)
    for page in found.pages:
        promise = f"{page.name}: {found.sizes[1]:,} cases within {LIST_GROWTH} times {found.sizes[0]:,}"
        yield Target(promise, f"{page.growth:.2f} times", page.growth <= LIST_GROWTH)
        largest = max(page.small_bytes, page.large_bytes)
        yield Target(f"{page.name}: under {LIST_BYTES:,} bytes", f"{largest:,} bytes", largest < LIST_BYTES)
    if found.searched:
        promise = f"Looking for words within {SEARCH_TIMES_FLOOR} times the bare opening"
        yield Target(promise, f"{found.searched.ratio:.2f} times", found.searched.ratio <= SEARCH_TIMES_FLOOR)
    if found.burst:
        yield from _targets_of(found.burst)
    if found.swept:
        yield from _targets_of_sweeps(found.swept)
    if found.audited:
        yield from _targets_of_audit(found.audited)
    if found.memory:
        largest_worker = max(worker.resident for worker in found.memory)
        promise = f"A worker's memory under {WORKER_MEGABYTES} MB"
        yield Target(promise, f"{largest_worker:.0f} MB", largest_worker < WORKER_MEGABYTES)


def _targets_of(burst: Burst) -> Iterator[Target]:
    yield Target(
        f"{SENT} at once by {CLIENTS} clients: all receipted, none refused",
        f"{burst.receipted} receipted, {burst.refused} refused",
        burst.receipted == SENT and burst.refused == 0,
    )
    yield Target(
        "One incident group of all of them, danger first",
        f"{burst.groups} group(s) of {burst.members}, {burst.first_in_danger} in danger first",
        (burst.groups, burst.members, burst.first_in_danger) == (1, SENT, IN_DANGER),
    )
    worst = max(burst.board.each) * MILLI
    found = f"median {burst.board.median * MILLI:.0f} ms, worst {worst:.0f} ms, asked {len(burst.board.each)} times"
    yield Target(f"The board meanwhile under {BURST_BOARD_MS} ms", found, worst < BURST_BOARD_MS)


def _targets_of_audit(audited: Audited) -> Iterator[Target]:
    among = f"A chain of {audited.records:,} records"
    rate, times = audited.per_cpu_second, audited.times_floor
    promise = f"{among} verified at more than {VERIFIED_PER_SECOND:,} a second of processor time"
    yield Target(promise, f"{rate:,.0f} a second", rate > VERIFIED_PER_SECOND)
    yield Target(
        f"{among} within {VERIFIED_TIMES_FLOOR} times the floor", f"{times:.1f}", times <= VERIFIED_TIMES_FLOOR
    )
    found = f"{audited.found} of {audited.spoilt}"
    yield Target(f"{among}: whatever was spoilt in it is found", found, audited.found == audited.spoilt)


def _targets_of_sweeps(swept: Sequence[Swept]) -> Iterator[Target]:
    few, many = swept[0], swept[-1]
    among = f"A sweep among {many.running:,} running clocks"
    yield Target(f"{among} does what it does among few", f"{many.records} records", many.records == few.records > 0)
    growth = many.cpu / few.cpu
    yield Target(f"{among}: processor time within {SWEEP_GROWTH} times", f"{growth:.2f}", growth <= SWEEP_GROWTH)
    more = many.resident - few.resident
    yield Target(f"{among}: at most {SWEEP_MEGABYTES} MB more", f"{more:.1f} MB", more <= SWEEP_MEGABYTES)


def _audit_table(audit: Audited) -> Sequence[str]:
    figures = (
        f"{audit.records:,}",
        f"{audit.per_second:,.0f}",
        f"{audit.per_cpu_second:,.0f}",
        f"{audit.times_floor:.1f} times",
        f"{audit.found} of {audit.spoilt}",
    )
    return _table(("Records", "A second", "A second of processor time", "Beside the floor", "Spoilt, found"), [figures])


def written(found: Findings) -> str:
    """The whole report, in Markdown."""
    parts = ["# What the service costs", "", *_table(("", ""), found.machine), ""]
    if found.row_bytes:
        parts += [
            f"The floor stores {found.row_bytes:,} bytes: as much as one consultation. So does the route of one row.",
            "",
        ]
    for title, measured in (("The storing request alone", found.storing), ("The whole submission", found.whole)):
        if measured:
            parts += [f"## {title}", "", *_load_table(measured), ""]
    if found.pages:
        parts += ["## Opening pages, one client", "", *_page_table(found), ""]
    if found.searched:
        parts += ["## Looking for words", "", *_search_table(found.searched), ""]
    if found.memory:
        rows = [
            (f"Worker {number}", f"{worker.resident:.0f} MB", f"{worker.proportional:.0f} MB")
            for number, worker in enumerate(found.memory, 1)
        ]
        parts += ["## Memory after the load", "", *_table(("", "Resident", "Proportional share"), rows), ""]
    if found.swept:
        sweeps = [
            (f"{each.running:,}", f"{each.cpu:.2f} s", f"{each.resident:.0f} MB", str(each.records))
            for each in found.swept
        ]
        heads = ("Running clocks", "Processor time", "Resident at most", "Records of what was done")
        parts += ["## One sweep", "", *_table(heads, sweeps), ""]
    if found.audited:
        parts += ["## Verifying the record", "", *_audit_table(found.audited), ""]
    if found.burst:
        sending = found.burst.sending
        words = (f"{SENT} by {CLIENTS} clients", *_figures(sending))
        parts += ["## A burst of whole submissions", "", *_table(("", *_HEADS), [words]), ""]
    rows = [(target.promise, target.found, "met" if target.is_met else "MISSED") for target in targets(found)]
    parts += ["## Targets", "", *_table(("Target", "Found", ""), rows), ""]
    return "\n".join(parts)


_HEADS = ("Median ms", "p95 ms", "p99 ms", "Per second", "Worker CPU ms")


def _load_table(measured: dict[int, Measured]) -> list[str]:
    rows = []
    for clients, each in sorted(measured.items()):
        rows.append((str(clients), "service", *_figures(each.served), f"{each.ratio:.2f}"))
        rows.append((str(clients), "floor", *_figures(each.floor), "1"))
        if each.row:
            rows.append((str(clients), "one row", *_figures(each.row), f"{each.row.median / each.floor.median:.2f}"))
    heads = ("Clients", "", *_HEADS, "Times the floor")
    return _table(heads, rows)


def _figures(timings: Timings) -> tuple[str, ...]:
    return (
        f"{timings.median * MILLI:.1f}",
        f"{timings.percentile(95) * MILLI:.1f}",
        f"{timings.percentile(99) * MILLI:.1f}",
        f"{timings.per_second:.0f}",
        f"{timings.cpu_each * MILLI:.1f}",
    )


def _page_table(found: Findings) -> list[str]:
    floor = found.page_floor.median if found.page_floor else 0.0
    rows = []
    for page in found.pages:
        for count, timings, size in (
            (found.sizes[0], page.small, page.small_bytes),
            (found.sizes[1], page.large, page.large_bytes),
        ):
            times = f"{timings.median / floor:.2f}" if floor else ""
            figures = _figures(timings)[:3]
            rows.append((page.name, f"{count:,}", *figures, f"{size:,}", times))
        rows[-1] = (*rows[-1], f"{page.growth:.2f}")
        rows[-2] = (*rows[-2], "")
    heads = ("Page", "Cases", "Median ms", "p95 ms", "p99 ms", "Bytes", "Times the floor", "Growth")
    return _table(heads, rows)


def _search_table(searched: Searched) -> list[str]:
    rows = [
        ("The search", f"{searched.search:.2f} s", f"{searched.ratio:.2f}"),
        ("Bare opening of grants and texts", f"{searched.floor:.2f} s", "1"),
    ]
    heads = (f"Of {searched.cases:,} cases opened", "Processor time for 1,000", "Times the floor")
    return _table(heads, rows)


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    return lines + ["| " + " | ".join(row) + " |" for row in rows]
