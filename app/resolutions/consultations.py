"""What the board is told of the consultations behind a company's requests: numbers alone, of those who agreed.

How the company answered belongs to the association and is told in any case. How many consultations there are, and of
which kinds, is told of those whose consulters let it be used before the board (CN-BD), and never of fewer than five.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterable
from typing import Any

from sqlalchemy import select

from app.consents.queries import who_allow
from app.pipeline.secrets import facets
from app.pipeline.transaction import db
from models.case_facet import CaseFacet
from models.exchange import Exchange
from models.request_matter import RequestMatter
from models.rules.consent import may_show_the_board
from models.rules.retention import SMALLEST_CELL
from models.rules.small_cells import choices_of_many
from models.rules.taxonomy.harassment_type import HarassmentType


def consultations_behind(request_ids: Iterable[uuid.UUID]) -> dict[str, Any]:
    """How many there are and of which kinds; ``people`` is None, and no kind is named, where they are too few."""
    behind = (
        select(Exchange.case_id)
        .join(RequestMatter, RequestMatter.exchange_id == Exchange.id)
        .where(RequestMatter.formal_request_id.in_(list(request_ids)))
        .distinct()
    )
    agreed = who_allow(may_show_the_board, db().scalars(behind).all())
    chosen = select(CaseFacet.token).where(CaseFacet.case_id.in_(agreed), CaseFacet.field == "harassment_type")
    kinds = {token: kind for kind in HarassmentType for token in facets("harassment_type", kind.value)}
    counts = Counter(kinds[token] for token in db().scalars(chosen) if token in kinds)
    shown = choices_of_many({kind: counts[kind] for kind in HarassmentType}, people=len(agreed))
    return {
        "people": shown.total or None,
        "smallest": SMALLEST_CELL,
        "kinds": {kind.value: count for kind, count in shown.cells.items() if count},
    }
