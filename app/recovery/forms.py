"""The forms of recovery kits: why one is asked for, who keeps the cards, and the cards as they are typed from paper."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field
from wtforms.validators import StopValidation

from app.presentation.changing_form import ChangingForm
from app.presentation.choices import OneOf
from app.presentation.fields import Code, PlainText, Tick
from app.presentation.form import Form
from app.presentation.reason import reason_for_two
from crypto import Card, CardMistyped, read_card

LONGEST_CARD = 300
LONGEST_NAME = 60


class CardField(Code):
    """A card as somebody types or scans it; what is wrong is told by its row."""

    control = "textarea"

    def __init__(self, label: Any, **asked: Any) -> None:
        super().__init__(label, limit=LONGEST_CARD, rows=3, **asked)
        self.card: Card | None = None

    def check(self) -> None:
        super().check()
        try:
            self.card = read_card(self.data)
        except CardMistyped as mistyped:
            if mistyped.row is not None:
                words = _("%(row)s行目に、打ち間違いがあります。紙と見比べてください。", row=mistyped.row)
            else:
                words = _(
                    "カードの3行(24文字ずつ)を、そのまま入力してください。"
                    "ほかのカードの行が混ざっていないかも確かめてください。"
                )
            raise StopValidation(words) from None


class AskKitForm(Form):
    """Why cards are wanted."""

    reason = reason_for_two()


class AskRecoveryForm(Form):
    """Who is to get the keys, and why. The route hands in who may hold the seat."""

    person = OneOf(
        _l("鍵を受け取る人"),
        select=True,
        hint=_l("本人の登録が済んでいて、この席に着ける人です。申し出を認める人は、受け取れません。"),
    )
    is_verified = Tick(_l("本人に会って、または電話で、本人であることを確かめました"), thing=_l("本人であること"))
    reason = reason_for_two()


def _ready() -> Tick:
    return Tick(
        _l("プリンターの用意ができています。カードは一度しか表示されないことを、確かめました"),
        thing=_l("印刷の用意"),
    )


class MakeForm(Form):
    """Who keeps which card; one person keeps one."""

    keeper_1 = PlainText(_l("1枚目を持つ人"), limit=LONGEST_NAME, width="long")
    keeper_2 = PlainText(_l("2枚目を持つ人"), limit=LONGEST_NAME, width="long")
    is_ready = _ready()

    def keepers(self) -> list[PlainText]:
        """The fields of the names, in the order of the cards."""
        return [one for name, one in self._fields.items() if name.startswith("keeper_")]

    def validate(self, extra_validators: Any = None) -> bool:
        valid = bool(super().validate(extra_validators))
        names = [str(one.data) for one in self.keepers()]
        for place, one in enumerate(self.keepers()):
            if one.data and names.index(str(one.data)) != place:
                valid = self.refuse(one, _("一人が持つカードは1枚です。別の人を書いてください。"))
        return valid


class CardsForm(ChangingForm):
    """As many cards as are needed, each typed by the one who keeps it."""

    card_1 = CardField(_l("1枚目のカード"))
    card_2 = CardField(_l("2枚目のカード"))

    def fields_of_cards(self) -> list[CardField]:
        """The fields of the cards, in their order."""
        return [one for name, one in self._fields.items() if name.startswith("card_")]

    def typed(self) -> list[Card]:
        """The cards, once every one was read."""
        return [one.card for one in self.fields_of_cards() if one.card is not None]


class EndKitForm(ChangingForm):
    """A kit is ended, and its cards open nothing any more."""

    is_sure = Tick(_l("このカードを使えなくします"), thing=_l("カードを使えなくすること"))


def make_form_of(cards: int) -> type[MakeForm]:
    """The form for as many keepers as the rule wants."""
    more: dict[str, Field] = {
        f"keeper_{one}": PlainText(_l("%(number)s枚目を持つ人", number=one), limit=LONGEST_NAME, width="long")
        for one in range(3, cards + 1)
    }
    # Again after the names, so that errors are listed in the order of the page.
    return type("MakeForm", (MakeForm,), {**more, "is_ready": _ready()})


def cards_form_of(needed: int) -> type[CardsForm]:
    """The form for as many cards as the kit wants."""
    more = {f"card_{one}": CardField(_l("%(number)s枚目のカード", number=one)) for one in range(3, needed + 1)}
    return type("CardsForm", (CardsForm,), more)
