"""What a company is told when it asks who the worker is (domain 7.47): the officer reads it, the desk may copy it."""

from __future__ import annotations

from flask_babel import gettext as _


def standing_answer() -> str:
    """The same words for every question and every company, so that they tell nothing."""
    return str(
        _(
            "相談された方がどなたであるかは、お答えできません。お尋ねや特定につながる調べは、相談された方への不利益につながるおそれがあるため、"
            "お控えください。転送した内容の範囲で、事実の確認と、働く人を守るための対応をお願いいたします。"
            "名前が分からなくてもできる対応を、協会の相談員が一緒に考えます。"
        )
    )
