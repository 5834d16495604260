"""The forms with which the secretariat enters certifications: one from a resolution, or those of before as a file."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField

from app.presentation.changing_form import ChangingForm
from app.presentation.choices import OneOf
from app.presentation.fields import ChosenFiles, Code, Day, Tick
from app.presentation.form import Form
from models.rules.certification_number import is_certification_number

REFERENCE_LIMIT = 40


class WithdrawForm(ChangingForm):
    """A company gives its certification back."""

    is_sure = Tick(_l("認定を辞退します。会社として決めたことです"), thing=_l("辞退すること"))


class CertificationForm(Form):
    """Which company, under which number, from when, and by which resolution."""

    company = OneOf(_l("会社"), select=True, width="long")
    number = Code(
        _l("認定番号"),
        limit=24,
        width="medium",
        hint=_l("英字・数字・ハイフンで書きます(例: KC-2026-0016)。"),
    )
    valid_from = Day(_l("認定の初日"))
    reference = Code(
        _l("理事会の決議の番号"),
        thing=_l("決議の番号"),
        limit=REFERENCE_LIMIT,
        width="medium",
        hint=_l("議事録で確かめられる番号です。"),
    )

    def validate(self, extra_validators: Any = None) -> bool:
        valid = bool(super().validate(extra_validators))
        if valid and not is_certification_number(self.number.data):
            return self.refuse(self.number, _("認定番号は、英字・数字・ハイフンで3文字から24文字にしてください。"))
        return valid


class FileForm(Form):
    """The file of the pre-certified."""

    file = ChosenFiles(
        _l("事前認定のファイル(CSV)"),
        thing=_l("ファイル"),
        accept=".csv,text/csv",
        multiple=False,
        hint=_l("300行、128キロバイトまで。UTF-8でも Shift_JIS でも読めます。"),
    )


class CheckedFileForm(Form):
    """The file that was checked, carried along: until it is confirmed, nothing of it is kept here."""

    file = HiddenField()
    seen = HiddenField()
