"""The form of an action: one page with its money, milestones and means of verification."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.db.models import Q

from mejora.core import clock, speech
from mejora.core.forms import DayField, WholeNumberField, offer, offer_rows
from mejora.frameworks.catalogue import Catalogue
from mejora.frameworks.models import Area, Term, TermKind
from mejora.network.models import Membership
from mejora.plans.drafts import ActionDraft, MilestoneDraft, RequirementDraft
from mejora.plans.forms.chain import (
    TWO_LINES,
    LabelledChoiceField,
    LabelledMultipleField,
    LongChoiceField,
    Words,
)
from mejora.plans.models import Action, Objective, PlanYear, Strategy

SPARE_ROWS = 2
NO_STRATEGY = "Este año todavía no tiene estrategias: agregue antes una, en la cadena del plan."


class PersonChoiceField(forms.ModelChoiceField[Membership]):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.user.name} ({obj.get_role_display()})"


class PeopleField(forms.ModelMultipleChoiceField[Membership]):
    def label_from_instance(self, obj: Any) -> str:
        return str(obj.user.name)


def people_of(plan_year: PlanYear, action: Action | None = None) -> Any:
    """The school's people of today, and who is already named even if they have left."""
    in_force = Membership.objects.in_force(clock.today()).filter(school=plan_year.school_id)
    wanted = Q(pk__in=in_force.values("pk"))
    if action is not None:
        wanted |= Q(pk=action.responsible_id) | Q(milestones__action=action)
    return (
        Membership.objects.filter(wanted).select_related("user").order_by("user__name").distinct()
    )


