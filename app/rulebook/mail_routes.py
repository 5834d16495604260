"""The pages of the mails: how each kind reads, what a new wording makes of it, and each there was."""

from __future__ import annotations

import uuid

from flask import abort, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from app.pipeline.access import asks
from app.pipeline.clock import today
from app.pipeline.identity import actor_here
from app.pipeline.standing import one_or_404
from app.presentation.mail_text import mail_text, sign_in_address
from app.rulebook import blueprint
from app.rulebook.actions import reword_mail, take_back_words
from app.rulebook.queries import mail_wording_of
from app.rulebook.word_forms import MailForm
from app.rulebook.word_pages import OF_MAILS, change_lines, mail_lines
from models.rule_change import RuleChange
from models.rules.mail_kinds import MailKind
from models.rules.mail_words import REQUIRED, MailWording, Placeholder, allowed_in
from models.rules.permissions import Permission, may_ever


@blueprint.get("/mails")
@asks(Permission.RULEBOOK_READ)
def mails() -> ResponseReturnValue:
    return render_template("rulebook/mails.html", lines=mail_lines())


@blueprint.get("/mails/<key>")
@asks(Permission.RULEBOOK_READ)
def mail(key: str) -> ResponseReturnValue:
    kind = _find(key)
    now = mail_wording_of(kind, today())
    words = {"subject_ja": now.subject_ja, "subject_en": now.subject_en, "ja": now.ja, "en": now.en}
    return _show(kind, MailForm(data=words))


@blueprint.post("/mails/<key>")
@asks(Permission.RULEBOOK_CHANGE)
def rewrite_mail(key: str) -> ResponseReturnValue:
    kind = _find(key)
    form = MailForm()
    form.kind = kind
    if not form.validate_on_submit() or not form.was_previewed():
        return _show(kind, form)
    reword_mail(form.wording(), reason=form.reason.data, actor=actor_here())
    flash(_("新しい文面を登録しました。その日に用意したメールから使います。"), "success")
    return redirect(url_for("rulebook.mail", key=kind.code))


@blueprint.post("/mails/<uuid:change_id>/cancel")
@asks(Permission.RULEBOOK_CHANGE)
def take_back_mail(change_id: uuid.UUID) -> ResponseReturnValue:
    change = one_or_404(select(RuleChange).where(RuleChange.id == change_id, RuleChange.kind.in_(OF_MAILS)))
    if take_back_words(change, actor=actor_here()):
        flash(_("変更を取り消しました。"), "success")
    else:
        flash(_("もう始まっている変更は、取り消せません。新しい変更を登録してください。"), "error")
    return redirect(url_for("rulebook.mail", key=change.key))


def _find(key: str) -> MailKind:
    if key not in {one.code for one in MailKind}:
        abort(404)
    return MailKind(key)


def _as_sent(words: MailWording) -> str:
    """The mail as somebody would get it; the one-time address is only named."""
    config = current_app.config["KIKITE"]
    sign_in = sign_in_address(config.base_url)
    only_hers = _("(ここに、その人だけの一度使えるアドレスが入ります)")
    return mail_text(words, service=config.service_name, sign_in=sign_in, link=only_hers)


def _show(kind: MailKind, form: MailForm) -> ResponseReturnValue:
    looks = bool(form.seen.data and not form.errors and form.valid_from.data)
    words = form.wording() if looks else mail_wording_of(kind, today())
    return render_template(
        "rulebook/mail.html",
        form=form,
        kind=kind,
        subject=words.subject,
        text=_as_sent(words),
        placeholders=[(one, one in REQUIRED[kind]) for one in allowed_in(kind)],
        leads_nowhere=Placeholder.SIGN_IN not in REQUIRED[kind] and Placeholder.LINK not in REQUIRED[kind],
        may_change=may_ever(Permission.RULEBOOK_CHANGE, actor_here().role),
        looks=looks,
        history=change_lines(OF_MAILS, kind.code),
    )
