"""What a person may do with a file that was prepared for them."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from mejora.core.decisions import ALLOWED, Decision, refused
from mejora.network.access import Actor
from mejora.reports.enums import ExportState
from mejora.reports.models import Export
from mejora.reports.prepared import KINDS, Params

# A job says that it lives every second; this long without a word means that it was cut.
SILENCE = dt.timedelta(seconds=30)
# A job that was cut this often is not begun again by itself (criterio de Mejora).
MAX_ATTEMPTS = 3
MAX_UNDER_WAY = 5  # per person (criterio de Mejora)
UNDER_WAY = frozenset({ExportState.WAITING, ExportState.RUNNING})


def can_ask(actor: Actor, kind: str, params: Params) -> Decision:
    """Whoever may see what would be in the file; a few at a time."""
    if not (may := KINDS[kind].can(actor, params)):
        return may
    if Export.objects.filter(by=actor.user).under_way().count() >= MAX_UNDER_WAY:
        return refused(
            f"Ya tiene {MAX_UNDER_WAY} archivos en preparación. Espere a que termine uno, o "
            "cancélelo."
        )
    return ALLOWED


def can_have(actor: Actor, export: Export) -> Decision:
    """The place from which it was asked for is still the person's, and it still shows it to them.

    `actor` stands at that place: see `operations.author_of`.
    """
    kind = KINDS.get(export.kind)
    if kind is None:
        return refused("Esta versión de Mejora ya no prepara este archivo.")
    if actor.user.pk != export.by_id or not actor.user.is_active:
        return refused("Este archivo es de otra persona.")
    if export.membership_id and (actor.current is None or actor.current.pk != export.membership_id):
        return refused("Ya no participa en el lugar desde el que pidió este archivo.")
    return kind.can(actor, export.params)


def can_download(actor: Actor, export: Export) -> Decision:
    if export.state != ExportState.READY or export.is_expired(timezone.now()):
        return refused("Este archivo ya no está. Puede prepararlo otra vez.")
    return can_have(actor, export)


def can_cancel(actor: Actor, export: Export) -> Decision:
    if actor.user.pk != export.by_id:
        return refused("Este archivo es de otra persona.")
    if export.state not in UNDER_WAY:
        return refused(f"Ya terminó: {export.get_state_display().lower()}.")
    return ALLOWED


def can_resume(actor: Actor, export: Export) -> Decision:
    """What was cut or failed can be tried again by whoever may still have it."""
    if export.state != ExportState.FAILED and not is_cut(export, timezone.now()):
        return refused("El trabajo sigue en marcha o ya terminó.")
    return can_have(actor, export)


def can_delete(actor: Actor, export: Export) -> Decision:
    if actor.user.pk != export.by_id:
        return refused("Este archivo es de otra persona.")
    if export.state in UNDER_WAY:
        return refused("Está en preparación: cancélelo primero.")
    return ALLOWED


def is_cut(export: Export, now: dt.datetime) -> bool:
    """Whether its job stopped without a word. One that waits has not begun: nothing was cut."""
    if export.state != ExportState.RUNNING:
        return False
    return (export.heartbeat_at or export.at) < now - SILENCE
