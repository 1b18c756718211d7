"""Who may bring files in, and what may be done with one now."""

from mejora.core.decisions import ALLOWED, Decision, refused
from mejora.network.access import Actor, Deed
from mejora.network.enums import BatchKind, BatchState, PlaceKind
from mejora.network.importers.kinds import KINDS
from mejora.network.importers.parts import Parts
from mejora.network.models import ImportBatch, Owner, School

RUNNING = frozenset(
    {BatchState.WAITING, BatchState.CHECKING, BatchState.APPLYING, BatchState.UNDOING}
)
SAVING = frozenset({BatchState.APPLYING, BatchState.UNDOING})
CLOSED = frozenset({BatchState.APPLIED, BatchState.UNDONE, BatchState.DISCARDED})


def can_import(actor: Actor) -> Decision:
    """The network is the whole country's: only its analysts and administrators change it."""
    if not actor.may_somewhere(Deed.IMPORT_NETWORK):
        return refused(
            "Solo quien analiza o administra el país puede importar directorios y listados."
        )
    return ALLOWED


def can_see_imports(actor: Actor) -> Decision:
    """Whether some kind of file is this person's to bring in."""
    codes = {m.within.code for m in actor.memberships}
    kinds = [kind for kind in KINDS.values() if codes & set(kind.countries)]
    if not any(actor.may_somewhere(kind.deed) for kind in kinds):
        return refused(
            "Importan quienes escriben el PME de su escuela, quienes la sostienen y quienes "
            "analizan o administran el país."
        )
    return ALLOWED


def can_bring(
    actor: Actor, kind: BatchKind, *, school: School | None = None, owner: Owner | None = None
) -> Decision:
    """Whether the person may bring in this kind of file: for a school, for an owner's schools, or
    for the country when neither is given."""
    deed, countries = KINDS[kind].deed, KINDS[kind].countries
    if school is not None:
        codes = {m.within.pk: m.within.code for m in actor.memberships}
        if codes.get(school.country_id) in countries and actor.may(deed, school):
            return ALLOWED
        return refused(f"No le corresponde importar «{kind.label}» en {school}.")
    members = [m for m, _ in actor.with_reach(deed) if m.within.code in countries]
    if any(m.country_id for m in members):
        return ALLOWED
    if owner is not None and any(m.owner_id == owner.pk for m in members):
        return ALLOWED
    if deed == Deed.IMPORT_NETWORK and not (may := can_import(actor)):
        return may
    return refused(f"Importar «{kind.label}» no le corresponde en ese lugar.")


def can_act_on(actor: Actor, batch: ImportBatch) -> Decision:
    """Whoever may bring such a file there may go on with one that is there."""
    at_place = batch.school or batch.owner
    if at_place is None and batch.country_id not in actor.countries:
        return refused("Esta carga es de otro país.")
    return can_bring(actor, BatchKind(batch.kind), school=batch.school, owner=batch.owner)


def can_land(actor: Actor, batch: ImportBatch) -> Decision:
    """A reviewed file lands once, and only when something of it would change."""
    if not (may := can_act_on(actor, batch)):
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


def can_mend(actor: Actor, batch: ImportBatch) -> Decision:
    """A cell is mended while the file is looked at, before anything was saved."""
    if not (may := can_act_on(actor, batch)):
        return may
    if batch.state != BatchState.CHECKED or batch.file_id is None:
        return refused("Solo se arregla un archivo que está en revisión.")
    return ALLOWED


def can_read_as(actor: Actor, batch: ImportBatch, *, owner: Owner | None = None) -> Decision:
    """A file that was refused because it is of another kind goes on as that one."""
    if batch.state != BatchState.REFUSED or not batch.looks_like or batch.file_id is None:
        return refused("Este archivo no se reconoció como otro.")
    kind = BatchKind(batch.looks_like)
    if KINDS[kind].place == PlaceKind.SCHOOL and batch.school is None:
        return refused("Este archivo es de una escuela: súbalo en el Excel de su plan.")
    of_school = KINDS[kind].place == PlaceKind.SCHOOL
    school = batch.school if of_school else None
    return can_bring(actor, kind, school=school, owner=None if of_school else owner)


def can_discard(actor: Actor, batch: ImportBatch) -> Decision:
    """Anything that has not been saved can be left aside; what is being saved ends by itself."""
    if not (may := can_act_on(actor, batch)):
        return may
    if batch.state in SAVING and not is_undoable(batch):
        return refused("Se está guardando: termina en segundos y no se corta por la mitad.")
    if batch.state in SAVING:
        return refused("Ya hay una parte guardada. Para dejarla, use «Detener y deshacer».")
    if batch.state in CLOSED:
        return refused("Esta carga ya está cerrada.")
    return ALLOWED


def can_resume(actor: Actor, batch: ImportBatch, *, is_cut: bool) -> Decision:
    """A job that gave no sign of life for a while was cut, and can be taken up again."""
    if not (may := can_act_on(actor, batch)):
        return may
    if batch.state not in RUNNING or not is_cut:
        return refused("El trabajo sigue en marcha o ya terminó.")
    return ALLOWED


def can_undo(actor: Actor, batch: ImportBatch) -> Decision:
    """What landed can be taken back where the kind knows how."""
    if not (may := can_act_on(actor, batch)):
        return may
    return is_undoable(batch)


def is_undoable(batch: ImportBatch) -> Decision:
    """Whether the batch itself can be taken back now, whoever asks."""
    if batch.state == BatchState.UNDONE:
        return refused("Esta carga ya se deshizo.")
    kind = KINDS[BatchKind(batch.kind)]
    if batch.state == BatchState.APPLYING and isinstance(kind.land, Parts):
        return ALLOWED  # it stops behind the part that is being written, and goes back from there
    if batch.state != BatchState.APPLIED:
        return refused("Solo se deshace lo que ya se importó.")
    if not kind.goes_back:
        return refused(
            "Este tipo de carga no se deshace sola: importe el archivo anterior, que deja los "
            "datos como estaban."
        )
    return ALLOWED
