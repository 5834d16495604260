"""The form of the yearly confirmation: two fields for each of the nine pledges."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import StopValidation

from app.presentation.changing_form import ChangingForm
from app.presentation.choices import OneOf
from app.presentation.fields import Asked, Day, PlainText
from app.presentation.form import Form
from app.presentation.typed_text import as_keyed, tidy
from models.rules.pledge_confirmation import SAYS_WHAT, Keeping
from models.rules.pledges import Pledge
from models.rules.policy_page import is_address_of_a_page

LONGEST_NOTE = 1_000


class PageAddress(Asked):
    """The address of a page that anybody can open; full-width letters are accepted and made half-width."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = as_keyed(tidy(str(valuelist[0]), lines=False)) if valuelist else ""

    def check(self) -> None:
        if not is_address_of_a_page(self.data):
            raise StopValidation(_("https:// で始まる、だれでも開けるページのアドレスを入力してください。"))


class PolicyPageForm(Form):
    """Where a company has published its policy, or when it will."""

    address = PageAddress(
        _l("公表しているページのアドレス"),
        required=False,
        hint=_l("だれでも開けるページを、https:// から入力してください。まだなければ、空のままにします。"),
    )
    planned_on = Day(_l("公表する予定の日"), required=False)


class _ConfirmationForm(ChangingForm):
    """What nine pairs of fields have in common."""

    def pairs(self) -> list[tuple[Pledge, Asked, Asked]]:
        """Each pledge with its two fields, in the order of the sheet."""
        return [(pledge, self[pledge.value], self[f"{pledge.value}_note"]) for pledge in Pledge]

    def said(self) -> dict[Pledge, tuple[Keeping | None, str]]:
        return {pledge: (keeping.data, note.data) for pledge, keeping, note in self.pairs()}

    def validate(self, extra_validators: Any = None) -> bool:
        valid = bool(super().validate(extra_validators))
        for pledge, keeping, note in self.pairs():
            if keeping.data in SAYS_WHAT and not note.data and not note.errors:
                valid = self.refuse(note, _NOTE_MISSING[keeping.data](pledge.number))
        return valid


_NOTE_MISSING = {
    Keeping.CHANGED: lambda n: _("誓約%(n)sの、変わったことを入力してください。", n=n),
    Keeping.NOT_KEPT: lambda n: _("誓約%(n)sの、足りないことと、いつまでに整えるかを入力してください。", n=n),
}

ConfirmationForm = type(
    "ConfirmationForm",
    (_ConfirmationForm,),
    {
        name: field
        for pledge in Pledge
        for name, field in (
            (
                pledge.value,
                OneOf(_l("いまの様子"), thing=_l("誓約%(n)sのいまの様子", n=pledge.number), options=Keeping),
            ),
            (
                f"{pledge.value}_note",
                PlainText(
                    _l("変わったこと・足りないこと"),
                    thing=_l("誓約%(n)sの変わったこと・足りないこと", n=pledge.number),
                    limit=LONGEST_NOTE,
                    rows=2,
                    required=False,
                    hint=_l("「変わりなく守っている」のときは、書かなくてかまいません。"),
                ),
            ),
        )
    },
)


def confirmation_form(said: Mapping[Pledge, tuple[Keeping, str]], *, version: int) -> Any:
    """The form with what was said the last time, for whoever says it anew."""
    data: dict[str, Any] = {"version": version}
    for pledge, (keeping, note) in said.items():
        data |= {pledge.value: keeping, f"{pledge.value}_note": note}
    return ConfirmationForm(data=data)