class ActionForm(forms.Form):
    """Everything but the rows of milestones and means, which are formsets beside it."""

    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)
    strategy = LongChoiceField(
        label="Estrategia a la que sirve", queryset=Strategy.objects.none(), empty_label="Elija una"
    )
    name = forms.CharField(
        label="Nombre de la acción",
        max_length=200,
        error_messages={"required": "Escriba el nombre de la acción."},
    )
    description = forms.CharField(
        label="Descripción",
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
        help_text="Qué se hará, con quiénes y cómo. El archivo oficial guarda hasta 400 letras.",
    )
    starts_on = DayField(label="Fecha de inicio")
    ends_on = DayField(label="Fecha de término")
    responsible_text = forms.CharField(
        label="Responsable",
        max_length=160,
        required=False,
        help_text="Nombre o cargo, como quiere que se lea en el plan.",
    )
    responsible = PersonChoiceField(
        label="Persona con cuenta que informará el avance",
        help_text="La encontrará en «Mis acciones», también en su teléfono.",
        queryset=Membership.objects.none(),
        required=False,
        empty_label="Nadie por ahora",
    )
    resources_needed = forms.CharField(
        label="Recursos necesarios", widget=TWO_LINES, required=False
    )
    program_text = forms.CharField(label="Programa asociado", max_length=120, required=False)
    ate_provider = forms.CharField(label="ATE que la apoya", max_length=160, required=False)
    ate_service = forms.CharField(label="Servicio de la ATE", max_length=160, required=False)
    is_disabled = forms.BooleanField(
        label="Acción desactivada",
        required=False,
        help_text="No se hará, pero sigue en el plan y en los recuentos.",
    )
    reason = forms.CharField(max_length=200, required=False)

    def __init__(
        self,
        *args: Any,
        plan_year: PlanYear,
        book: Catalogue,
        action: Action | None = None,
        asks_reason: bool = False,
        **kwargs: Any,
    ) -> None:
        kwargs.setdefault("initial", {})
        kwargs["initial"] = {**(initial_of(action) if action else {}), **kwargs["initial"]}
        super().__init__(*args, **kwargs)
        self.plan_year, self.book, self.action = plan_year, book, action
        self.fields["starts_on"].help_text = f"Día, mes y año: 09-03-{plan_year.year}."
        self.fields["ends_on"].help_text = f"Por ejemplo 27-11-{plan_year.year}."
        self._add_choices()
        self._add_money()
        if action is None:
            del self.fields["revision"], self.fields["is_disabled"]
        if asks_reason:
            what = "cambia" if action else "se agrega"
            self.fields["reason"].required = True
            self.fields["reason"].label = f"Por qué {what} la acción"
            self.fields["reason"].error_messages["required"] = (
                f"La planificación ya está aprobada: escriba por qué {what} la acción."
            )
        else:
            del self.fields["reason"]

    def _add_choices(self) -> None:
        edition, words = self.book.edition, Words(self.book, self.plan_year.year)
        if edition.has_strategies:
            strategies = Strategy.objects.live().filter(plan_year=self.plan_year)
            offer_rows(self, "strategy", strategies)
            if self.action is None and not strategies.exists():
                self.fields["strategy"].help_text = NO_STRATEGY
        else:
            self.fields["strategy"] = LongChoiceField(
                label="Objetivo al que sirve",
                queryset=Objective.objects.live().filter(plan=self.plan_year.plan_id),
            )
        offer_rows(self, "responsible", people_of(self.plan_year, self.action))
        areas = Area.objects.filter(edition=edition, depth=1, for_actions=True)
        self.fields["area"] = LabelledChoiceField(
            label="Dimensión",
            queryset=areas,
            widget=forms.RadioSelect,
            empty_label=None,
            words=words,
        )
        self.fields["subareas"] = LabelledMultipleField(
            label="Subdimensiones",
            queryset=Area.objects.filter(edition=edition, depth=2, for_actions=True),
            widget=forms.CheckboxSelectMultiple,
            required=False,
            words=words,
        )
        self.fields["normative_plans"] = LabelledMultipleField(
            label="Planes por normativa a los que aporta",
            queryset=Term.objects.filter(edition=edition, kind=TermKind.NORMATIVE_PLAN),
            widget=forms.CheckboxSelectMultiple,
            required=False,
            words=words,
        )

    def _add_money(self) -> None:
        funded = {f.source_id: f.planned for f in self.action.fundings.all()} if self.action else {}
        for source in self.book.funding_sources:
            if source.code == "NINGUNA":  # "Sin financiamiento" is what no amount says
                continue
            self.fields[f"money_{source.code}"] = WholeNumberField(
                label=source.label(self.plan_year.year),
                min_value=0,
                max_value=10**12,
                required=False,
                initial=funded.get(source.pk),
            )

    @property
    def money_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith("money_")]

    @property
    def area_groups(self) -> list[tuple[str, list[Any]]]:
        """The subareas' boxes under the name of their dimension."""
        boxes = {int(str(box.data["value"])): box for box in self["subareas"]}
        return [
            (area.label(self.plan_year.year), [boxes[c.pk] for c in area.children if c.pk in boxes])
            for area in self.book.areas_for_actions
        ]

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        starts, ends = said.get("starts_on"), said.get("ends_on")
        if starts and ends and ends < starts:
            day = starts.strftime("%d-%m-%Y")
            self.add_error("ends_on", f"La fecha de término debe ser igual o posterior al {day}.")
        area = said.get("area")
        if area and any(sub.parent_id != area.pk for sub in said.get("subareas", ())):
            self.add_error("subareas", "Elija solo subdimensiones de la dimensión marcada.")
        return said

    def draft(
        self, milestones: Iterable[Mapping[str, Any]], requirements: Iterable[Mapping[str, Any]]
    ) -> ActionDraft:
        said = self.cleaned_data
        above = said["strategy"]
        with_strategies = self.book.edition.has_strategies
        sources = {
            t.code: t for t in Term.objects.filter(edition=self.book.edition, kind=TermKind.FUNDING)
        }
        return ActionDraft(
            name=said["name"],
            description=said["description"],
            area=said["area"],
            subareas=list(said["subareas"]),
            normative_plans=list(said["normative_plans"]),
            starts_on=said["starts_on"],
            ends_on=said["ends_on"],
            strategy=above if with_strategies else None,
            objective=None if with_strategies else above,
            responsible_text=said["responsible_text"],
            responsible=said["responsible"],
            resources_needed=said["resources_needed"],
            program_text=said["program_text"],
            ate_provider=said["ate_provider"],
            ate_service=said["ate_service"],
            is_disabled=said.get("is_disabled", False),
            funding={
                sources[name.removeprefix("money_")]: value
                for name, value in said.items()
                if name.startswith("money_") and value
            },
            milestones=[
                MilestoneDraft(
                    name=row["name"],
                    uid=row.get("uid"),
                    due_on=row.get("due_on"),
                    weight=row.get("weight"),
                    people=list(row.get("people") or ()),
                )
                for row in milestones
            ],
            requirements=[
                RequirementDraft(
                    text=row["text"], uid=row.get("uid"), milestone=row.get("milestone")
                )
                for row in requirements
            ],
        )


def initial_of(action: Action) -> dict[str, Any]:
    names = (
        "revision", "name", "description", "starts_on", "ends_on", "responsible_text",
        "responsible", "resources_needed", "program_text", "ate_provider", "ate_service",
        "is_disabled", "area",
    )  # fmt: skip
    found = {name: getattr(action, name) for name in names}
    found["strategy"] = action.strategy_id or action.objective_id
    found["subareas"] = list(action.subareas.all())
    found["normative_plans"] = list(action.normative_plans.all())
    return found


