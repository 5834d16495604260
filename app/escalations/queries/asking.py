"""What the next request asks for: what the last one asked and was not done, and whatever else is owed by now."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.escalations.queries.duties import OwedDuty, owed_by
from app.escalations.queries.files import latest_request
from app.escalations.queries.letters import matters_of
from app.escalations.queries.matters import is_moot
from app.pipeline.clock import now
from app.pipeline.transaction import db
from models.company import Company
from models.company_file import CompanyFile
from models.exchange import Exchange
from models.formal_request import FormalRequest
from models.rules.company_duties import Duty
from models.rules.request_lifecycle import RequestState


@dataclass(frozen=True)
class WhatIsAsked:
    """One duty that a request names: of which exchange, and since when it is owed."""

    duty: Duty
    owed_since: datetime
    exchange: Exchange | None
    survey_invitation_id: uuid.UUID | None = None

    @property
    def exchange_id(self) -> uuid.UUID | None:
        return self.exchange.id if self.exchange else None

    @property
    def key(self) -> tuple[uuid.UUID | None, Duty]:
        return (self.exchange_id or self.survey_invitation_id, self.duty)


def what_to_ask(file: CompanyFile, *, owed: Sequence[OwedDuty] | None = None) -> tuple[WhatIsAsked, ...]:
    """What a request of this moment is about, the oldest first. Whoever has just asked what is owed hands it in."""
    found: dict[tuple[uuid.UUID | None, Duty], WhatIsAsked] = {}
    last = latest_request(file)
    if last is not None and last.state is RequestState.UNMET:
        for matter, exchange in matters_of(last):
            if matter.settled_at is None and not is_moot(matter, exchange):
                still = WhatIsAsked(matter.duty, matter.owed_since, exchange, matter.survey_invitation_id)
                found[still.key] = still
    if owed is None:
        owed = owed_by(db().get_one(Company, file.company_id), at=now())
    for one in owed:
        found.setdefault(one.key, WhatIsAsked(one.duty, one.owed_since, one.exchange, one.survey_invitation_id))
    reports = {exchange_id for exchange_id, duty in found if duty is Duty.REPORT}
    # The report says all that the initial report would have said: once it is owed, it alone is asked for.
    asked = [one for one in found.values() if one.duty is not Duty.INITIAL_REPORT or one.exchange_id not in reports]
    return tuple(sorted(asked, key=lambda one: (one.owed_since, str(one.key[0]))))


def no_longer_owed(request: FormalRequest) -> bool:
    """Whether a draft asks for something that was done, or taken back, since it was written."""
    file = db().get_one(CompanyFile, request.company_file_id)
    still = {one.key for one in what_to_ask(file)}
    asked = {
        (matter.exchange_id or matter.survey_invitation_id, matter.duty) for matter, _exchange in matters_of(request)
    }
    return not asked or not asked <= still
