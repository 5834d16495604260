"""The mailbox's one main page: where the matter stands, what comes next, what was said, and what can be done now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from flask import render_template
from flask_babel import gettext as _

from app.advisers.queries import waits_for_her
from app.clocks.queries import ran_out, running_clock
from app.consents.queries import consent_in_force
from app.incidents.queries import Counted, how_counted
from app.mailbox import queries
from app.mailbox.forms import AcceptForm, AnswerForm, NotSatisfiedForm, WriteForm
from app.mailbox.keeping import keeping_of
from app.merging.queries import asks_whether_the_same
from app.pipeline.clock import now
from app.pipeline.identity import Actor
from app.presentation.filters import current_language, ja_date, label
from app.presentation.form import Form
from app.referrals.queries import crisis_lines
from app.watch.queries import is_watched, open_question
from app.watch.queries.telling import told_companies
from models.case import Case
from models.exchange import Exchange
from models.rules.case_lifecycle import OVER, CaseState
from models.rules.deadlines import ClockKind
from models.rules.public_phase import PublicPhase, plain_words


@dataclass(frozen=True, repr=False)
class ShownMessage:
    """One message as the page shows it."""

    at: datetime
    by: str
    body: str
    mine: bool
    note: str


def mailbox_page(case: Case, *, actor: Actor, form: Form | None = None) -> str:
    """The page, with the form that was just refused, if one was."""
    language, words = current_language(), plain_words(case.state)
    version = {"version": str(case.version)}
    with_others = _told_with_others(case)
    answer_clock = running_clock(case.id, ClockKind.ACKNOWLEDGE_CONSULTER)
    pending = queries.pending_copies(case)
    forms: dict[str, Form] = {
        "write_form": WriteForm(formdata=None),
        "answer_form": AnswerForm(formdata=None, data=version),
        "accept_form": AcceptForm(formdata=None, data=version),
        "reason_form": NotSatisfiedForm(formdata=None, data=version),
    }
    if form is not None:
        forms = {name: form if type(form) is type(empty) else empty for name, empty in forms.items()}
    return render_template(
        "mailbox/read.html",
        case=case,
        form=form,
        **forms,
        phases=_phases(words.phase),
        now_words=with_others[0] if with_others else words.now(language),
        next_words=with_others[1] if with_others else words.next(language),
        consent=consent_in_force(case),
        files_count=queries.count_files(case),
        files_wait=queries.files_wait(case),
        copies_wait=len(pending),
        group_words=_group_words(case),
        asks_whether_the_same=asks_whether_the_same(case),
        is_watched=is_watched(case),
        adviser_waits=waits_for_her(case),
        asks_how_she_is=open_question(case.id) is not None,
        asks_answer=case.state is CaseState.NEED_INFO,
        result_told=queries.result_was_told(case),
        readable_for=queries.receipt_months(ends_now=True),
        is_over=case.state in OVER,
        companies=[_company_line(exchange, name) for exchange, name in queries.company_names(case)],
        told=told_companies(case.id),
        left=[_left_line(name, day) for name, day in queries.companies_that_left(case)],
        absorbed=[_absorbed_line(one) for one in queries.companies_absorbed(case)],
        said=[shown_message(one) for one in queries.conversation(case, actor=actor)],
        own_words=queries.own_words(case, actor=actor),
        keeping=keeping_of(case, actor=actor),
        answer_by=answer_clock.due_at if answer_clock is not None else None,
        **_by_when(case),
        now=now(),
        lines=crisis_lines() if case.is_crisis else (),
        session_ends_at=actor.visit.ends_at if actor.visit else None,
    )


def _by_when(case: Case) -> dict[str, datetime | None]:
    """By when she is told the result, by when she is asked to answer, and when that day has passed."""
    result = running_clock(case.id, ClockKind.FEEDBACK_OUTER) if case.state is not CaseState.ADVICE else None
    reply = running_clock(case.id, ClockKind.CONSULTER_ANSWER)
    consent = running_clock(case.id, ClockKind.CONSENT_ANSWER)
    too_late = ran_out(case.id, ClockKind.CONSENT_ANSWER)
    return {
        "result_by": result.due_at if result is not None else None,
        "reply_by": reply.due_at if reply is not None else None,
        "consent_by": consent.due_at if consent is not None else None,
        "consent_was_due": too_late.due_at if too_late is not None else None,
    }


def _group_words(case: Case) -> str:
    """Whether and how she is counted with others, in one sentence; nothing when she is in no group."""
    counted = how_counted(case)
    words = {
        Counted.TOLD: _("同じ会社について相談した方々の人数として、会社に伝えました。あなたも人数に入っています。"),
        Counted.WILL_BE: _(
            "同じ会社についての相談が重なったため、人数としてまとめて会社に伝える準備をしています。あなたも人数に入ります。"
            "会社に届くまでは、外れることができます。"
        ),
        Counted.NOT: _(
            "同じ会社についての相談が重なったため、人数としてまとめて会社に伝えます。あなたは、いまは人数に入りません。"
        ),
    }
    return "" if counted is None else str(words[counted])


def _told_with_others(case: Case) -> tuple[str, str] | None:
    """Where the matter stands for one who was counted: the company was told, though not of her alone."""
    if case.state is not CaseState.ADVICE or how_counted(case) is not Counted.TOLD:
        return None
    return (
        str(_("会社にはまとめて伝え、分かったことをお知らせしています。")),
        str(_("「やりとり」をご覧ください。まだ困っていることがあれば、いつでもこの画面からお書きください。")),
    )


def _phases(current: PublicPhase) -> list[tuple[str, str]]:
    order = list(PublicPhase)
    here = order.index(current)
    return [
        (label(phase), "done" if place < here else "current" if place == here else "todo")
        for place, phase in enumerate(order)
    ]


def shown_message(said: queries.Said) -> ShownMessage:
    """One message with who wrote it and what it is, in words for her."""
    by = {"consulter": _("あなた"), "desk": _("相談員")}.get(
        said.author, _("会社の責任者(%(company)s)", company=said.company)
    )
    notes = {
        "question": _("お尋ね"),
        "answer": _("お尋ねへの答え"),
        "advice": _("助言"),
        "feedback": _("結果のご案内"),
        "dissatisfied": _("結果に納得できないという連絡"),
        "consent": _("会社に伝える文章について"),
        "reply": _("会社からの返事"),
    }
    return ShownMessage(said.at, by, said.text, said.author == "consulter", notes.get(said.purpose, ""))


def _left_line(name: str, left_on: date) -> str:
    words = _(
        "%(company)sは、%(day)sで協会の会員ではなくなりました。認定も失われています。あなたの相談は終わりではありません。"
        "すでに伝えたことへの対応と報告は、引き続き会社にお願いします。ただし、認定を取り消すことで応じてもらう方法は使えません。"
        "これからのことは、相談員がこの画面でご相談します。",
        company=name,
        day=ja_date(left_on),
    )
    return str(words)


def _absorbed_line(merger: tuple[str, str, date, bool]) -> str:
    before, after, day, went_over = merger
    words = _(
        "%(before)sは、%(day)sに%(after)sと合併し、%(after)sになりました。あなたの相談は終わりではありません。",
        before=before,
        after=after,
        day=ja_date(day),
    )
    now_there = _(
        "事務局が%(after)sの責任者を確かめて、会社に伝えた文章とこれまでの対応を引き継ぎました。", after=after
    )
    to_come = _(
        "%(after)sには、まだ何も伝えていません。事務局が%(after)sの責任者を確かめてから、会社に伝えた文章とこれまでの対応を引き継ぎます。"
        "引き継いでほしくないとき、知られたくない人がいるときは、この画面から相談員にお書きになるか、同意を取り消してください。",
        after=after,
    )
    return f"{words}{now_there if went_over else to_come}"


def _company_line(exchange: Exchange, name: str) -> tuple[str, str]:
    """What passes with one company, in one sentence."""
    if exchange.closed_because in {"consent_withdrawn", "withdrawn"}:
        return name, _("同意の取り消しにより、会社に渡した文章を閉じました。")
    if exchange.state == "closed" and exchange.routed_at is None:
        return name, _("何も伝えないまま、終わりました。")
    if exchange.state == "closed":
        return name, _("この会社とのやりとりは終わりました。")
    if exchange.routed_at is None:
        return name, _("まだ何も伝えていません。")
    told = _("%(day)sに伝えました。", day=ja_date(exchange.routed_at))
    if exchange.acknowledged_at is None:
        return name, told + _("受け取りの確認を待っています。")
    return name, told + _("%(day)sに責任者が受け取りを確認しました。", day=ja_date(exchange.acknowledged_at))
