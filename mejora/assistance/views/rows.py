"""One row on one form: added, changed, put in the bin and brought back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from mejora.assistance import forms as shapes
from mejora.assistance import rules
from mejora.assistance.models import (
    Assistance,
    Cycle,
    CycleChange,
    CycleInput,
    CycleRow,
    Improvement,
    Inclusion,
    Need,
    PamAction,
    Task,
)
from mejora.assistance.operations import following, programming
from mejora.assistance.operations import rows as operations
from mejora.assistance.reading import Whole
from mejora.assistance.reporting import (
    Irregularity,
    RecordPolicy,
    Report,
)
from mejora.assistance.verifying import (
    Case,
    Requirement,
)
from mejora.assistance.views.cycles import FORM
from mejora.assistance.views.pages import form_methods, opened
from mejora.core import notices
from mejora.core.decisions import require
from mejora.network.access import Actor
from mejora.network.middleware import SignedInRequest
from mejora.plans.views.writing import FormPage, run

Write = Callable[[Any, int, dict[str, Any], Actor], Any]


def _plain(row: Any, revision: int, said: dict[str, Any], by: Actor) -> Any:
    return operations.change(row, revision, said, by=by)


def _improve(row: Any, revision: int, said: dict[str, Any], by: Actor) -> Any:
    return programming.finish_improvement(row, revision, **said, by=by)


def _answer(row: Any, revision: int, said: dict[str, Any], by: Actor) -> Any:
    return operations.answer_need(row, revision, **said, by=by)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of row: its form, its words, the page to which it goes back."""

    model: type[CycleRow]
    form: type[shapes.RowForm]
    new: str
    title: str
    done: str
    page: str
    write: Write = _plain
    over: str = ""
    in_bin: bool = False


KINDS: dict[str, Kind] = {
    "fuente": Kind(
        CycleInput,
        shapes.InputForm,
        "Agregar una fuente consultada",
        "Fuente consultada",
        "Fuente guardada.",
        "assistance:analysis",
        over="Actividad 1. Qué documento se consultó y qué se encontró en él.",
        in_bin=True,
    ),
    "necesidad": Kind(
        Need,
        shapes.NeedForm,
        "Agregar una necesidad",
        "Necesidad",
        "Necesidad guardada.",
        "assistance:needs",
        in_bin=True,
    ),
    "respuesta": Kind(
        Need,
        shapes.AnswerNeedForm,
        "",
        "Responder una necesidad",
        "Respuesta guardada.",
        "assistance:needs",
        write=_answer,
    ),
    "clasificacion": Kind(
        Inclusion,
        shapes.ClassForm,
        "",
        "Clasificar",
        "Clasificación guardada.",
        "assistance:classes",
        write=lambda row, revision, said, by: operations.classify(row, revision, said, by=by),
    ),
    "resultado": Kind(
        Inclusion,
        shapes.OutcomeForm,
        "",
        "Su PMI tras el apoyo",
        "Resultado guardado.",
        "assistance:classes",
        write=lambda row, revision, said, by: operations.judge(row, revision, said, by=by),
        over="Lo que se diga aquí decide si el establecimiento puede ir al reporte F01.03.F02 "
        "(guarda G10).",
    ),
    "accion-pam": Kind(
        PamAction,
        shapes.PamActionForm,
        "Agregar una acción del PAM",
        "Acción del PAM",
        "Acción del PAM guardada.",
        "assistance:pam",
        in_bin=True,
    ),
    "mejora": Kind(
        Improvement,
        shapes.ImprovementForm,
        "",
        "Cerrar la acción de mejoramiento",
        "Acción de mejoramiento cerrada.",
        "assistance:pam",
        write=_improve,
    ),
    "requisito": Kind(
        Requirement,
        shapes.RequirementForm,
        "Agregar un requisito",
        "Requisito",
        "Requisito guardado.",
        "assistance:verification",
        in_bin=True,
    ),
    "desviacion": Kind(
        Case,
        shapes.CaseForm,
        "",
        "Tratar la desviación",
        "Tratamiento guardado.",
        "assistance:verification",
        write=lambda row, revision, said, by: following.treat(row, revision, said, by=by),
    ),
    "informe": Kind(
        Report,
        shapes.ReportForm,
        "Escribir el informe consolidado",
        "Informe consolidado",
        "Informe guardado.",
        "assistance:report",
    ),
    "registro": Kind(
        RecordPolicy,
        shapes.PolicyForm,
        "",
        "Conservación del registro",
        "Conservación guardada.",
        "assistance:records",
    ),
    "tarea": Kind(
        Task,
        shapes.TaskForm,
        "Agregar una tarea",
        "Tarea",
        "Tarea guardada.",
        "assistance:assistance",
        in_bin=True,
    ),
}


def _kind(slug: str) -> Kind:
    if slug not in KINDS:
        raise Http404
    return KINDS[slug]


