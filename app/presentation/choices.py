"""Fields that offer a list: one of it, or several; the list is a Labelled enumeration or options made on the spot."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import Enum
from itertools import groupby
from typing import Any

from flask_babel import gettext as _
from wtforms.validators import StopValidation

from app.pipeline.clock import today
from app.presentation.code_words import withdrawn_among
from app.presentation.fields import Asked, Words
from app.presentation.filters import label as words_of
from models.rules.labelled import Labelled


@dataclass(frozen=True)
class Option:
    """One line of a list: the code that is posted, the words that are shown, and what the answer becomes."""

    value: str
    words: Words
    hint: Words = ""
    group: Words = ""
    answer: Any = None

    @property
    def means(self) -> Any:
        """What ``data`` is when this option is chosen: the enumeration's member, or the code itself."""
        return self.value if self.answer is None else self.answer


OptionSource = Iterable[Labelled | Option | tuple[str, Words]]


@dataclass(frozen=True)
class ShownOption:
    """An option as the page draws it; the first one carries the field's own id, so that links reach it."""

    id: str
    option: Option
    chosen: bool


class FromList(Asked):
    """A field whose answer comes from a list; ``options`` may be replaced after the form was made.

    A code that was taken out of offer is left out, unless what is edited carries it already, or it was still offered
    yesterday to whoever answers now. ``every`` shows it all the same, for lists that look for what was chosen before.
    """

    def __init__(
        self,
        label: Words,
        *,
        options: OptionSource = (),
        hints: Mapping[str, Words] | None = None,
        every: bool = False,
        **asked: Any,
    ) -> None:
        super().__init__(label, **asked)
        self.chosen: tuple[str, ...] = ()
        self._carried: tuple[str, ...] = ()
        self._hints = hints or {}
        self._every = every
        self.options = options

    @property
    def options(self) -> tuple[Option, ...]:
        """The lines of the list, in order."""
        return self._options

    @options.setter
    def options(self, source: OptionSource) -> None:
        self._listed = tuple(self._option(entry) for entry in source)
        self.choose(self.chosen)

    def choose(self, chosen: tuple[str, ...]) -> None:
        """Take these codes as the answer."""
        self.chosen = chosen
        withdrawn = {} if self._every else withdrawn_among(option.answer for option in self._listed)
        offered = (self._offered(option, withdrawn.get(option.answer)) for option in self._listed)
        self._options = tuple(option for option in offered if option) if withdrawn else self._listed
        self.data = self.answer()

    def _offered(self, option: Option, since: date | None) -> Option | None:
        if since is None:
            return option
        if option.value in self._carried:
            return replace(option, hint=_("いまは新しく選ばない分類です。"))
        return option if option.value in self.chosen and since == today() else None

    def _option(self, entry: Labelled | Option | tuple[str, Words]) -> Option:
        if isinstance(entry, Option):
            return entry
        value, words, answer = (
            (entry.value, words_of(entry), entry) if isinstance(entry, Labelled) else (entry[0], entry[1], None)
        )
        return Option(value, words, self._hints.get(value, ""), answer=answer)

    def answer(self) -> Any:
        """The answer that the chosen codes stand for."""
        raise NotImplementedError

    def found(self) -> tuple[Any, ...]:
        """What the chosen codes mean, in the order of the list; unknown codes are left out."""
        return tuple(option.means for option in self._options if option.value in self.chosen)

    def missing(self) -> str:
        return str(_("%(thing)sを選んでください。", thing=self.thing))

    def pre_validate(self, form: Any) -> None:
        known = {option.value for option in self._options}
        if any(code not in known for code in self.chosen):
            raise StopValidation(_("%(thing)sは、一覧の中から選んでください。", thing=self.thing))
        super().pre_validate(form)

    def shown_groups(self) -> list[tuple[str, list[ShownOption]]]:
        """The options to draw, under the words of their group; one group without words when there are none."""
        shown = [
            ShownOption(self.id if place == 0 else f"{self.id}-{place + 1}", option, option.value in self.chosen)
            for place, option in enumerate(self._options)
        ]
        return [(group, list(lines)) for group, lines in groupby(shown, lambda line: str(line.option.group))]


class OneOf(FromList):
    """One choice; radio buttons, or a drop-down list with ``select=True``.

    A radio button cannot be un-chosen, so an optional one offers ``none_words`` as its last line.
    """

    def __init__(self, label: Words, *, select: bool = False, none_words: Words = "", **asked: Any) -> None:
        self.select = select
        self.none_words = none_words
        super().__init__(label, **asked)

    @property
    def control(self) -> str:  # type: ignore[override]  # The length of the list decides, per field.
        return "select" if self.select else "radios"

    def process_data(self, value: Any) -> None:
        self._carried = () if value is None or value == "" else (_code(value),)
        self.choose(self._carried)

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.choose((str(valuelist[0]),) if valuelist and valuelist[0] != "" else ())

    def answer(self) -> Any:
        found = self.found()
        return found[0] if found else None

    @property
    def none_chosen(self) -> bool:
        """Whether the line for no answer was chosen, or nothing yet."""
        return not self.chosen and bool(self.raw_data)


class Choices(FromList):
    """Several choices as tick boxes, ``most`` at the most; the answer is a tuple in the order of the list."""

    control = "checkboxes"

    def __init__(self, label: Words, *, most: int | None = None, **asked: Any) -> None:
        self.most = most
        super().__init__(label, **asked)

    def process_data(self, value: Any) -> None:
        self._carried = tuple(dict.fromkeys(_code(one) for one in value or ()))
        self.choose(self._carried)

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.choose(tuple(dict.fromkeys(str(one) for one in valuelist if one != "")))

    def answer(self) -> tuple[Any, ...]:
        return self.found()

    def is_empty(self) -> bool:
        return not self.data

    def check(self) -> None:
        if self.most is not None and len(self.data) > self.most:
            raise StopValidation(
                _(
                    "%(thing)sは%(most)s個までです。いまは%(count)s個選ばれています。",
                    thing=self.thing,
                    most=self.most,
                    count=len(self.data),
                )
            )


def _code(value: Any) -> str:
    return str(value.value) if isinstance(value, Enum) else str(value)
