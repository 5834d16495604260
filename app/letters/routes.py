"""The pages of the letters' words: as they read, what they become, a preview as a file, and every version."""

from __future__ import annotations

import uuid

from flask import Response, abort, flash, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from app.letters import blueprint
from app.letters.actions import reword_letter, take_back_words
from app.letters.forms import WordsForm
from app.letters.pages import version_lines
from app.letters.press import NotInTheFont, PressStopped, set_as_pdf
from app.letters.queries import NotTheSame, not_in_the_font, words_on
from app.letters.samples import as_text, sample_of
from app.pipeline.access import asks
from app.pipeline.clock import today
from app.pipeline.errors import give_up_storing, nearest_page, typed_texts
from app.pipeline.identity import actor_here
from app.pipeline.standing import one_or_404
from app.presentation.pdf import as_download
from models.rule_change import RuleChange
from models.rules.letters import LetterKind
from models.rules.permissions import Permission, may_ever
from models.rules.rule_change import RuleKind
from models.rules.text_difference import differences

CANNOT_BE_SET = 422
CANNOT_BE_MADE = 503


@blueprint.get("/")
@asks(Permission.LETTER_READ_WORDS)
def overview() -> ResponseReturnValue:
    lines = [(kind, words_on(kind, today()), len(version_lines(kind))) for kind in LetterKind]
    return render_template("letters/overview.html", lines=lines)


@blueprint.get("/<key>")
@asks(Permission.LETTER_READ_WORDS)
def words(key: str) -> ResponseReturnValue:
    kind = _find(key)
    return _show(kind, WordsForm(data={"ja": words_on(kind, today()).text}))


@blueprint.post("/<key>")
@asks(Permission.LETTER_WORD)
def reword(key: str) -> ResponseReturnValue:
    kind = _find(key)
    form = WordsForm()
    form.kind = kind
    if not form.validate_on_submit() or not form.was_previewed():
        return _show(kind, form)
    reword_letter(form.template(), reason=form.reason.data, actor=actor_here())
    flash(_("新しい文面を登録しました。その日に出す文書から使います。"), "success")
    return redirect(url_for("letters.words", key=kind.code))


@blueprint.get("/<key>/preview")
@asks(Permission.LETTER_READ_WORDS)
def preview(key: str) -> ResponseReturnValue:
    return as_download(set_as_pdf(sample_of(words_on(_find(key), today()), day=today())), f"preview-{key}")


@blueprint.post("/<key>/preview")
@asks(Permission.LETTER_WORD)
def preview_new(key: str) -> ResponseReturnValue:
    kind = _find(key)
    form = WordsForm()
    form.kind = kind
    if not form.validate_on_submit():
        return _show(kind, form)
    return as_download(set_as_pdf(sample_of(form.template(), day=form.valid_from.data)), f"preview-{key}")


@blueprint.post("/versions/<uuid:change_id>/cancel")
@asks(Permission.LETTER_WORD)
def take_back(change_id: uuid.UUID) -> ResponseReturnValue:
    change = one_or_404(select(RuleChange).where(RuleChange.id == change_id, RuleChange.kind == RuleKind.LETTER))
    if take_back_words(change, actor=actor_here()):
        flash(_("変更を取り消しました。"), "success")
    else:
        flash(_("もう始まっている文面は、取り消せません。新しい文面を登録してください。"), "error")
    return redirect(url_for("letters.words", key=change.key))


@blueprint.app_errorhandler(NotInTheFont)
def not_in_the_font_(error: NotInTheFont) -> Response:
    return _cannot(error, not_in_the_font(error.signs), CANNOT_BE_SET)


@blueprint.app_errorhandler(PressStopped)
def press_stopped(error: PressStopped) -> Response:
    return _cannot(
        error,
        _("しばらくしてから、もう一度お試しください。続くときは、システム管理者に知らせてください。"),
        CANNOT_BE_MADE,
    )


@blueprint.app_errorhandler(NotTheSame)
def not_the_same(error: NotTheSame) -> Response:
    why = _("発行したときと同じファイルを作れないため、お渡ししません。システム管理者に知らせてください。")
    return _cannot(error, why, CANNOT_BE_MADE)


def _cannot(error: Exception, why: str, status: int) -> Response:
    """Nothing was done; what was typed is handed back."""
    give_up_storing(error)
    # Such a page asks the database for nothing, as every error page.
    g.pop("actor", None)
    back = nearest_page() if request.method == "POST" else "/"
    page = render_template("letters/cannot.html", why=why, typed=typed_texts(), back=back)
    return make_response(page, status)


def _find(key: str) -> LetterKind:
    if key not in {one.code for one in LetterKind}:
        abort(404)
    return LetterKind(key)


def _show(kind: LetterKind, form: WordsForm) -> ResponseReturnValue:
    looks = bool(form.seen.data and not form.errors and form.valid_from.data)
    return render_template(
        "letters/words.html",
        form=form,
        kind=kind,
        now=words_on(kind, today()),
        may_change=may_ever(Permission.LETTER_WORD, actor_here().role),
        looks=looks,
        changes=differences(words_on(kind, form.valid_from.data).text, form.template().text) if looks else None,
        as_it_reads=as_text(sample_of(form.template(), day=form.valid_from.data)) if looks else "",
        versions=version_lines(kind),
    )
