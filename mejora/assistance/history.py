"""The changes of a cycle, told by the one presentation of all aggregates."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import models

from mejora.assistance import enums
from mejora.assistance.models import (
    Assistance,
    Cycle,
    CycleChange,
    PamAction,
)
from mejora.assistance.verifying import Requirement
from mejora.core import wording
from mejora.network.enums import Regime
from mejora.network.models import Owner, School
from mejora.plans.history import Entry, Say, told_of
from mejora.support.models import SupportPlan

WORDS = {
    "owner": "Secretaría",
    "low_from": "Bajo desempeño desde",
    "needs_integral": "Exige acompañamiento integral",
    "ratings_due_on": "Plazo para evaluar",
    "activity": "Actividad",
    "at": "Cuándo",
    "source": "Fuente",
    "document": "Documento",
    "finding": "Qué se encontró",
    "origin": "Origen",
    "theme": "Tema",
    "asked_on": "Fecha",
    "state": "Estado",
    "assistance": "Asistencia",
    "answer": "Respuesta",
    "sector": "Sector",
    "saber": "SABER",
    "regime": "Régimen",
    "klass": "Clasificación",
    "reason": "Motivo",
    "other_support": "Otro apoyo",
    "outcome": "Su PMI tras el apoyo",
    "is_systematic": "Sistemática",
    "outcome_note": "En qué se basa",
    "component": "Componente",
    "target": "Valor esperado",
    "plan": "Asistencia",
    "modality": "Modalidad",
    "objectives": "Objetivos",
    "method": "Método",
    "resources": "Recursos",
    "pam_action": "Acción del PAM",
    "finished_on": "Terminada",
    "review": "Revisión",
    "is_aligned": "Todo está en el PAM",
    "lines": "Asistencias y su acción del PAM",
    "result": "Resultado",
    "strengths": "Fortalezas",
    "opportunities": "Oportunidades",
    "objectives_met": "¿Se cumplen los objetivos?",
    "leads_to": "Sigue la actividad",
    "readings": "Valores de los indicadores",
    "response": "Respuestas",
    "expected": "Esperadas",
    "received": "Recibidas",
    "consolidated_at": "Consolidado",
    "consolidated_by": "Lo consolidó",
    "reviewed_at": "Revisado",
    "reviewed_by": "Lo revisó",
    "sent_on": "Enviado a E02.01",
    "criterion": "Criterio",
    "requirement": "Requisito",
    "is_fulfilled": "Se hizo como se programó",
    "checks": "Requisitos",
    "branch": "Vía",
    "opened_by": "La abrió",
    "closed_by": "La cerró",
    "cause": "Causa",
    "treatment": "Qué se hará",
    "results": "Resultados",
    "analysis": "Análisis",
    "proposals": "Propuestas",
    "issued_at": "Emitido",
    "issued_by": "Lo emitió",
    "content": "Contenido",
    "sha256": "Huella",
    "norm": "Norma que no cumple",
    "evidence": "Evidencia",
    "proposal": "Qué se propone",
    "received_on": "Recibido",
    "code": "Registro",
    "place": "Dónde se conserva",
    "retention": "Tiempo de conservación",
    "afterwards": "Qué se hace después",
    "by": "Por",
    "responsible": "Responsable",
    "removed": "En la papelera",
}


def _label(*choices: type[models.TextChoices]) -> Say:
    known = {value: label for each in choices for value, label in each.choices}
    return lambda value: str(known.get(value, value))


def _day(value: str) -> str:
    return wording.number_date(dt.date.fromisoformat(value[:10]))


def _activity(value: int) -> str:
    return f"{value}. {enums.Activity(value).label}"


def _kept(value: Any) -> str:
    return "guardado"


def _sayers(names: dict[str, str]) -> dict[str, Say]:
    def named(value: Any) -> str:
        return names.get(str(value), str(value))

    def pairs(value: list[list[Any]]) -> str:
        def one(pair: list[Any]) -> str:
            said = [{True: "cumple", False: "no cumple", None: "sin acción"}.get(v) for v in pair]
            words = [s or named(v) for s, v in zip(said, pair, strict=True) if v != ""]
            return ": ".join(words)

        return "; ".join(one(pair) for pair in value)

    days = (
        *("starts_on", "ends_on", "ratings_due_on", "on", "asked_on", "due_on", "done_on", "at"),
        *("finished_on", "sent_on", "received_on", "consolidated_at", "reviewed_at", "issued_at"),
    )
    linked = ("owner", "school", "assistance", "plan", "pam_action", "requirement")
    return {
        **dict.fromkeys(days, _day),
        **dict.fromkeys(linked, named),
        **dict.fromkeys(("lines", "checks", "readings"), pairs),
        **dict.fromkeys(("content", "response", "opened_by", "closed_by"), _kept),
        **dict.fromkeys(("by", "consolidated_by", "reviewed_by", "issued_by"), _kept),
        "activity": _activity,
        "review": lambda value: "la revisión" if len(str(value)) == 36 else str(value),
        "source": _label(enums.Source),
        "origin": _label(enums.Origin),
        "sector": _label(enums.Sector),
        "regime": _label(Regime),
        "klass": _label(enums.Klass),
        "outcome": _label(enums.Outcome),
        "modality": _label(enums.Modality),
        "objectives_met": _label(enums.Met),
        "branch": _label(enums.Branch),
        "state": _label(enums.NeedState, enums.AssistanceState, enums.CaseState),
        "target": _label(enums.Target),
    }


def told(changes: Iterable[CycleChange], cycle: Cycle) -> list[Entry]:
    """The changes as entries to read, in the order given; names are read once for the page."""
    listed = list(changes)
    return told_of(listed, WORDS, _sayers(_names(listed, cycle)))


def _names(changes: list[CycleChange], cycle: Cycle) -> dict[str, str]:
    """What the uids in these changes stand for; only what they mention of schools is read."""
    schools = {
        str(said["school"])
        for change in changes
        for said in (change.before or {}, change.after or {})
        if said.get("school")
    }
    plans = SupportPlan.objects.filter(assistance__cycle=cycle)
    rows = (
        School.objects.filter(uid__in=schools).values_list("uid", "name"),
        Assistance.objects.filter(cycle=cycle).values_list("uid", "plan__name"),
        plans.values_list("uid", "name"),
        PamAction.objects.filter(cycle=cycle).values_list("uid", "text"),
        Requirement.objects.filter(cycle=cycle).values_list("uid", "text"),
        Owner.objects.filter(pk=cycle.owner_id).values_list("pk", "name"),
    )
    return {str(uid): str(text) for found in rows for uid, text in found}
