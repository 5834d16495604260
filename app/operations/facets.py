"""Which columns hold facets, what their tokens stand for, and their exchange for those of the key that writes.

A token cannot be opened. But each stands for one of few things, all of which are known here: a code, a registered
company, a site that has a code. So the tokens that an older key made of them can be told, and made anew. What stands
for nothing of these, such as a site's code that no site has, is found by nobody and stays as it is.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from sqlalchemy import Select, and_, func, literal, or_, select

from app.pipeline.secrets import facet_key_ids, facet_under, ring
from app.pipeline.transaction import db
from models.base import Identified
from models.case import Case
from models.case_facet import CaseFacet
from models.check_in import CheckIn
from models.company import Company
from models.incident_group import IncidentGroup
from models.rules.editable_codes import CODES
from models.rules.labelled import Labelled
from models.rules.replies import ReplyWay
from models.rules.retaliation_watch import CheckInAnswer
from models.site import Site

CODED: Mapping[str, type[Labelled]] = {
    **{codes.value: members for codes, members in CODES.items()},
    "reply_way": ReplyWay,
    "check_in": CheckInAnswer,
}
TokensOfKeys = Mapping[tuple[str, bytes], tuple[bytes, str]]
"""By field and token, the key that made it and the value that it stands for."""


@dataclass(frozen=True)
class FacetColumn:
    """A column of tokens and whose they are: of one field, or of the one that the row names."""

    table: type[Any]
    column: str
    field: str = ""

    @property
    def name(self) -> str:
        return f"{self.table.__tablename__}.{self.column}"

    def field_of(self, row: Identified) -> str:
        return self.field or str(row.field)  # type: ignore[attr-defined]

    def counted(self) -> Select[Any]:
        """Each field with its tokens, and how often each stands there."""
        token = getattr(self.table, self.column)
        field = literal(self.field) if self.field else self.table.field
        grouped = (token,) if self.field else (field, token)
        return select(field, token, func.count()).where(token.is_not(None)).group_by(*grouped)


COLUMNS = (
    FacetColumn(Case, "channel_token", "channel"),
    FacetColumn(Case, "severity_token", "severity"),
    FacetColumn(Case, "outcome_token", "outcome"),
    FacetColumn(Case, "closing_outcome_token", "outcome"),
    FacetColumn(Case, "employer_token", "company"),
    FacetColumn(Case, "workplace_token", "company"),
    FacetColumn(Case, "client_token", "company"),
    FacetColumn(CaseFacet, "token"),
    FacetColumn(CheckIn, "answer_token", "check_in"),
    FacetColumn(IncidentGroup, "company_token", "company"),
)
OF_WORDS = frozenset({"incident_group.copy_token"})
"""A token of words that anybody may have written is not made anew: its group's next copy has one of the new key."""


def tokens_of_keys(key_ids: Iterable[bytes]) -> TokensOfKeys:
    """All that tokens of these keys may stand for."""
    values = [
        *((field, str(member.value)) for field, members in CODED.items() for member in members),
        *(("company", company_id.hex) for company_id in db().scalars(select(Company.id))),
        *(("site", code) for code in db().scalars(select(Site.code).where(Site.code.is_not(None))) if code),
    ]
    return {
        (field, facet_under(key_id, field, value)): (key_id, value) for key_id in key_ids for field, value in values
    }


def count_by_key() -> Counter[bytes]:
    """How many tokens each key of the ring has made, of those of which it can be told."""
    known = tokens_of_keys(facet_key_ids())
    found: Counter[bytes] = Counter()
    for field, token, count in chain.from_iterable(db().execute(column.counted()) for column in COLUMNS):
        if (field, token) in known:
            found[known[field, token][0]] += count
    return found


def rows_of_older_keys(column: FacetColumn) -> Sequence[uuid.UUID]:
    """The rows that hold a token of another key than the one that writes."""
    older: dict[str, list[bytes]] = {}
    for field, token in tokens_of_keys(key_id for key_id in facet_key_ids() if key_id != ring().active_id):
        older.setdefault(field, []).append(token)
    token_here = getattr(column.table, column.column)
    if column.field:
        is_older = token_here.in_(older.get(column.field, []))
    else:
        is_older = or_(*(and_(column.table.field == field, token_here.in_(some)) for field, some in older.items()))
    return db().scalars(select(column.table.id).where(is_older).order_by(column.table.id)).all() if older else []


def renew(column: FacetColumn, rows: Iterable[Identified]) -> int:
    """Exchange the tokens of older keys in these rows; what stands for nothing known is left."""
    known, active, done = tokens_of_keys(facet_key_ids()), ring().active_id, 0
    for row in rows:
        field = column.field_of(row)
        made_by, value = known.get((field, getattr(row, column.column)), (active, ""))
        if made_by != active:
            setattr(row, column.column, facet_under(active, field, value))
            done += 1
    return done
