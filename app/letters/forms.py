"""The form in which a letter is worded anew."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField

from app.letters.queries import is_taken, not_in_the_font, sign_it_lacks, words_on
from app.pipeline.clock import today
from app.presentation.fields import Day, PlainText
from app.presentation.filters import label
from app.presentation.form import Form
from models.rules.letters import (
    LONGEST_TEMPLATE,
    OF_THE_DAY,
    LetterKind,
    Template,
    TemplateRefusal,
    may_reword,
    missing_in,
    unknown_in,
)

LONGEST_REASON = 200


class WordsForm(Form):
    """A letter reads otherwise from a day on; it is sent twice, first to look and then for good."""

    seen = HiddenField()
    ja = PlainText(
        _l("新しい文面"),
        limit=LONGEST_TEMPLATE,
        rows=18,
        width="long",
        hint=_l("空の行で段落が分かれます。「敬具」と「以上」は右に、「記」は中央に置かれます。"),
    )
    valid_from = Day(_l("使い始める日"), hint=_l("明日からの日付を入れます。"))
    reason = PlainText(
        _l("変更の理由"),
        limit=LONGEST_REASON,
        width="long",
        hint=_l("変更の記録に残ります。人の名前は書かないでください。"),
    )
    kind: LetterKind | None = None

    def template(self) -> Template:
        """What was answered, as the rules take it; a browser ends lines in its own way."""
        if self.kind is None:
            raise ValueError("the view says which letter it is")
        return Template(self.kind, self.valid_from.data, self.ja.data.replace("\r\n", "\n"))

    def was_previewed(self) -> bool:
        """Whether what is sent is what was looked at; if not, the next sending will be compared with this one."""
        new = self.template()
        words = repr((new.kind.code, new.valid_from.isoformat(), new.text, words_on(new.kind, new.valid_from).text))
        answers = sha256(words.encode()).hexdigest()
        if self.seen.data == answers:
            return True
        self.seen.data = answers
        return False

    def validate(self, extra_validators: Any = None) -> bool:
        if not super().validate(extra_validators) or self.kind is None:
            return False
        new = self.template()
        before, taken = words_on(new.kind, new.valid_from), is_taken(new.kind, new.valid_from)
        decision = may_reword(new, today=today(), before=before, taken=taken)
        if not decision.allowed:
            refusal = TemplateRefusal(decision.reason)
            return self.refuse(self.valid_from if refusal in OF_THE_DAY else self.ja, _in_words(refusal, new))
        return self._is_in_the_font(new)

    def _is_in_the_font(self, new: Template) -> bool:
        signs = sign_it_lacks(new.text)
        return not signs or self.refuse(self.ja, not_in_the_font(signs))


def _in_words(refusal: TemplateRefusal, new: Template) -> str:
    names = {
        TemplateRefusal.UNKNOWN: unknown_in(new),
        TemplateRefusal.MISSING: tuple(label(one) for one in missing_in(new)),
    }.get(refusal)
    if names is None:
        return label(refusal)
    return str(_("%(refusal)s: %(names)s", refusal=label(refusal), names=_("、").join(names)))
