"""The pages that take the file of the pre-certified: choose it, look at every line, confirm, keep what was refused."""

from __future__ import annotations

import base64
import binascii

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.certifications import blueprint
from app.certifications.forms import CheckedFileForm, FileForm
from app.certifications.pre_certified import Checked, NotAsSeen, bring_in, check_file
from app.pipeline.access import Writes, asks
from app.pipeline.identity import actor_here
from app.pipeline.uploads import BrokenOff, read_upload
from app.presentation.filters import label
from app.presentation.spreadsheet import spreadsheet
from models.rules.permissions import Permission
from models.rules.pre_certified import Judged
from models.rules.pre_certified_file import LARGEST_FILE, Column, OwnColumn, Unusable


class _Arriving:
    """The one file of the form, in memory: it is small, or it is refused, and nothing is kept of it."""

    def __init__(self) -> None:
        self.body = b""
        self.is_there = False

    def write(self, piece: bytes) -> None:
        """Take a piece, up to one byte more than a file may have."""
        self.body += piece[: LARGEST_FILE + 1 - len(self.body)]

    def finish(self) -> None:
        self.is_there = True


@blueprint.get("/file/empty")
@asks(Permission.CERTIFICATION_READ)
def empty_file() -> ResponseReturnValue:
    return spreadsheet("jizen-nintei.csv", [column.ja for column in Column], [])


@blueprint.route("/file", methods=["GET", "POST"])
@asks(Permission.CERTIFICATION_EFFECT, writes=Writes.AFTER_READING)
def file() -> ResponseReturnValue:
    form, arriving = FileForm(formdata=None), _Arriving()
    if request.method != "POST":
        return _choose(form)
    try:
        read_upload(lambda: arriving)
    except BrokenOff:
        return _refuse(
            form, _("送っている途中で切れてしまいました。何も取り込んでいません。もう一度送ってください。"), 400
        )
    if not arriving.is_there:
        return _refuse(form, form.file.missing())
    try:
        return _show(check_file(arriving.body))
    except Unusable as unusable:
        return _refuse(form, label(unusable.problem))


@blueprint.post("/file/confirm")
@asks(Permission.CERTIFICATION_EFFECT)
def confirm() -> ResponseReturnValue:
    form = CheckedFileForm()
    body = _carried(form)
    if body is None:
        return _choose_again()
    try:
        done = bring_in(body, seen=form.seen.data or "", actor=actor_here())
    except Unusable:
        return _choose_again()
    except NotAsSeen as changed:
        return _show(changed.checked, has_changed=True)
    return _show(done, is_done=True)


@blueprint.post("/file/refused")
@asks(Permission.CERTIFICATION_EFFECT, writes=Writes.LATE)
def refused_lines() -> ResponseReturnValue:
    body = _carried(CheckedFileForm())
    if body is None:
        return _choose_again()
    try:
        checked = check_file(body)
    except Unusable:
        return _choose_again()
    return _refused_as_file(checked)


def _carried(form: CheckedFileForm) -> bytes | None:
    """The file that the check page carried along; None when it is not one any more."""
    if not form.validate_on_submit() or not form.file.data:
        return None
    try:
        return base64.b64decode(form.file.data, validate=True)
    except (binascii.Error, ValueError):
        return None


def _choose(form: FileForm, status: int = 200) -> ResponseReturnValue:
    return render_template("certifications/file.html", form=form, columns=list(Column)), status


def _refuse(form: FileForm, words: str, status: int = 200) -> ResponseReturnValue:
    form.file.errors = [words]
    return _choose(form, status)


def _choose_again() -> ResponseReturnValue:
    words = _("確かめたファイルが届きませんでした。何も取り込んでいません。もう一度ファイルを選んでください。")
    return _refuse(FileForm(formdata=None), words)


def _show(checked: Checked, *, is_done: bool = False, has_changed: bool = False) -> ResponseReturnValue:
    form = CheckedFileForm(formdata=None)
    form.file.data = base64.b64encode(checked.body).decode()
    form.seen.data = checked.seen
    return render_template(
        "certifications/file_checked.html",
        form=form,
        checked=checked,
        lines=[(one, _why(one)) for one in checked.lines],
        is_done=is_done,
        has_changed=has_changed,
    )


def _refused_as_file(checked: Checked) -> Response:
    header = [*(column.ja for column in Column), OwnColumn.LINE.ja, OwnColumn.REASON.ja]
    rows = [[*(one.line.cells[column] for column in Column), one.line.at, _why(one)] for one in checked.refused]
    return spreadsheet("torikomenakatta-gyo.csv", header, rows)


def _why(one: Judged) -> str:
    if one.refusal is None:
        return ""
    beside = _("(%(line)s行目と比べてください。)", line=one.beside) if one.beside else ""
    return label(one.refusal) + beside
