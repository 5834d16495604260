"""A small application that shows every component, so that the components can be looked at and checked on their own."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final

from flask import Flask, Response, abort, flash, render_template, request
from flask_babel import Babel
from flask_babel import lazy_gettext as _l
from flask_wtf.csrf import CSRFProtect
from jinja2 import ChoiceLoader, FileSystemLoader

from app.presentation import init_presentation
from app.presentation.choices import Choices, OneOf
from app.presentation.fields import Code, Day, MailAddress, PlainText, Secret, Tick, WholeNumber
from app.presentation.form import Form
from models.rules.labelled import Labelled

ROOT: Final = Path(__file__).resolve().parents[2]
NOW: Final = datetime(2026, 11, 22, 5, 5, tzinfo=UTC)
POLICY: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'; require-trusted-types-for 'script'"
)


class Harm(Labelled):
    """What a customer did, for the gallery alone."""

    SHOUTING = "T1", "大声・暴言", "Shouting"
    CLAIMS = "T2", "過度な要求", "Excessive demands"
    TIME = "T3", "長時間の拘束", "Held for hours"
    SEXUAL = "T4", "性的な言動", "Sexual remarks"


class Place(Labelled):
    """Where somebody works, for the gallery alone."""

    HOME = "P1", "自宅", "Home"
    SITE = "P2", "センター", "Centre"


class GalleryForm(Form):
    """One field of each kind."""

    what = PlainText(
        _l("何がありましたか"),
        thing=_l("何があったか"),
        limit=200,
        rows=6,
        hint=_l("いつ、どこで、だれが、何をしたか。思い出せる範囲でかまいません。"),
    )
    nickname = PlainText(_l("お呼びするときの名前"), thing=_l("名前"), limit=20, required=False, width="medium")
    harms = Choices(
        _l("当てはまるものをすべて選んでください"),
        thing=_l("当てはまるもの"),
        options=Harm,
        most=2,
        hints={"T3": _l("電話を切らせてもらえない、など")},
    )
    place = OneOf(
        _l("どこで働いているときのことですか"),
        thing=_l("働いている場所"),
        options=Place,
        required=False,
        none_words=_l("答えない"),
    )
    company = OneOf(_l("会社"), options=[("c1", "みなと通信サービス"), ("c2", "北雲コンタクト")], select=True)
    day = Day(_l("いつのことですか"), thing=_l("日付"), required=False)
    people = WholeNumber(_l("同じ時間帯の人数"), thing=_l("人数"), least=1, most=999, width="short", required=False)
    mail = MailAddress(_l("メールアドレス"), width="long", required=False)
    receipt = Code(_l("受付コード"), width="long", required=False)
    password = Secret(_l("パスワード"), width="medium", required=False, least=12)
    read = Tick(_l("上の説明を読みました"), thing=_l("説明"))


def make_gallery() -> Flask:
    """The gallery's application."""
    app = Flask(
        "gallery", template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "app" / "static"),
        static_url_path="/static",
    )  # fmt: skip
    app.config.update(SECRET_KEY="gallery", TESTING=True, WTF_CSRF_TIME_LIMIT=None)
    app.jinja_loader = ChoiceLoader(
        [FileSystemLoader(Path(__file__).parent / "templates"), FileSystemLoader(ROOT / "templates")]
    )
    Babel(app, locale_selector=lambda: request.args.get("language", "ja") if request else "ja")
    CSRFProtect(app)
    init_presentation(app)
    _add_pages(app)

    @app.after_request
    def add_policy(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = POLICY
        return response

    return app


def _add_pages(app: Flask) -> None:
    def nowhere() -> str:
        return ""

    app.add_url_rule("/language", "language.choose", nowhere, methods=["POST"])
    app.add_url_rule("/leave", "language.leave", nowhere)

    @app.route("/public", methods=["GET", "POST"])
    def public() -> str:
        form = GalleryForm()
        form.validate_on_submit()
        return render_template("gallery_public.html", form=form, **_things())

    @app.get("/receipt")
    def receipt() -> str:
        return render_template("gallery_receipt.html", **_things())

    @app.get("/desk")
    def desk() -> str:
        flash("担当者に転送しました。", "success")
        return render_template("gallery_desk.html", **_frame(), **_things())

    @app.get("/letter")
    def letter() -> str:
        return render_template("gallery_letter.html", **_things())

    @app.get("/error/<int:code>")
    def error(code: int) -> str:
        if code == 418:
            abort(404)
        return render_template(
            f"errors/{code}.html",
            typed=["ここに書いた文章です。\n二行目です。"],
            changes=["14:05に、状態が「受付審査」から「会社対応中」に変わりました。"],
        )


def _frame() -> dict[str, Any]:
    words = ("今日の一覧", "相談", "会社", "要請と付議", "記録")
    return {
        "navigation": [
            SimpleNamespace(label=word, url="#", current="page" if word == "相談" else "") for word in words
        ],
        "signed_in": SimpleNamespace(name="相談員", role="相談員", seat="事務局"),
        "sign_out_url": "/language",
        "session_ends_at": NOW + timedelta(minutes=15),
    }


def _things() -> dict[str, Any]:
    return {
        "now": NOW,
        "later": NOW + timedelta(days=3),
        "earlier": NOW - timedelta(days=2),
        "dangerous": "<script>alert(1)</script> \"引用\" & 'もう一つ'",
        "story": (
            "昼過ぎから同じ方の電話が続きました。\n切らせてもらえず、二時間ほど話しました。\n\n"
            "途中で名前を聞かれ、怖くなりました。"
        ),
    }


if __name__ == "__main__":
    make_gallery().run(port=5099)
