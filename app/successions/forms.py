"""The forms of successions: what happened between which companies, and the steps of the second person and the clock."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.presentation.changing_form import ChangingForm
from app.presentation.choices import Choices, OneOf
from app.presentation.fields import Day, Tick
from app.presentation.form import Form
from models.rules.succession import SuccessionKind


class SuccessionForm(Form):
    """What happened, with whom and from when. The company before is the one whose page was left for this one."""

    kind = OneOf(_l("何がありましたか"), options=SuccessionKind, thing=_l("何があったか"))
    successor = OneOf(
        _l("承継する会社"),
        select=True,
        thing=_l("承継する会社"),
        hint=_l("合併のあとに残る会社、または事業を引き受ける会社です。一覧にないときは、先に会社を登録してください。"),
    )
    effective_on = Day(
        _l("効力が生じる日"),
        hint=_l("登記や契約で決まった日です。この日の午前0時に変わります。"),
        thing=_l("効力が生じる日"),
    )
    sites = Choices(
        _l("いっしょに移る拠点"),
        required=False,
        hint=_l("会社分割と事業の譲渡のときに選びます。吸収合併では、選ばなくても、すべての拠点が移ります。"),
    )


class ConfirmForm(ChangingForm):
    """The second person has read what follows."""

    is_read = Tick(_l("会社名と日付、この日に変わることを、資料と見比べて確かめました"), thing=_l("登録の内容"))


class CancelForm(ChangingForm):
    """It was entered by mistake."""

    is_sure = Tick(_l("この登録を取り消します"), thing=_l("取り消す登録"))


class HandOverForm(ChangingForm):
    """Whoever reads the open cases from now on was verified."""

    is_verified = Tick(
        _l("承継した会社に電話などで連絡し、次の方が相談を受ける責任者であることを確かめました"), thing=_l("責任者")
    )


class ScopeForm(ChangingForm):
    """The certification's scope was updated."""

    is_updated = Tick(_l("認定の範囲に入る拠点が、会社の登録に反映されています"), thing=_l("拠点の登録"))