class Row(forms.Form):
    """A row of a list that may be left empty or marked to be taken out."""

    TEXT = ""
    uid = forms.UUIDField(widget=forms.HiddenInput, required=False)
    drop = forms.BooleanField(label="Quitar", required=False)

    @property
    def is_kept(self) -> bool:
        said = getattr(self, "cleaned_data", {})
        return bool(said.get(self.TEXT)) and not said.get("drop")

    def clean(self) -> dict[str, Any]:
        """Something typed beside an empty name is a slip, not an empty row."""
        said: dict[str, Any] = super().clean() or {}
        others = [v for k, v in said.items() if k not in {self.TEXT, "drop", "uid"}]
        typed = any(
            v not in (None, "") and (not hasattr(v, "exists") or v.exists()) for v in others
        )
        if typed and not said.get(self.TEXT) and not said.get("drop") and not self.errors:
            self.add_error(self.TEXT, self.NEEDS)
        return said

    NEEDS = "Complete la fila o déjela en blanco."


class MilestoneForm(Row):
    TEXT = "name"
    NEEDS = "Escriba el nombre del hito."
    name = forms.CharField(label="Hito", max_length=160, required=False)
    due_on = DayField(label="Fecha", required=False)
    weight = WholeNumberField(label="Peso (%)", min_value=0, max_value=100, required=False)
    people = PeopleField(
        label="Personas",
        queryset=Membership.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(
        self, *args: Any, people: Any, choices: list[tuple[int, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        offer_rows(self, "people", people)
        offer(self, "people", choices)  # read once for all the rows


class RequirementForm(Row):
    TEXT = "text"
    NEEDS = "Escriba el medio de verificación."
    text = forms.CharField(label="Medio de verificación", max_length=200, required=False)
    milestone = forms.TypedChoiceField(
        label="Qué prueba",
        required=False,
        coerce=int,
        empty_value=None,
        choices=(),
    )

    def __init__(self, *args: Any, milestone_count: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        whole = ("", speech.say("Toda la acción"))
        word = speech.say("Hito")
        offer(self, "milestone", [whole, *((n, f"{word} {n + 1}") for n in range(milestone_count))])


class RowSet(forms.BaseFormSet[Any]):
    """Rows in order. "Agregar otra fila" is a submit button, so that it works without JavaScript:
    the page comes back with everything typed and one more row."""

    @property
    def kept(self) -> list[dict[str, Any]]:
        return [
            dict(form.cleaned_data, place=n) for n, form in enumerate(self.forms) if form.is_kept
        ]


MilestoneRows = forms.formset_factory(MilestoneForm, formset=RowSet, extra=0, max_num=40)
RequirementRows = forms.formset_factory(RequirementForm, formset=RowSet, extra=0, max_num=40)


def with_one_more(data: Any, prefix: str) -> Any:
    """The posted data with one empty row more."""
    more = data.copy()
    name = f"{prefix}-TOTAL_FORMS"
    more[name] = str(int(more.get(name) or 0) + 1)
    return more


def placed(requirements: list[dict[str, Any]], milestones: list[dict[str, Any]]) -> None:
    """Turn "row n of the page" into "place n of the milestones that stay"."""
    places = {row["place"]: n for n, row in enumerate(milestones)}
    for row in requirements:
        row["milestone"] = places.get(row["milestone"]) if row["milestone"] is not None else None


def weight_error(milestones: list[dict[str, Any]]) -> str:
    """Why the weights typed cannot stand, or nothing; empty weights are shared out later."""
    typed = [row["weight"] for row in milestones if row["weight"] is not None]
    total = sum(typed)
    if total > 100:
        return f"Los pesos de los hitos suman {total} %; deben sumar 100 %."
    return ""


def milestone_rows(action: Action | None) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    if action is not None:
        for milestone in action.milestones.filter(removed_at=None).prefetch_related("people"):
            rows.append(
                {
                    "uid": milestone.uid,
                    "name": milestone.name,
                    "due_on": milestone.due_on,
                    "weight": milestone.weight,
                    "people": [p.pk for p in milestone.people.all()],
                }
            )
    return rows + [{} for _ in range(SPARE_ROWS)]


def requirement_rows(action: Action | None) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    if action is not None:
        order: dict[int, int] = {
            m.pk: n for n, m in enumerate(action.milestones.filter(removed_at=None))
        }
        for requirement in action.requirements.filter(removed_at=None):
            place = order.get(requirement.milestone_id or 0)
            rows.append({"uid": requirement.uid, "text": requirement.text, "milestone": place})
    return [*rows, {}]
