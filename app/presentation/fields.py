"""The fields of our forms: each knows what it asks for, refuses in words that say what to do, and how it is drawn.

``thing`` is what is asked, as it stands in a sentence, where the label is not that already: ``thing=_l("日付")`` gives
「日付を入力してください。」.
"""

import re
from datetime import date, time
from typing import Any, Final, TypeAlias

from flask_babel import LazyString
from flask_babel import gettext as _
from wtforms import Field
from wtforms.validators import StopValidation
from wtforms.widgets import TextInput

from app.presentation.typed_text import as_keyed, has_unreadable, tidy
from models.rules.typed_day import FIRST_DAY, LAST_DAY, read_day

Words: TypeAlias = str | LazyString

_A_TIME: Final = re.compile(r"(?P<hour>\d{1,2})(?:[:.時](?P<minute>\d{1,2})分?|時)|(?P<hours>\d{2})(?P<minutes>\d{2})")
_A_MAIL_ADDRESS: Final = re.compile(r"[^\s@<>,;:\"()\[\]\\]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_LONGEST_MAIL_ADDRESS: Final = 254


class Asked(Field):  # type: ignore[misc]  # WTForms carries no types.
    """A field that says what it asks for, whether it must be answered, and which control draws it."""

    widget = TextInput()
    control: str = "text"
    data: Any

    def __init__(
        self,
        label: Words,
        *,
        thing: Words = "",
        required: bool = True,
        hint: Words = "",
        width: str = "full",
        autocomplete: str = "off",
        **wtforms: Any,
    ) -> None:
        super().__init__(label, **wtforms)
        self.thing = thing or label
        self.required = required
        self.hint = hint
        self.width = width
        self.autocomplete = autocomplete
        self.refusal: str | None = None

    def missing(self) -> str:
        """The words for an empty answer that must not be empty."""
        return str(_("%(thing)sを入力してください。", thing=self.thing))

    def is_empty(self) -> bool:
        """Whether nothing was answered."""
        return self.data is None or self.data == ""

    def pre_validate(self, form: Any) -> None:  # noqa: ARG002 - WTForms hands it over
        """Refuses what could not be read, then what is missing, then what the kind of field does not take."""
        if self.refusal is not None:
            raise StopValidation(self.refusal)
        if self.is_empty():
            raise StopValidation(self.missing() if self.required else None)
        self.check()

    def check(self) -> None:
        """Raises StopValidation for an answer that this kind of field does not take."""

    def shown(self) -> str:
        """The answer as it stands in the control when the page is shown again."""
        return "" if self.data is None else str(self.data)

    def _value(self) -> str:
        return self.shown()


def _unreadable() -> str:
    return str(_("読み取れない文字が含まれていたため、取り除きました。内容を確かめて、もう一度送信してください。"))


class PlainText(Asked):
    """What a person writes: one line, or several with ``rows``; at most ``limit`` characters."""

    def __init__(self, label: Words, *, limit: int, rows: int = 0, spellcheck: bool = True, **asked: Any) -> None:
        super().__init__(label, **asked)
        self.limit = limit
        self.rows = rows
        self.spellcheck = spellcheck

    @property
    def control(self) -> str:  # type: ignore[override]  # The number of rows decides, per field.
        return "textarea" if self.rows else "text"

    def process_data(self, value: Any) -> None:
        self.data = "" if value is None else str(value)

    def process_formdata(self, valuelist: list[Any]) -> None:
        typed = str(valuelist[0]) if valuelist else ""
        self.data = tidy(typed, lines=bool(self.rows))
        if has_unreadable(typed):
            self.refusal = _unreadable()

    def check(self) -> None:
        over = len(self.data) - self.limit
        if over > 0:
            raise StopValidation(
                _(
                    "%(thing)sは%(limit)s文字までです。いまは%(count)s文字なので、%(over)s文字減らしてください。",
                    thing=self.thing,
                    limit=f"{self.limit:,}",
                    count=f"{len(self.data):,}",
                    over=f"{over:,}",
                )
            )


class Code(PlainText):
    """A code that is copied from somewhere: shown evenly spaced, never corrected by the keyboard."""

    control = "code"

    def __init__(self, label: Words, *, limit: int = 100, **asked: Any) -> None:
        super().__init__(label, limit=limit, spellcheck=False, **asked)


class Secret(Asked):
    """A password: taken exactly as typed, and never sent back to the page."""

    control = "password"

    def __init__(self, label: Words, *, limit: int = 256, least: int = 0, **asked: Any) -> None:
        super().__init__(label, **{"autocomplete": "current-password", **asked})
        self.limit = limit
        self.least = least

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = str(valuelist[0]) if valuelist else ""
        if has_unreadable(self.data):
            self.refusal = _("%(thing)sに使えない文字が含まれています。もう一度入力してください。", thing=self.thing)

    def shown(self) -> str:
        return ""

    def check(self) -> None:
        if len(self.data) < self.least:
            raise StopValidation(_("%(thing)sは%(least)s文字以上にしてください。", thing=self.thing, least=self.least))
        if len(self.data) > self.limit:
            raise StopValidation(_("%(thing)sは%(limit)s文字以内にしてください。", thing=self.thing, limit=self.limit))


class MailAddress(Asked):
    """A mail address; full-width letters are accepted and made half-width."""

    control = "email"

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = as_keyed(tidy(str(valuelist[0]), lines=False)) if valuelist else ""

    def check(self) -> None:
        if len(self.data) > _LONGEST_MAIL_ADDRESS or not _A_MAIL_ADDRESS.fullmatch(self.data):
            raise StopValidation(_("%(thing)sは、name@example.jp のような形で入力してください。", thing=self.thing))


class _Keyed(Asked):
    """An answer that is read from what was typed; what cannot be read is shown again as typed."""

    typed: str | None = None

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.typed = tidy(str(valuelist[0]), lines=False) if valuelist else ""
        self.data = None
        if self.typed:
            self.data = self.read(as_keyed(self.typed))
            if self.data is None:
                self.refusal = self.unread()

    def read(self, keyed: str) -> Any:
        """The answer that the half-width text stands for, or None."""
        raise NotImplementedError

    def unread(self) -> str:
        """The words for an answer that could not be read."""
        raise NotImplementedError


class Day(_Keyed):
    """A calendar day; 2026-11-22, 2026/11/22 and 2026年11月22日 are all read."""

    control = "date"

    def read(self, keyed: str) -> date | None:
        return read_day(keyed)

    def unread(self) -> str:
        return str(_("%(thing)sは、2026-11-22 のように、実際にある日付で入力してください。", thing=self.thing))

    def check(self) -> None:
        if not FIRST_DAY <= self.data <= LAST_DAY:
            raise StopValidation(
                _(
                    "%(thing)sは、%(first)s年から%(last)s年までの日付で入力してください。",
                    thing=self.thing,
                    first=FIRST_DAY.year,
                    last=LAST_DAY.year,
                )
            )

    def shown(self) -> str:
        return self.data.isoformat() if isinstance(self.data, date) else self.typed or ""


class TimeOfDay(_Keyed):
    """A time of the day in Japan; 9:05, 09:05, 0905 and 9時5分 are all read."""

    control = "text"

    def read(self, keyed: str) -> time | None:
        found = _A_TIME.fullmatch(keyed.replace(" ", ""))
        if found is None:
            return None
        hour, minute = int(found["hour"] or found["hours"]), int(found["minute"] or found["minutes"] or 0)
        return time(hour, minute) if hour < 24 and minute < 60 else None  # noqa: PLR2004 - a day and an hour

    def unread(self) -> str:
        return str(_("%(thing)sは、14:30 のように24時間の形で入力してください。", thing=self.thing))

    def shown(self) -> str:
        return f"{self.data:%H:%M}" if isinstance(self.data, time) else self.typed or ""


class WholeNumber(_Keyed):
    """A whole number between ``least`` and ``most``; full-width digits and separators are accepted."""

    control = "number"

    def __init__(self, label: Words, *, least: int = 0, most: int = 1_000_000, **asked: Any) -> None:
        super().__init__(label, **asked)
        self.least = least
        self.most = most

    def read(self, keyed: str) -> int | None:
        digits = keyed.replace(",", "")
        return int(digits) if re.fullmatch(r"-?[0-9]{1,15}", digits) else None

    def unread(self) -> str:
        return str(_("%(thing)sは、数字で入力してください。", thing=self.thing))

    def shown(self) -> str:
        return str(self.data) if isinstance(self.data, int) else self.typed or ""

    def check(self) -> None:
        if not self.least <= self.data <= self.most:
            raise StopValidation(
                _(
                    "%(thing)sは、%(least)sから%(most)sまでの数で入力してください。",
                    thing=self.thing,
                    least=f"{self.least:,}",
                    most=f"{self.most:,}",
                )
            )


class ChosenFiles(Asked):
    """Files chosen on the person's device. The page that takes them reads them as they arrive; a form holds none."""

    control = "file"

    def __init__(self, label: Words, *, accept: str, multiple: bool = True, **asked: Any) -> None:
        super().__init__(label, **asked)
        self.accept = accept
        self.multiple = multiple

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Nothing of a file comes this way."""

    def missing(self) -> str:
        return str(_("%(thing)sを選んでください。", thing=self.thing))

    def shown(self) -> str:
        return ""


class Tick(Asked):
    """One box to tick; ``required`` means that it must be ticked to go on."""

    control = "tick"

    def process_data(self, value: Any) -> None:
        self.data = bool(value)

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = bool(valuelist) and valuelist[0] == "1"

    def is_empty(self) -> bool:
        return not self.data

    def missing(self) -> str:
        return str(_("%(thing)sを確かめて、チェックを入れてください。", thing=self.thing))

    def shown(self) -> str:
        return "1"
