"""How every form of a plan is shown, saved, refused, and told when two people write at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render

from mejora.core import notices
from mejora.core.decisions import Conflict, Refused
from mejora.network.middleware import SignedInRequest
from mejora.plans.assessment import CriticalFactor
from mejora.plans.models import (
    Action,
    Change,
    ChangeRecord,
    Goal,
    Indicator,
    Objective,
    Reading,
    Seal,
    Strategy,
)

Row = Any  # of any aggregate: it has a uid and a revision

# The word of each thing in the address of the bin.
REMOVE_KINDS: dict[type, str] = {
    Seal: "sello",
    Objective: "objetivo",
    Goal: "meta",
    Strategy: "estrategia",
    Indicator: "indicador",
    Reading: "medicion",
    Action: "accion",
    CriticalFactor: "factor",
}


@dataclass(frozen=True, slots=True)
class Difference:
    label: str
    mine: str
    theirs: str


@dataclass(frozen=True, slots=True)
class Clash:
    """Who saved first, and the fields that differ from what was typed here."""

    change: ChangeRecord | None
    differences: list[Difference]


def saved(form: forms.BaseForm, write: Callable[[], Any]) -> bool:
    """Run the operation; what it refuses stands on the form. A Conflict is the caller's."""
    try:
        write()
    except Conflict:
        raise
    except Refused as error:
        form.add_error(None, error.reason)
    except ValidationError as error:
        _add(form, error)
    else:
        return True
    return False


def _add(form: forms.BaseForm, error: ValidationError) -> None:
    """A constraint's sentence, at its field where the form has it."""
    told = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
    for name, messages in told.items():
        for message in messages:
            form.add_error(name if name in form.fields else None, message)


def clash_of(
    thing: Row,
    mine: forms.BaseForm,
    theirs: forms.BaseForm,
    changes: type[ChangeRecord] = Change,
) -> Clash:
    """What differs, and who wrote it: of a plan, or of another aggregate by its `changes`."""
    differences = []
    for name in mine.fields:
        if name in {"revision", "reason"}:
            continue
        own, other = said(mine[name]), said(theirs[name])
        if own != other:
            differences.append(Difference(str(mine[name].label), own, other))
    found = changes._default_manager.filter(entity_uid=thing.uid)
    change = found.select_related("by").first()
    return Clash(change, differences)


def reopen(form: forms.BaseForm, revision: int) -> None:
    """Let the same text be sent again, now knowing the other's."""
    data = cast(QueryDict, form.data).copy()
    data["revision"] = str(revision)
    form.data = data


def said(bound: forms.BoundField) -> str:
    """What a field says, as one reads it on the page."""
    value = bound.value()
    field = bound.field
    choices = getattr(field, "choices", None)
    if choices is not None:
        wanted = {str(v) for v in (value if isinstance(value, (list, tuple)) else [value])}
        wanted = {str(getattr(v, "pk", v)) for v in wanted}
        return ", ".join(str(text) for key, text in choices if str(key) in wanted and str(key))
    shown = bound.field.widget.format_value(field.prepare_value(value))
    return " ".join(str(shown or "").split())


@dataclass(frozen=True, slots=True)
class FormPage:
    """A form's words and its ways out."""

    title: str
    back: str
    done: str
    save: str = "Guardar"
    over: str = ""


def run(
    request: SignedInRequest,
    form: Any,
    words: FormPage,
    write: Callable[[], Any],
    *,
    context: dict[str, Any],
    thing: Row | None = None,
    form_kwargs: dict[str, Any] | None = None,
    template: str = "plans/form.html",
    changes: type[ChangeRecord] = Change,
) -> HttpResponse:
    """A form on a page of its own. When somebody saved the row first, both texts are shown and
    nothing typed is lost; `form_kwargs` are what the same form needs to be made again."""
    clash = None
    if request.method == "POST" and request.POST.get("decide") == "theirs":
        return redirect(words.back)
    if request.method == "POST" and form.is_valid():
        try:
            if saved(form, write):
                notices.done(request, words.done)
                return redirect(words.back)
        except Conflict:
            if thing is None:
                raise
            now = type(thing)._default_manager.get(pk=thing.pk)
            clash = clash_of(thing, form, type(form)(instance=now, **(form_kwargs or {})), changes)
            reopen(form, now.revision)
    status = 200 if request.method == "GET" else 409 if clash else 422
    return render(
        request,
        template,
        {
            **context,
            "form": form,
            "words": words,
            "clash": clash,
            "thing": thing,
            "remove_kind": REMOVE_KINDS.get(type(thing), ""),
        },
        status=status,
    )
