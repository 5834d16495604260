"""The forms of escalations: a letter's text, its service, a company's answer, and what people decide on a file."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from app.letters.queries import not_in_the_font, sign_it_lacks
from app.presentation.changing_form import ChangingForm
from app.presentation.choices import OneOf
from app.presentation.fields import Code, PlainText
from models.rules.escalation_ladder import GRAVE_GROUNDS, Ground
from models.rules.request_lifecycle import AnnulReason

LONGEST_LETTER = 8000
LONGEST_ANSWER = 4000
LONGEST_PROOF = 40
LONGEST_REASON = 400


class LetterForm(ChangingForm):
    """The text of a formal request, prepared from the facts and freely edited."""

    text = PlainText(
        _l("文面"),
        limit=LONGEST_LETTER,
        rows=22,
        hint=_l(
            "文書番号、日付、宛先、期限は、発出のときに自動で入ります。相談した人が分かることは書かないでください。"
        ),
    )

    def validate(self, extra_validators: Any = None) -> bool:
        if not super().validate(extra_validators):
            return False
        signs = sign_it_lacks(self.text.data)
        return not signs or self.refuse(self.text, not_in_the_font(signs))


class ServiceForm(ChangingForm):
    """That a letter was served by post."""

    proof = Code(
        _l("書留の引受番号"),
        limit=LONGEST_PROOF,
        width="long",
        hint=_l("郵便物の控えにある番号です。"),
    )


class AnswerForm(ChangingForm):
    """What a company answers."""

    text = PlainText(
        _l("回答"),
        limit=LONGEST_ANSWER,
        rows=10,
        hint=_l(
            "行ったこと、これから行うことと、その日付を書いてください。相談した人を推測した内容は書かないでください。"
        ),
    )


def _because() -> PlainText:
    """Why one asks for what takes two, for the one who decides."""
    return PlainText(
        _l("理由"),
        limit=LONGEST_REASON,
        rows=4,
        hint=_l("二人目が判断できるように書いてください。相談の内容や、相談者のお名前は書かないでください。"),
    )


class AnnulForm(ChangingForm):
    """Why a request is to be taken back."""

    reason = OneOf(_l("取りやめる理由"), options=AnnulReason)
    because = _because()


class GraveGroundForm(ChangingForm):
    """On which grave ground a file is to go before the board at once."""

    ground = OneOf(_l("重大な事由"), options=[ground for ground in Ground if ground in GRAVE_GROUNDS])
    because = _because()


class ProposalForm(ChangingForm):
    """Why the file is put before the board."""

    grounds = PlainText(
        _l("付議の理由"),
        limit=LONGEST_ANSWER,
        rows=10,
        hint=_l(
            "会社の対応の経過だけを書いてください。相談した人が分かること、相談の文章、月より細かい日付は書きません。"
        ),
    )
