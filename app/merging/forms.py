"""The one field of merging: the other receipt code."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.presentation.fields import Code, Tick
from app.presentation.form import Form


class MergeForm(Form):
    """The code of the other consultation, and that it is for good."""

    other = Code(
        _l("もう一つの受付コード"), limit=400, width="long", hint=_l("4文字ずつ7つです(以前にお渡ししたものは6つ)。")
    )
    is_sure = Tick(_l("一つにまとめると元に戻せないことを、確かめました"), thing=_l("元に戻せないこと"))
