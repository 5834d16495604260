"""Forms that are sent twice: once to see what would change, and once, with the same answers, to change it."""

from __future__ import annotations

from hashlib import sha256

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from wtforms import HiddenField

from app.presentation.fields import Day, PlainText
from app.presentation.form import Form

LONGEST_REASON = 200


class PreviewedForm(Form):
    """A form whose page shows what would change before it is sent for good."""

    seen = HiddenField()

    def answers(self) -> str:
        """What the preview depends on; another answer, or another rule meanwhile, asks for another look."""
        raise NotImplementedError

    def was_previewed(self) -> bool:
        """Whether what is sent is what was looked at; if not, the next sending will be compared with this one."""
        answers = self.answers()
        if self.seen.data == answers:
            return True
        self.seen.data = answers
        return False


def digest_of(*what: object) -> str:
    """What stands for long answers in the form, which sends it back."""
    return sha256(repr(what).encode()).hexdigest()[:40]


def first_day(words: LazyString | None = None) -> Day:
    """The field for the day from which a change holds."""
    return Day(words or _l("使い始める日"), hint=_l("明日からの日付を入れます。"))


def why_it_changes() -> PlainText:
    """The field for the reason that the log keeps."""
    return PlainText(
        _l("変更の理由"),
        limit=LONGEST_REASON,
        width="long",
        hint=_l("変更の記録に残ります。人の名前は書かないでください。"),
    )
