"""What directors read: the pattern of a company's answers, by month and by duty, without anybody's story or identity.

The packet is made from the company file, and of consultations it has numbers alone (app/resolutions/consultations.py).
It holds no date finer than a month, no reference to a case or to what was forwarded, and no word of a consulter
(scenario 7.25); the company's own explanation stands in it as it was given.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.certifications.queries import certification_of
from app.escalations.queries.history import settled_or_exempted
from app.escalations.queries.letters import SHOWN_TO_THE_COMPANY
from app.pipeline.clock import today
from app.pipeline.identity import Actor
from app.pipeline.transaction import db
from app.resolutions.consultations import consultations_behind
from app.resolutions.queries import explanations_of, file_of, is_objection, late_compliance_of, root_of
from models.board_item import BoardItem
from models.company import Company
from models.compartment import Compartment
from models.formal_request import FormalRequest
from models.request_matter import RequestMatter
from models.rules.company_duties import Duty
from models.rules.escalation_ladder import (
    CounterSheet,
    CountReason,
    LadderEntry,
    LadderHistory,
    Step,
    counts,
    ladder_policy_at,
)
from models.rules.taxonomy.harassment_type import HarassmentType
from models.rules.working_days import in_japan
from models.sealed import open_answers, open_from

PACKET_VERSION = 2


def digest_of(packet: Mapping[str, Any]) -> str:
    """What a packet is known by: the digest of its facts, in whichever order they stand."""
    words = json.dumps(packet, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(words.encode()).hexdigest()


def packet_of(item: BoardItem, *, actor: Actor) -> dict[str, Any]:
    """The packet as it stands now, as plain facts."""
    file, root = file_of(item), root_of(item)
    company = db().get_one(Company, file.company_id)
    certification = certification_of(company.id)
    sheet = counter_sheet(item)
    request_ids = [uuid.UUID(line.entry.reference) for line in sheet.lines]
    duties = _duties(request_ids)
    late = late_compliance_of(item)
    return {
        "version": PACKET_VERSION,
        "company": company.name_on(today()).name,
        "certification": certification.number if certification else None,
        "grounds": _grounds(item, actor),
        "counted": sheet.total,
        "needed": sheet.policy.unmet_needed,
        "window_months": sheet.policy.window_months,
        "by_step": dict(Counter(entry.step.value for entry in sheet.counted)),
        "requests": [
            {
                "step": line.entry.step.value,
                "month": month(line.entry.served_at),
                "counted": line.counted,
                "reason": line.reason.value,
                "duties": duties[line.entry.reference],
            }
            for line in sheet.lines
        ],
        "consultations": consultations_behind(request_ids),
        "notice_month": month(root.notice_served_at),
        "silence": any(one.silence_recorded_at is not None for one in (item, root)),
        "explanations": _explanations(item, actor),
        "complied_late_month": month(late),
    }


def opened_packet(item: BoardItem, *, key: bytes) -> dict[str, Any]:
    """The packet as it was made for the meeting, whatever its version: its codes are what they stand for."""
    packet = open_answers(item, "sealed_packet", key=key)
    packet["requests"] = [
        {**one, "duties": [Duty(code) for code in one["duties"]], "reason": CountReason(one["reason"])}
        for one in packet["requests"]
    ]
    # The first version told nothing of consultations.
    if told := packet.get("consultations"):
        told["kinds"] = {HarassmentType(code): count for code, count in told["kinds"].items()}
    return packet


def counter_sheet(item: BoardItem) -> CounterSheet:
    """The counter sheet at the time of the proposal: what was unmet then, and by which policy."""
    proposed_at = root_of(item).proposed_at
    found = db().scalars(
        select(FormalRequest)
        .where(
            FormalRequest.company_file_id == item.company_file_id,
            FormalRequest.state.in_(SHOWN_TO_THE_COMPANY),
            FormalRequest.served_at <= proposed_at,
        )
        .order_by(FormalRequest.served_at)
    )
    requests = found.all()
    _done, exempted = settled_or_exempted(requests)
    entries = tuple(
        LadderEntry(
            reference=request.id.hex,
            step=Step(request.step),
            served_at=request.served_at,
            due_at=request.due_at,
            met_at=request.met_at,
            exempted=request.id in exempted,
        )
        for request in requests
    )
    return counts(LadderHistory(entries), now=proposed_at, policy=ladder_policy_at(proposed_at))


def month(moment: datetime | None) -> str | None:
    """The month of a moment in Japan: the finest date that a packet holds."""
    return f"{in_japan(moment):%Y-%m}" if moment is not None else None


def _grounds(item: BoardItem, actor: Actor) -> str:
    return open_from(item, "sealed_grounds", key=_key(item.compartment_id, actor))


def _explanations(item: BoardItem, actor: Actor) -> list[dict[str, Any]]:
    return [
        {
            "text": open_from(one, "sealed_text", key=_key(one.compartment_id, actor)),
            "month": month(one.submitted_at),
            "wants_to_attend": one.wants_to_attend,
            "is_objection": is_objection(one),
        }
        for one in explanations_of(item)
    ]


def _duties(request_ids: list[uuid.UUID]) -> defaultdict[str, list[str]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    matters = db().execute(
        select(RequestMatter.formal_request_id, RequestMatter.duty)
        .where(RequestMatter.formal_request_id.in_(request_ids))
        .distinct()
    )
    for request_id, duty in sorted(matters, key=lambda row: str(row[1])):
        found[request_id.hex].append(str(duty))
    return found


def _key(compartment_id: uuid.UUID, actor: Actor) -> bytes:
    return actor.held.compartment_key(db().get_one(Compartment, compartment_id))
