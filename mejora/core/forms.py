"""How every form field is drawn and read: one template, Chile's way of writing dates and money."""

import datetime as dt
import re
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import QuerySet
from django.forms.renderers import TemplatesSetting
from django.http import HttpRequest

if TYPE_CHECKING:
    AnyModelForm = forms.ModelForm[Any]  # of any model: which one, each form says in its Meta
else:
    AnyModelForm = forms.ModelForm

_CLASSES = {
    "text": "govuk-input",
    "email": "govuk-input",
    "tel": "govuk-input",
    "url": "govuk-input",
    "search": "govuk-input",
    "number": "govuk-input",
    "password": "govuk-input",
    "date": "govuk-input govuk-input--width-10",
    "file": "govuk-file-upload",
    "checkbox": "govuk-checkboxes__input",
    "django/forms/widgets/select.html": "govuk-select",
    "django/forms/widgets/textarea.html": "govuk-textarea",
}


class Renderer(TemplatesSetting):
    """Looks for field and widget templates among ours first, and gives every control its class."""

    form_template_name = "components/form.html"
    field_template_name = "components/field.html"

    def render(
        self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None
    ) -> str:
        widget = context.get("widget")
        if widget is not None:
            kind = widget.get("type") or template_name
            attrs = widget["attrs"]
            own = attrs.get("class", "")
            attrs["class"] = f"{_CLASSES.get(kind, '')} {own}".strip()
            if not attrs["class"]:
                del attrs["class"]
            if attrs.get("rows") == "10":  # Django's own, too tall for a note
                attrs["rows"] = "4"
        return super().render(template_name, context, request)


def offer(form: forms.BaseForm, name: str, choices: Iterable[tuple[Any, Any]]) -> None:
    """What a choice field of the form offers, known only when the page is asked for."""
    field = form.fields[name]
    if not isinstance(field, forms.ChoiceField | forms.ModelChoiceField):
        raise TypeError(f"{name} offers no choices")
    field.choices = list(choices)


def offer_rows(form: forms.BaseForm, name: str, rows: QuerySet[Any]) -> None:
    """The same for a field whose choices are rows."""
    field = form.fields[name]
    if not isinstance(field, forms.ModelChoiceField):
        raise TypeError(f"{name} offers no rows")
    field.queryset = rows


class DateInput(forms.DateInput):
    """A day as people write it here: 15-06-2026."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        usual = {"class": "govuk-input--width-10", "autocomplete": "off", "inputmode": "numeric"}
        super().__init__({**usual, **(attrs or {})}, format="%d-%m-%Y")


class DayField(forms.DateField):
    """15-06-2026, 15/6/2026 or 2026-06-15."""

    widget = DateInput
    default_error_messages = {
        "invalid": "Escriba la fecha con día, mes y año, por ejemplo 15-06-2026."
    }

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("input_formats", ["%d-%m-%Y", "%d/%m/%Y", "%d.%m.%Y", "%Y-%m-%d"])
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> dt.date | None:
        return super().to_python(value.strip() if isinstance(value, str) else value)


_SPACES = re.compile(r"[\s\u202f\u00a0$]+")
_GROUPED = re.compile(r"[−-]?\d{1,3}(\.\d{3})+")


class WholeNumberField(forms.IntegerField):
    """Whole pesos and counts: 4500000, 4.500.000 or $4.500.000."""

    widget = forms.TextInput(attrs={"inputmode": "numeric", "class": "govuk-input--width-10"})
    default_error_messages = {
        "invalid": "Escriba un número entero, por ejemplo 4500000.",
    }

    def to_python(self, value: Any) -> int | None:
        if isinstance(value, str):
            value = _SPACES.sub("", value)
            if _GROUPED.fullmatch(value):
                value = value.replace(".", "")
        return super().to_python(value)

    def prepare_value(self, value: Any) -> Any:
        return f"{value:,}".replace(",", ".") if isinstance(value, int) else value


class CommaDecimalField(forms.Field):
    """A figure with decimals after a comma: 3,5. Three digits after a point are thousands."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "class": "govuk-input--width-5"})
    default_error_messages = {
        "invalid": "Escriba un número; los decimales van con coma, por ejemplo 3,5."
    }

    def __init__(
        self,
        *,
        min_value: Decimal | int | None = None,
        max_value: Decimal | int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if min_value is not None:
            self.validators.append(MinValueValidator(min_value))
        if max_value is not None:
            self.validators.append(MaxValueValidator(max_value))

    def to_python(self, value: Any) -> Decimal | None:
        if value in self.empty_values:
            return None
        text = _SPACES.sub("", str(value))
        if "," in text or _GROUPED.fullmatch(text):
            text = text.replace(".", "").replace(",", ".")
        try:
            found = Decimal(text)
        except InvalidOperation as error:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from error
        if not found.is_finite():
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return found

    def prepare_value(self, value: Any) -> Any:
        return f"{value:f}".replace(".", ",") if isinstance(value, Decimal) else value
