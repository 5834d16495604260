"""The neutral question in the mailbox, and her answer with the other code."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.mailbox.queries import own_case
from app.merging import blueprint
from app.merging.actions import merge_with
from app.merging.forms import MergeForm
from app.merging.queries import asks_whether_the_same
from app.pipeline.access import asks
from app.pipeline.acting import ChangedMeanwhile
from app.pipeline.audit import of_case
from app.pipeline.identity import actor_here
from crypto import ReceiptMistyped
from models.rules.permissions import Permission


@blueprint.get("")
@asks(Permission.MAILBOX_READ)
def question() -> ResponseReturnValue:
    if not asks_whether_the_same(own_case(actor_here(), Permission.MAILBOX_READ)):
        return redirect(url_for("mailbox.read"))
    return _page(MergeForm(formdata=None))


@blueprint.post("")
@asks(Permission.MAILBOX_CONSENT)
def merge() -> ResponseReturnValue:
    actor, form = actor_here(), MergeForm()
    case = own_case(actor, Permission.MAILBOX_CONSENT)
    if not asks_whether_the_same(case):
        raise ChangedMeanwhile(of_case(case))
    if not form.validate_on_submit():
        return _page(form)
    try:
        decision = merge_with(case, form.other.data, actor=actor)
    except ReceiptMistyped:
        form.refuse(
            form.other,
            _(
                "受付コードのどこかに書き間違いがあります。4文字ずつ7つ(以前のものは6つ)かどうかを、控えと見比べてください。"
            ),
        )
        return _page(form)
    if not decision:
        form.refuse(form.other, _why_not(decision.reason))
        return _page(form)
    flash(_("一つにまとめました。これからは、どちらの受付コードでも、この画面が開きます。"), "success")
    return redirect(url_for("mailbox.read"))


def _why_not(reason: str) -> str:
    words = {
        "told_above": _(
            "会社に伝えてよい範囲が狭いほうの相談では、会社にすでに伝えたことが、伝えてよい範囲を超えてしまいます。"
            "まとめる前に、どちらかの相談の「会社に伝えてよい範囲」を変えるか、このまま二つに分けておいてください。"
        ),
        "both_told": _("どちらの相談も会社に伝えているため、まとめられません。これまでどおり、二つに分けて進めます。"),
        "over": _("どちらかの相談は終わっているため、まとめられません。"),
        "nobody_oversees": _("見てはならない人を合わせると、事務局で見守る人がいなくなるため、まとめられません。"),
        "not_in_triage": _("どちらの相談も先に進んでいるため、まとめられません。相談員にお書きください。"),
    }
    return str(words.get(reason, _("この受付コードでは、まとめられません。控えと見比べて、もう一度入力してください。")))


def _page(form: MergeForm) -> str:
    visit = actor_here().visit
    return render_template("merging/question.html", form=form, session_ends_at=visit.ends_at if visit else None)
