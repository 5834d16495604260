"""The form that every page's form descends from, and what its error summary lists."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final
from weakref import proxy

from flask import request
from flask_wtf import FlaskForm
from wtforms import Field, FieldList, FormField, HiddenField
from wtforms.fields.core import UnboundField

_AS_POSTED: Final = object()


@dataclass(frozen=True)
class ErrorItem:
    """One line of the error summary: the field's own words and the address of its control on the page."""

    text: str
    href: str | None


class Form(FlaskForm):  # type: ignore[misc]  # Flask-WTF carries no types.
    """A form that reads what was posted in the body and nothing else: no query string, no JSON."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]  # Flask-WTF carries no types.
        """What somebody typed is let go with the answer to it: no field keeps the form alive that holds the field."""

        def bind_field(self, form: FlaskForm, unbound_field: UnboundField, options: dict[str, Any]) -> Field:
            return super().bind_field(proxy(form), unbound_field, options)

    def __init__(self, formdata: object = _AS_POSTED, **kwargs: Any) -> None:
        if formdata is _AS_POSTED:
            formdata = request.form if self.is_submitted() else None
        super().__init__(formdata=formdata, **kwargs)

    def refuse(self, field: Field, message: str) -> bool:
        """Adds an error to a field after validation, and answers False so that ``validate`` may return it."""
        field.errors = [*field.errors, message]
        return False

    def error_items(self) -> tuple[ErrorItem, ...]:
        """One item per field that was refused, nested forms included, in the order of the page."""
        whole_form = tuple(ErrorItem(str(error), None) for error in self.form_errors)
        return (*whole_form, *_items(self))

    def hidden_fields(self) -> tuple[tuple[str, str], ...]:
        """Name and value of each hidden field, the CSRF token among them."""
        # WTForms has no public name for what a hidden field sends; for the CSRF token it is not its data.
        return tuple((field.name, field._value()) for field in self if isinstance(field, HiddenField))  # noqa: SLF001


def _items(fields: Iterable[Field]) -> Iterator[ErrorItem]:
    for field in fields:
        if isinstance(field, FormField):
            yield from _items(field.form)
        elif isinstance(field, FieldList) and field.entries and any(entry.errors for entry in field.entries):
            yield from _items(field.entries)
        elif field.errors:
            shown = not isinstance(field, HiddenField)
            yield ErrorItem(str(field.errors[0]), f"#{field.id}" if shown else None)


def summary_items(form: Form | Sequence[Form] | None, extra: Sequence[ErrorItem | str] = ()) -> tuple[ErrorItem, ...]:
    """What the error summary of a page lists: the errors of its form or forms, then what the route adds."""
    forms = () if form is None else form if isinstance(form, list | tuple) else (form,)
    of_forms = tuple(item for one in forms if isinstance(one, Form) for item in one.error_items())
    return (*of_forms, *(ErrorItem(item, None) if isinstance(item, str) else item for item in extra))
