"""Taking back the list of SLEP and the registry of advisers."""

from __future__ import annotations

from collections.abc import Sequence

from mejora.core.folding import fold
from mejora.network.enums import CHILE, Dependency
from mejora.network.facts import AteService
from mejora.network.importers import ate, bulk
from mejora.network.importers.undoing import Thing, Undoing
from mejora.network.importers.undoing_years import Row, find_again, remove_owners, staged
from mejora.network.models import (
    Commune,
    ImportBatch,
    Owner,
    School,
    SchoolYear,
    SlepTerritory,
)
from mejora.people.models import User

_TERRITORY = {
    "owner": "el SLEP",
    "starts_year": "el inicio de funciones",
    "transfer_year": "el traspaso",
}
_NAME = {"name": "el nombre", "name_folded": ""}
_SERVICE = {
    "name": "el nombre",
    "search_text": "",
    "valid_from": "el inicio de la vigencia",
    "valid_to": "el fin de la vigencia",
    "batch": "",
}


def undo_sleps(batch: ImportBatch, *, by: User | None) -> list[str]:
    """Communes go back to the SLEP that they had, and with them the schools that only followed."""
    undoing, rows = Undoing(batch), list(staged(batch))
    owners = dict(Owner.objects.values_list("key", "pk"))
    _put_communes_back(undoing, rows, owners)
    renamed = [
        Thing(owners[p["slep"]], f"«{p['name']}»", _named(p["name"]), _named(p["renames_owner"]))
        for _, _, p, _ in rows
        if "renames_owner" in p and p["slep"] in owners
    ]
    names_back = undoing.put_back(Owner, _NAME, renamed)
    _give_schools_back(rows, owners)
    of_renamed = School.objects.filter(owner__in=names_back)
    find_again(of_renamed.values_list("pk", flat=True))
    remove_owners(p["slep"] for _, _, p, _ in rows if p.get("makes_owner"))
    return undoing.finish()


def _named(name: str) -> tuple[str, str]:
    return (name, fold(name))


def _put_communes_back(undoing: Undoing, rows: Sequence[Row], owners: dict[str, int]) -> None:
    places = dict(SlepTerritory.objects.values_list("commune__code", "pk"))
    communes = dict(Commune.objects.of(CHILE).values_list("code", "name"))
    things = []
    for _, code, payload, before in rows:
        if code in places and payload["slep"] in owners:
            wrote = (owners[payload["slep"]], payload["starts"], payload["transfer"])
            was = None
            if before is not None:
                was = (owners[before["slep"]], before["starts"], before["transfer"])
            things.append(Thing(places[code], f"«{communes[code]}»", wrote, was))
    undoing.put_back(SlepTerritory, _TERRITORY, things)


def _give_schools_back(rows: Sequence[Row], owners: dict[str, int]) -> None:
    """The years that say the SLEP which the batch gave their commune say again what they said: the
    SLEP that the commune has now, another owner where there was one, or nobody."""
    wrote = {code: owners.get(payload["slep"]) for _, code, payload, _ in rows}
    strays = {
        int(year): owner
        for _, _, payload, _ in rows
        for year, owner in payload.get("strays", {}).items()
    }
    now = dict(SlepTerritory.objects.values_list("commune__code", "owner_id"))
    years = SchoolYear.objects.filter(
        dependency=Dependency.SLEP, commune__code__in=list(wrote), school__is_sample=False
    ).select_related("school", "commune")
    yearly, present = [], []
    for row in years.iterator():
        code = row.commune.code
        owner = strays.get(row.pk, now.get(code))
        if row.owner_id != wrote[code] or owner == row.owner_id:
            continue
        yearly.append((owner, row.pk))
        if row.year == row.school.current_year and row.school.owner_id == wrote[code]:
            present.append((owner, row.school_id))
    bulk.update(SchoolYear, ("owner",), yearly)
    bulk.update(School, ("owner",), present)
    find_again(pk for _, pk in present)


def undo_ate(batch: ImportBatch, *, by: User | None) -> list[str]:
    undoing = Undoing(batch)
    found = AteService.objects.values_list("rut", "service_folded", "pk")
    pks = {(rut, folded): pk for rut, folded, pk in found}
    things = []
    for _, _, payload, before in staged(batch):
        pk = pks.get((payload["rut"], ate.folded(payload["service"])))
        if pk is not None:
            wrote = (*ate.written(payload), batch.pk)
            was = (*ate.written(before), before["batch"]) if before else None
            label = f"«{payload['service']}» de {payload['name']}"
            things.append(Thing(pk, label, wrote, was))
    undoing.put_back(AteService, _SERVICE, things)
    return undoing.finish()
