"""Who may bring files in, and what may be done with one now."""

from mejora.core.decisions import ALLOWED, Decision, refused
from mejora.network.access import Actor, Deed
from mejora.network.enums import BatchState
from mejora.network.models import ImportBatch

RUNNING = frozenset({BatchState.WAITING, BatchState.CHECKING, BatchState.APPLYING})


def can_import(actor: Actor) -> Decision:
    """The network is the whole country's: only its analysts and administrators change it."""
    if not actor.may_somewhere(Deed.IMPORT_NETWORK):
        return refused(
            "Solo quien analiza o administra el país puede importar directorios y listados."
        )
    return ALLOWED


def can_land(actor: Actor, batch: ImportBatch) -> Decision:
    """A reviewed file lands once, and only when something of it would change."""
    if not (may := can_import(actor)):
        return may
    return is_ready(batch)


def is_ready(batch: ImportBatch) -> Decision:
    """Whether the batch itself can land now, whoever asks."""
    if batch.state in RUNNING:
        return refused("Todavía se está revisando o guardando. Espere a que termine.")
    if batch.state != BatchState.CHECKED:
        return refused(f"Esta carga ya está cerrada: {batch.get_state_display().lower()}.")
    if not batch.rows_new + batch.rows_changed:
        return refused("No hay nada que importar: todo lo del archivo ya está en Mejora.")
    return ALLOWED


def can_discard(actor: Actor, batch: ImportBatch) -> Decision:
    """Anything that has not been saved can be left aside; what is being saved ends by itself."""
    if not (may := can_import(actor)):
        return may
    if batch.state == BatchState.APPLYING:
        return refused("Se está guardando: termina en segundos y no se corta por la mitad.")
    if batch.state in {BatchState.APPLIED, BatchState.DISCARDED}:
        return refused("Esta carga ya está cerrada.")
    return ALLOWED


def can_resume(actor: Actor, batch: ImportBatch, *, is_cut: bool) -> Decision:
    """A job that gave no sign of life for a while was cut, and can be taken up again."""
    if not (may := can_import(actor)):
        return may
    if batch.state not in RUNNING or not is_cut:
        return refused("El trabajo sigue en marcha o ya terminó.")
    return ALLOWED
