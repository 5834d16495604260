"""The text with which the desk begins a formal request: made from the facts, in Japanese, and freely edited after."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet

from flask_babel import force_locale
from flask_babel import gettext as _

from app.escalations.queries import WhatIsAsked, latest_request, survey_named, what_to_ask
from app.pipeline.clock import now
from app.presentation.filters import ja_date
from app.rulebook.queries import deadlines_at
from models.company_file import CompanyFile
from models.formal_request import FormalRequest
from models.rules.company_duties import OF_THE_COMPANY, Duty
from models.rules.deadlines import ClockKind
from models.rules.escalation_ladder import Step


def text_for(file: CompanyFile, step: Step) -> str:
    """A letter for this step about what the company owes now. A letter to a company is Japanese in any language."""
    with force_locale("ja"):
        asked = what_to_ask(file)
        before = latest_request(file) if step is not Step.E1 else None
        parts = (_opening(before), _matters(asked), _wanted(step, asked), _foundation(step, asked))
        return "\n\n".join(part for part in parts if part)


def _opening(before: FormalRequest | None) -> str:
    greeting = _("平素より、カスタマーハラスメントへの取り組みにご協力いただき、ありがとうございます。")
    if before is None or before.due_at is None:
        told = _("当協会から貴社にお願いしている次のことが、期限を過ぎても行われていません。")
    else:
        told = _(
            "先に文書%(number)sにより%(day)sまでの対応をお願いしましたが、次のことがまだ行われていません。",
            number=before.number,
            day=ja_date(before.due_at),
        )
    return f"{greeting}\n{told}"


def _matters(asked: Sequence[WhatIsAsked]) -> str:
    return "\n".join(f"{place}. {_matter(one)}" for place, one in enumerate(asked, start=1))


def _matter(one: WhatIsAsked) -> str:
    day = ja_date(one.owed_since)
    if one.duty is Duty.VACANCY:
        return str(_("カスタマーハラスメント対策責任者の選任と登録(%(day)sが期限でした)", day=day))
    if one.duty is Duty.CONFIRMATION:
        return str(_("誓約事項の年1回の確認(%(day)sが期限でした)", day=day))
    if one.duty is Duty.SURVEY:
        title = survey_named(one.survey_invitation_id)
        return str(_("実態調査「%(title)s」への回答(%(day)sが締切でした)", title=title, day=day))
    reference = one.exchange.reference if one.exchange else ""
    if one.duty is Duty.POOR_REPORT:
        return str(_("整理番号%(reference)s 報告の出し直し(%(day)sに差し戻しました)", reference=reference, day=day))
    return str(_("整理番号%(reference)s %(duty)s(%(day)sが期限でした)", reference=reference, duty=one.duty.ja, day=day))


def _wanted(step: Step, asked: Sequence[WhatIsAsked]) -> str:
    if step in (Step.E1, Step.E2):
        first = _(
            "つきましては、この文書が届いた日の翌営業日から数えて%(days)s営業日以内に、次のことをお願いいたします。",
            days=_days(ClockKind.REQUEST_E1 if step is Step.E1 else ClockKind.REQUEST_E2),
        )
        lines = (
            *_acts(asked),
            _("すぐに終えられないときは、理由と見込みの日を、この文書への回答としてお知らせください。"),
        )
    elif step is Step.E3:
        first = _(
            "つきましては、次の改善を求めます。計画は%(plan)s営業日以内に、実施したことの証明は%(proof)s営業日以内に、"
            "この文書への回答としてお示しください。",
            plan=_days(ClockKind.REQUEST_E3),
            proof=_days(ClockKind.REQUEST_E3_PROOF),
        )
        lines = (*_acts(asked), _("同じことが起きないように、受け持つ方、代わりの方、期限の管理のしかたを定めること。"))
    else:
        first = _(
            "つきましては、この文書が届いた日の翌営業日から数えて%(days)s営業日以内に、次のすべてを行うよう、"
            "最終の要請をいたします。",
            days=_days(ClockKind.REQUEST_E4),
        )
        lines = (*_acts(asked), _("これまでの要請に応じられなかった理由を、この文書への回答としてお示しください。"))
    return "\n".join((first, *(str(_("・%(line)s", line=line)) for line in lines)))


def _acts(asked: Sequence[WhatIsAsked]) -> tuple[str, ...]:
    duties = {one.duty for one in asked}
    found = []
    if Duty.VACANCY in duties:
        found.append(_("責任者を選任し、協会に登録すること。"))
    if Duty.CONFIRMATION in duties:
        found.append(_("九つの誓約事項のそれぞれについて、いまも守っているかを画面で確認すること。"))
    if Duty.SURVEY in duties:
        found.append(_("ご案内した方法で、実態調査に回答すること。"))
    if Duty.ACKNOWLEDGE in duties:
        found.append(_("お届けした内容を画面で確認し、受領を確認すること。"))
    if duties & {Duty.INITIAL_REPORT, Duty.REPORT}:
        found.append(_("事実の確認、本人への配慮、再発の防止について、画面から報告すること。"))
    if Duty.POOR_REPORT in duties:
        found.append(_("差戻しの理由に示した不足を補い、報告を出し直すこと。"))
    return tuple(found)


def _foundation(step: Step, asked: Sequence[WhatIsAsked]) -> str:
    found = [*_pledges({one.duty for one in asked})]
    if step is Step.E4:
        found.append(
            _(
                "この要請にも応じていただけないときは、誓約事項の9(再三の協力や改善の求めに応じない場合の認定の取消し)に"
                "基づき、認定の取消しについて理事会の審査に付すことがあります。その場合も、決定の前に弁明の機会を設けます。"
            )
        )
    return "\n".join(str(one) for one in found)


def _pledges(duties: AbstractSet[Duty]) -> Iterator[str]:
    if duties - OF_THE_COMPANY:
        yield _(
            "この文書は、認定にあたってお約束いただいた誓約事項の6(従業員が協会に相談したとき、責任者が誠実に対応し、"
            "報告すること)に基づくものです。対応と報告をお願いするもので、相談された事柄の当否を決めるものではありません。"
        )
    elif Duty.VACANCY in duties:
        yield _("この文書は、認定にあたってお約束いただいた誓約事項の2(責任者を選任し、登録すること)に基づくものです。")
    elif Duty.CONFIRMATION in duties:
        yield _(
            "この文書は、認定にあたってお約束いただいた誓約事項の1(指針に沿って行動するよう努めること)に基づき、"
            "九つの誓約をいまも守っておられるかの、年1回の確認をお願いするものです。"
        )
    if Duty.SURVEY in duties:
        yield _(
            "実態調査への回答は、認定にあたってお約束いただいた誓約事項の7(実態の調査に協力すること)に基づいてお願いするものです。"
        )


def _days(kind: ClockKind) -> int:
    term = deadlines_at(now()).term(kind)
    return term.amount
