"""The public list for people and for machines, the page that the mark links to, and the statements that are signed.

None of them sets a cookie but the page on which a statement is verified, for it is sent a form.
"""

from __future__ import annotations

from datetime import date
from typing import cast

from babel import Locale
from flask import Response, abort, current_app, jsonify, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from app.pipeline.access import public
from app.pipeline.clock import today
from app.pipeline.language import LANGUAGES, chosen_language
from app.presentation.pagination import decode_position, forward_page
from app.registry import blueprint
from app.registry.forms import DayForm, SearchForm, StatementForm
from app.registry.mark import mark_of
from app.registry.queries import (
    SHAPE,
    feed,
    keys_as_data,
    listed,
    published_revocations,
    read_statement,
    statement_of,
    status_behind,
    status_of,
)

PAGE = 50
SECONDS = 60
"""How long a copy may be shown by others: a change at midnight is everywhere a minute later."""


@blueprint.get("/registry")
@public()
def listing() -> ResponseReturnValue:
    with force_locale(_language()):
        form = SearchForm(formdata=MultiDict({name: request.args.get(name, "") for name in ("q", "on")}))
        on = _day_asked(form)
        entries = listed(on, words="" if form.q.errors else form.q.data)
        after = decode_position(request.args.get("after"), str, str)
        rest = [entry for entry in entries if after is None or (entry.kana, entry.number) > after]
        page = forward_page(
            rest[: PAGE + 1],
            size=PAGE,
            position_of=lambda entry: (entry.kana, entry.number),
            began_after=request.args.get("after") if after else None,
        )
        body = render_template(
            "registry/companies.html",
            form=form,
            page=page,
            on=on,
            is_today=on == today(),
            total=len(entries),
            revocations=published_revocations() if on == today() and not form.q.data and after is None else [],
            other_language=_other_language(),
            address={"q": form.q.data or None, "on": on.isoformat() if on != today() else None},
            association=_association(),
        )
    return _shared(make_response(body))


@blueprint.get("/registry.json", endpoint="json")
@public()
def listing_as_data() -> ResponseReturnValue:
    asked = request.args.get("on", "")
    form = SearchForm(formdata=MultiDict({"q": request.args.get("q", ""), "on": asked}))
    on = form.on.data or today()
    if not form.validate() or on > today():
        return make_response(jsonify({"shape": SHAPE, "error": "on must be a day up to today, as YYYY-MM-DD"}), 400)
    revocations = published_revocations() if on == today() else []
    return _shared(jsonify(feed(listed(on, words=form.q.data or ""), revocations, on=on)))


@blueprint.get("/registry/keys.json")
@public()
def keys() -> ResponseReturnValue:
    return _shared(jsonify(keys_as_data()))


@blueprint.route("/registry/verify", methods=["GET", "POST"])
@public()
def verify() -> ResponseReturnValue:
    form = StatementForm()
    read = read_statement(form.text.data) if form.validate_on_submit() else None
    stated = read.stated if read else None
    return render_template(
        "registry/verify.html",
        form=form,
        read=read,
        status_now=status_of(status_behind(stated.number)) if stated else None,
        association=_association(),
    )


@blueprint.get("/registry/<number>/statement.json")
@public()
def statement(number: str) -> ResponseReturnValue:
    answer = status_behind(number)
    return _shared(jsonify(statement_of(answer))) if answer else abort(404)


@blueprint.get("/registry/<number>/mark.svg")
@public()
def mark(number: str) -> ResponseReturnValue:
    answer = status_behind(number)
    if answer is None:
        abort(404)
    response = _shared(Response(mark_of(answer), mimetype="image/svg+xml"))
    # The one thing of ours that stands in the pages of others.
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@blueprint.get("/registry/<number>")
@public()
def status(number: str) -> ResponseReturnValue:
    with force_locale(_language()):
        form = DayForm(formdata=MultiDict({"on": request.args.get("on", "")}))
        on = _day_asked(form)
        answer = status_behind(number, on=on)
        body = render_template(
            "registry/status.html", answer=answer, form=form, on=on, is_today=on == today(), association=_association()
        )
    return _shared(make_response(body, 200 if answer else 404))


def _day_asked(form: SearchForm | DayForm) -> date:
    """The day that is asked about; today where none is, or none that can be answered."""
    form.validate()
    if form.on.errors or not form.on.data:
        return today()
    if form.on.data > today():
        form.refuse(form.on, _("先の日付にはお答えできません。今日までの日付を入力してください。"))
        return today()
    return cast(date, form.on.data)


def _shared(response: Response) -> Response:
    response.headers["Cache-Control"] = f"public, max-age={SECONDS}"
    response.vary.add("Cookie")
    response.add_etag()
    return response.make_conditional(request)  # type: ignore[return-value]


def _language() -> str:
    asked = request.args.get("lang", "")
    return asked if asked in LANGUAGES else chosen_language()


def _other_language() -> tuple[str, str]:
    """The language that the page is not in, with its name in that language."""
    other = next(code for code in LANGUAGES if code != _language())
    return other, str(Locale(other).get_language_name(other))


def _association() -> str:
    return str(current_app.config["KIKITE"].association_name)
