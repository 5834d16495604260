"""What is left of a case whose keys were destroyed: every table that knows of cases, and what becomes of its rows.

Source: domain, 6.7 (lower table: "destroy case key, keep coded skeleton") and 2.4. A table that reaches a case and is not
named here fails a test. That a backup which is put back brings no destroyed key back (7.45): ``app/operations/destroyed_keys.py``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from models.rules.labelled import Labelled


class ErasedPart(Labelled):
    """What was erased: the whole of what was written, or the name and the ways to reach her alone."""

    # fmt: off
    CONTENT  = "content",  "相談の内容のすべて", "All of the content"
    IDENTITY = "identity", "氏名・連絡先",       "Identity"
    # fmt: on


class ErasureCause(Labelled):
    """Why it was erased."""

    # fmt: off
    TERM      = "term",      "保管期間が終わったため",     "Its term was over"
    CONSULTER = "consulter", "相談した方が望まれたため",   "The consulter wished it"
    COURT     = "court",     "裁判所などの命令によるもの", "A court or an authority ordered it"
    # fmt: on


BEFORE_ITS_TIME = (ErasureCause.CONSULTER, ErasureCause.COURT)
"""Causes for which two persons are needed."""


class HoldReason(Labelled):
    """Why something is kept beyond its term. Codes and no words: a reason in words would tell of the case."""

    # fmt: off
    LAWSUIT   = "lawsuit",   "裁判・調停・労働審判に関わる",     "It concerns a lawsuit or mediation"
    AUTHORITY = "authority", "行政機関の調査に関わる",           "It concerns an inquiry by an authority"
    PROCEDURE = "procedure", "会社への要請や理事会の手続が続く", "A procedure with the company or the board goes on"
    LEAK      = "leak",      "漏えいの確認に要る",               "It is needed to look into a leak"
    CONSULTER = "consulter", "相談した方が残すことを望む",       "The consulter wishes it kept"
    # fmt: on


class HoldEnd(Labelled):
    """Why a hold was lifted."""

    # fmt: off
    OVER      = "over",      "残す理由がなくなった",           "The reason is gone"
    MISTAKE   = "mistake",   "誤って付けた",                   "It was set by mistake"
    CONSULTER = "consulter", "相談した方が望まなくなった",     "The consulter no longer wishes it"
    # fmt: on


class Fate(Labelled):
    """What becomes of a table's rows."""

    # fmt: off
    GOES    = "goes",    "行ごと消去する",             "The rows go"
    EMPTIED = "emptied", "一部の欄を空にして残す",     "Some columns are emptied, and the row stays"
    STAYS   = "stays",   "残す",                       "The rows stay"
    LATER   = "later",   "それぞれの期間まで残す",     "The rows stay for a term of their own"
    # fmt: on


@dataclass(frozen=True, slots=True)
class Leaving:
    """What becomes of one table's rows of an erased case, by which column they are found, and what is emptied."""

    fate: Fate
    by: str = "case_id"
    emptied: tuple[str, ...] = ()


def _goes(by: str = "case_id") -> Leaving:
    return Leaving(Fate.GOES, by)


_STAYS = Leaving(Fate.STAYS)

# Rows are found by the case itself, or by its exchanges, its compartments, or another row of it. What stays holds
# numbers, days, codes as tokens and who of the association and the company acted: no word, and nobody who consulted.
# fmt: off
LEAVINGS: Mapping[str, Leaving] = MappingProxyType({
    # Which companies were named is no coded skeleton: with a day and a kind it points to people.
    "case":              Leaving(Fate.EMPTIED, "id", ("employer_token", "workplace_token", "client_token")),
    "case_facet":        _goes(),   # Only those that are not kept, see KEPT_FACETS.
    "statement":         _goes(),
    "recovery_answers":  _goes(),
    "message":           _goes(),
    "desk_note":         _goes(),
    "emergency_telling": _goes(),
    "adviser_access":    _goes(),
    "case_link":         _goes(),   # In both directions.
    "reply_task":        _goes(),
    "receipt":           _goes(),
    "visit":             _goes("receipt_id"),
    "printed_copy":      _goes("exchange_id"),
    "action_entry":      _goes("exchange_id"),
    "proxy_entry":       _goes("exchange_id"),
    "report":            _goes("exchange_id"),
    "extension":         _goes("exchange_id"),
    "draft":             _goes("exchange_id"),
    "compartment_grant": _goes("compartment_id"),
    "waiting_grant":     _goes("compartment_id"),
    "check_in":          Leaving(Fate.EMPTIED, "case_id", ("message_id",)),
    "incident_group":    Leaving(Fate.EMPTIED, "case_id", ("company_token", "copy_token")),
    # With the case, and for its own term at least.
    "consent_entry":     Leaving(Fate.LATER),
    "provision":         Leaving(Fate.LATER),
    # Named by what was provided. A file's card and bytes go by the list of files.
    "forwarded_copy":    Leaving(Fate.EMPTIED, "exchange_id", ("sealed_text", "approved_digest", "laid_out_digest")),
    "attachment":        Leaving(Fate.EMPTIED),
    "compartment":       _STAYS,
    # The coded skeleton.
    "exchange":          _STAYS,
    "incident_member":   _STAYS,
    "keyed_intake":      _STAYS,
    "retaliation_watch": _STAYS,
    "crisis_alarm":      _STAYS,
    "exclusion":         _STAYS,
    "recall":            Leaving(Fate.STAYS, "exchange_id"),
    "recall_reading":    Leaving(Fate.STAYS, "recall_id"),
    "request_matter":    Leaving(Fate.STAYS, "exchange_id"),
    "leak":              Leaving(Fate.STAYS, "recall_id"),
    "leak_case":         _STAYS,
    "file_to_remove":    _STAYS,   # Until its bytes are gone from the store.
    "erasure":           _STAYS,
    "legal_hold":        _STAYS,
})
# fmt: on

KEPT_FACETS = frozenset(
    {
        "harassment_type",
        "organisational_issue",
        "requested_help",
        "intake_route",
        "employment",
        "actor_relation",
    }
)
"""The coded facts that statistics count (domain, 6.7: "keep coded skeleton"); a site or a way to be reached is none."""
