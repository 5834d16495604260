"""What a succession changes, line by line: what would follow on its day, or what has."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _

from app.certifications.queries import certification_of, held_certification
from app.companies.queries import name_on
from app.escalations.queries import file_of_company
from app.people.queries import name_of, officers_of, serving
from app.people.queries import post_of as post
from app.pipeline.clock import now, today
from app.pipeline.transaction import db
from app.presentation.filters import label
from app.successions.actions.effect import case_of
from app.successions.actions.handing_over import why_not_handed_over
from app.successions.queries import IN_EFFECT, matters_waiting, open_matters, sites_going_over, standing_company
from models.company import Company
from models.rules.board import start_of_day
from models.rules.people import COMPANY
from models.rules.succession import SuccessionRefusal, SuccessionRule, SuccessionState, absorbs, succession_policy_at
from models.succession import Succession


@dataclass(frozen=True)
class Change:
    """One thing, and what becomes of it."""

    what: str
    becomes: str


@dataclass(frozen=True, repr=False)
class Preview:
    """Everything that the page of a succession shows."""

    before: str
    after: str
    rule_words: str
    changes: tuple[Change, ...]
    contacts: tuple[str, ...]
    """Who of the successor would read the cases that go over."""
    waiting: int
    refusal: SuccessionRefusal | None
    """Why they cannot go over yet."""


def rule_of(succession: Succession) -> SuccessionRule:
    """The line of the table that holds, or would hold today."""
    return succession_policy_at(start_of_day(succession.effective_on)).rules[case_of(succession)]


def preview_of(succession: Succession) -> Preview:
    """As it stands today, before the day and after it."""
    before, after = (db().get_one(Company, one) for one in (succession.predecessor_id, succession.successor_id))
    absorbed, receives = absorbs(succession.kind), standing_company(after)
    at = now()
    return Preview(
        before=name_on(before, today()),
        after=name_on(after, today()),
        rule_words=label(case_of(succession)),
        changes=tuple(_changes(succession, before, after, rule_of(succession))),
        contacts=tuple(
            f"{name_of(person)}({label(person.role)}{' ' + post(person) if person.sealed_post else ''})"
            for person in officers_of(receives.id, at=at)
            if person.verified_at is not None
        ),
        waiting=len(matters_waiting(succession)) if absorbed and succession.state in IN_EFFECT else 0,
        refusal=why_not_handed_over(receives) if absorbed and succession.state is SuccessionState.IN_EFFECT else None,
    )


def _changes(succession: Succession, before: Company, after: Company, rule: SuccessionRule) -> list[Change]:
    names = {"before": name_on(before, today()), "after": name_on(after, today())}
    sites = "、".join(site.name for site in sites_going_over(succession))
    lines = [
        Change(_("%(before)sの認定", **names) + _number(before, held=False), label(rule.before)),
        Change(_("%(after)sの認定", **names) + _number(after, held=True), label(rule.after)),
        Change(
            _("拠点とポスターのコード"),
            _("%(after)sに移ります: %(sites)s", sites=sites, **names) if sites else _("移りません"),
        ),
    ]
    if not absorbs(succession.kind):
        unchanged = _("%(before)sに残ります", **names)
        kept = (_("会員資格"), _("責任者と代表者"), _("進行中の相談"), _("要請の段階と会社別の記録"))
        return [*lines, *(Change(what, unchanged) for what in kept)]
    if succession.state in IN_EFFECT:
        lines = lines[:2]
    file = file_of_company(before.id)
    return [
        *lines,
        Change(_("%(before)sの会員資格", **names), _("前の日で終わります")),
        Change(
            _("%(before)sの責任者と代表者", **names),
            _(
                "この日から、だれもサインインできません(いま%(count)s人)",
                count=len(serving(now(), *COMPANY, company_id=before.id)),
            ),
        ),
        Change(
            _("進行中の相談(いま%(count)s件)", count=len(open_matters(before.id))),
            _(
                "期限を止めて、引き継ぎを待ちます。%(after)sの責任者を確かめて引き継ぐまで、%(after)sは何も読めません。"
                "引き継いだときから、期限を数え直します。終わった相談は引き継ぎません。",
                **names,
            ),
        ),
        Change(
            _("会社別の記録%(number)s", number=f" {file.number}" if file else ""),
            _(
                "凍結します。この日より前に期限が過ぎた要請は、%(after)sが認定会社なら、その回数に数えます。"
                "文書の番号と前の会社名は、そのまま残ります。",
                **names,
            ),
        ),
        Change(_("会社を探すとき"), _("前の会社名でも、%(after)sが見つかります。", **names)),
    ]


def _number(company: Company, *, held: bool) -> str:
    certification = held_certification(company.id) if held else certification_of(company.id)
    return f"({certification.number})" if certification is not None and certification.number else ""