def _back(kind: Kind, row: CycleRow) -> str:
    uid = row.assistance.uid if isinstance(row, Task) else row.cycle.uid
    return reverse(kind.page, args=[uid])


@form_methods
def new(request: SignedInRequest, uid: UUID, kind: str) -> HttpResponse:
    """A new row of a cycle."""
    found = _kind(kind)
    if not found.new or found.model is Task:
        raise Http404
    whole = opened(request, uid)
    return _add(request, found, whole, found.model(cycle=whole.cycle))


@form_methods
def task_new(request: SignedInRequest, uid: UUID) -> HttpResponse:
    """A new task of an assistance."""
    assistance = visible(request, Assistance, uid)
    whole = Whole(assistance.cycle)
    return _add(request, KINDS["tarea"], whole, Task(cycle=whole.cycle, assistance=assistance))


def _add(request: SignedInRequest, kind: Kind, whole: Whole, row: CycleRow) -> HttpResponse:
    require(rules.can_write(request.actor, whole, kind.model))
    form = kind.form(request.POST or None, instance=row, cycle=whole.cycle)
    return run(
        request,
        form,
        FormPage(kind.new, _back(kind, row), kind.done, over=kind.over),
        lambda: operations.add(form.save(commit=False), by=request.actor),
        context={"cycle": whole.cycle},
        template=FORM,
    )


def visible(request: SignedInRequest, model: type[Any], uid: UUID) -> Any:
    """A row of a cycle that the person may read, and that is not in the bin."""
    cycles = Cycle.objects.visible_to(request.actor)
    found = model.objects.filter(cycle__in=cycles).select_related("cycle__owner")
    if any(field.name == "removed_at" for field in model._meta.fields):
        found = found.filter(Q(removed_at__isnull=True))
    return get_object_or_404(found, uid=uid)


@form_methods
def edit(request: SignedInRequest, kind: str, uid: UUID) -> HttpResponse:
    """Change a row; when somebody saved it first, both texts are shown."""
    found = _kind(kind)
    row = visible(request, found.model, uid)
    whole = Whole(row.cycle)
    require(rules.can_write(request.actor, whole, found.model))
    form = found.form(request.POST or None, instance=row, cycle=whole.cycle)

    def write() -> Any:
        return found.write(row, form.cleaned_data["revision"], form.said(), request.actor)

    named = f"{found.title}: {row}" if not isinstance(row, Report) else found.title
    away = reverse("assistance:row_remove", args=[kind, uid]) if found.in_bin else ""
    return run(
        request,
        form,
        FormPage(named, _back(found, row), found.done, over=found.over),
        write,
        context={"cycle": whole.cycle, "away": away},
        thing=row,
        form_kwargs={"cycle": whole.cycle},
        template=FORM,
        changes=CycleChange,
    )


@require_POST
def remove(request: SignedInRequest, kind: str, uid: UUID) -> HttpResponse:
    """Into the bin; the notice offers to undo it."""
    found = _kind(kind)
    if not found.in_bin:
        raise Http404
    row = visible(request, found.model, uid)
    operations.remove(row, by=request.actor)
    undo = reverse("assistance:row_restore", args=[kind, uid])
    notices.done(request, f"{found.title} en la papelera.", undo=undo)
    return redirect(_back(found, row))


@require_POST
def restore(request: SignedInRequest, kind: str, uid: UUID) -> HttpResponse:
    found = _kind(kind)
    if not found.in_bin:
        raise Http404
    cycles = Cycle.objects.visible_to(request.actor)
    rows: Any = found.model
    row = get_object_or_404(
        rows.objects.filter(cycle__in=cycles, removed_at__isnull=False), uid=uid
    )
    operations.restore(row, by=request.actor)
    notices.done(request, f"{found.title} recuperada.")
    return redirect(_back(found, row))


@form_methods
def irregularity_new(request: SignedInRequest, uid: UUID) -> HttpResponse:
    """Add a school to the report F01.03.F02; `uid` is that of its inclusion in the cycle."""
    inclusion = visible(request, Inclusion, uid)
    whole = Whole(inclusion.cycle)
    require(rules.can_report(request.actor, whole))
    form = shapes.IrregularityForm(request.POST or None, cycle=whole.cycle)
    back = reverse("assistance:irregularities", args=[whole.cycle.uid])
    return run(
        request,
        form,
        FormPage(f"Reportar a {inclusion.school}", back, f"{inclusion.school} está en el reporte."),
        lambda: operations.report_school(inclusion, form.said(), by=request.actor),
        context={"cycle": whole.cycle},
        template=FORM,
    )


@require_POST
def irregularity_remove(request: SignedInRequest, uid: UUID) -> HttpResponse:
    row = visible(request, Irregularity, uid)
    operations.take_off_report(row, by=request.actor)
    notices.done(request, f"{row.school} ya no está en el reporte.")
    return redirect("assistance:irregularities", row.cycle.uid)
