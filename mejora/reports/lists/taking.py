"""Taking a list as a file: at once where it is short, as a job where it is long."""

from __future__ import annotations

from io import BytesIO
from typing import IO
from urllib.parse import parse_qsl, urlencode

from django.http import Http404

from mejora.core import sheets_out
from mejora.core.decisions import ALLOWED, Decision, Refused, refused
from mejora.core.sheets_out import CSV_MIME, XLSX_MIME, Table
from mejora.network.access import Actor
from mejora.reports import operations
from mejora.reports.lists import LISTS
from mejora.reports.lists.base import Query
from mejora.reports.models import Export
from mejora.reports.prepared import Kind, Params, Work, Written

AT_ONCE = 10_000  # rows; more are prepared by the worker
KIND = "list"
ENDINGS = {"csv": CSV_MIME, "xlsx": XLSX_MIME}
WORDS = {"csv": "CSV", "xlsx": "Excel"}


def find(actor: Actor, name: str, query: Query) -> Table:
    """Refused or 404 where the page of the list would be."""
    if name not in LISTS:
        raise Http404
    return LISTS[name].table(actor, query)


def at_once(table: Table, ending: str) -> IO[bytes]:
    """The whole file first: an error on the way is an error page, not half a file."""
    target = BytesIO()
    if ending == "csv":
        sheets_out.write_csv(target, table)
    else:
        sheets_out.write_xlsx(target, table)
    target.seek(0)
    return target


def ask(table: Table, name: str, ending: str, query: Query, *, by: Actor) -> Export:
    params = {"list": name, "ending": ending, "query": urlencode(sorted(query.items()))}
    return operations.ask(KIND, params, title=f"{table.title} ({WORDS[ending]})", by=by)


def _found(actor: Actor, params: Params) -> Table:
    return find(actor, str(params["list"]), dict(parse_qsl(str(params["query"]))))


def can(actor: Actor, params: Params) -> Decision:
    """Whoever finds the list today may have the file that was made of it."""
    try:
        _found(actor, params)
    except Refused as refusal:
        return refused(refusal.reason)
    except Http404:
        return refused("Ya no tiene acceso a esta lista.")
    return ALLOWED


def write(work: Work) -> Written:
    table, ending = _found(work.actor, work.params), str(work.params["ending"])
    if ending == "csv":
        with work.path.open("wb") as target:
            sheets_out.write_csv(target, table, work.tell)
    else:
        sheets_out.write_xlsx(work.path, table, work.tell, within=work.folder)
    return Written(f"{table.name}.{ending}", ENDINGS[ending])


PREPARED = Kind("fila,filas", can, write)
