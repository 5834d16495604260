"""Where each role begins, and what its menu holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Flask, current_app, g, request, url_for
from flask_babel import lazy_gettext as _l

from app.people.queries import name_of
from app.pipeline.identity import Actor
from app.presentation.filters import label
from models.rules.people import COMPANY, SECRETARIAT, Role
from models.rules.permissions import Permission, may_ever

# Each line of the menu: its words, its page, and the permission without which it is not shown.
MENU = (
    (_l("相談"), "cases.board", Permission.CASE_LIST),
    (_l("状況一覧"), "control.room_", Permission.CONTROL_READ),
    (_l("電話・手紙"), "phone_desk.desk", Permission.REPLY_LIST),
    (_l("当番表"), "duty.shifts", Permission.DUTY_READ),
    (_l("見守り"), "watch.overview", Permission.CASE_LIST),
    (_l("漏えいの記録"), "leaks.overview", Permission.LEAK_LIST),
    (_l("保存と消去"), "retention.overview", Permission.RETENTION_LIST),
    (_l("届いた相談"), "responses.inbox", Permission.RESPONSE_LIST),
    (_l("不在と休業日"), "absences.own", Permission.RESPONSE_LIST),
    (_l("見せてもらった相談"), "advisers.shown", Permission.ADVISER_LIST),
    (_l("企業相談"), "advice.overview", Permission.ADVICE_LIST),
    (_l("会社別の記録"), "escalations.files", Permission.ESCALATION_LIST),
    (_l("会社の扱いの比較"), "escalations.comparison", Permission.ESCALATION_READ_TREATMENT),
    (_l("理事会"), "resolutions.items", Permission.RESOLUTION_LIST),
    (_l("認定"), "certifications.overview", Permission.CERTIFICATION_READ),
    (_l("会社名簿"), "companies.overview", Permission.COMPANY_LIST),
    (_l("合併・分割・事業譲渡"), "successions.overview", Permission.SUCCESSION_LIST),
    (_l("統計"), "statistics.overview", Permission.STATISTICS_READ),
    (_l("規則"), "rulebook.overview", Permission.RULEBOOK_READ),
    (_l("ほかの相談先"), "referrals.overview", Permission.RULEBOOK_READ),
    (_l("利用者"), "people.overview", Permission.PEOPLE_READ),
    (_l("鍵の復元カード"), "recovery.overview", Permission.RECOVERY_READ),
    (_l("二人で行うこと"), "joint_acts.overview", Permission.JOINT_LIST),
    (_l("二人で行うことの記録"), "joint_acts.record", Permission.KEYS_READ_WITNESS_LOG),
    (_l("操作の記録"), "operations.trail", Permission.AUDIT_READ_OWN),
    (_l("いつもと違う閲覧"), "audits.readings", Permission.AUDIT_READ_UNUSUAL),
    (_l("監査の抜き取り"), "audits.sampling", Permission.AUDIT_READ_SAMPLE),
    (_l("送信の記録"), "operations.outbox", Permission.OUTBOX_READ),
    (_l("鍵の一覧"), "operations.keys", Permission.KEYS_READ),
)

# What a company finds on a page that the desk uses otherwise.
WORDS_FOR_A_COMPANY = {
    "escalations.files": _l("協会からの文書"),
    "advice.overview": _l("協会への相談"),
    "operations.trail": _l("自分の操作の記録"),
}

# Slices without a line of their own are found under another's.
PART_OF = {
    "attachments": "cases",
    "applications": "certifications",
    "pledges": "certifications",
    "surveys": "certifications",
    "keying": "phone_desk",
    "incidents": "cases",
    "letters": "rulebook",
    "exports": "joint_acts",
    "proxy": "cases",
}

# Of a part with several lines, the pages that do not belong to its first.
LINE_OF = {"audits.sample": "audits.sampling", "audits.draw": "audits.sampling"}


@dataclass(frozen=True)
class MenuItem:
    """One line of the menu as the layout draws it."""

    label: str
    url: str
    current: str
    """For aria-current: "page" on the page itself, "true" on another page of the part that the line leads to."""


@dataclass(frozen=True)
class SignedIn:
    """Who is signed in, for the head of the page."""

    name: str
    role: str


def home_of(role: Role) -> str:
    """The page on which a role begins."""
    if role in SECRETARIAT:
        return url_for("cases.board")
    if role in COMPANY:
        return url_for("responses.inbox")
    if role is Role.ADVISER:
        return url_for("advisers.shown")
    if role is Role.DIRECTOR:
        return url_for("resolutions.items")
    return url_for("operations.trail" if may_ever(Permission.AUDIT_READ_ALL, role) else "operations.outbox")


def init_menu(app: Flask) -> None:
    """Give every page of the signed-in their menu."""
    app.context_processor(_frame)


def _current(lines: Sequence[str]) -> dict[str, str]:
    """Which of these lines leads to the page or to its part; of several of one part the first."""
    endpoint, slice_ = request.endpoint or "", request.blueprint or ""
    if endpoint in lines:
        return {endpoint: "page"}
    if (line := LINE_OF.get(endpoint, "")) in lines:
        return {line: "true"}
    here = PART_OF.get(slice_, slice_)
    if slice_ == "attachments" and "reference" in (request.view_args or {}):
        # The same files, where the company finds them.
        here = "responses"
    return dict.fromkeys([one for one in lines if one.partition(".")[0] == here][:1], "true")


def _frame() -> dict[str, object]:
    actor: Actor | None = g.get("actor")
    if actor is None or actor.person is None:
        return {}
    shown = {
        endpoint: words
        for words, endpoint, permission in MENU
        if may_ever(permission, actor.role) and endpoint in current_app.view_functions
    }
    current = _current(list(shown))
    items = [
        MenuItem(
            str(WORDS_FOR_A_COMPANY.get(endpoint, words) if actor.role in COMPANY else words),
            url_for(endpoint),
            current.get(endpoint, ""),
        )
        for endpoint, words in shown.items()
    ]
    return {
        "navigation": items,
        "signed_in": SignedIn(name_of(actor.person), label(actor.role)),
        "own_url": url_for("sign_in.account"),
        "sign_out_url": url_for("sign_in.sign_out"),
        "session_ends_at": actor.visit.ends_at if actor.visit else None,
    }
