"""Taking a school's record along."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from django.core.files.storage import default_storage
from django.utils import timezone

import mejora
from mejora.core import here
from mejora.core.decisions import ALLOWED, Decision, Refused, refused, require
from mejora.monitoring.package import archive, content, describing
from mejora.monitoring.package.archive import About, Writer
from mejora.monitoring.package.content import Taken
from mejora.monitoring.package.kinds import KINDS
from mejora.network.models import School
from mejora.plans.models import PlanYear

Tell = Callable[[int, int], None]
_NOT_WHOLE = (
    "El expediente todavía no lleva todo lo de un establecimiento de Colombia: le faltarían sedes, "
    "autoevaluación, factores críticos, resultados de SABER y asistencia técnica. Por eso no se "
    "prepara. El plan se puede llevar en PDF."
)


def can_write(school: School) -> Decision:
    """A record is whole or there is none: those tables of Colombia have no kind yet."""
    return ALLOWED if school.country.code == here.CHILE.country else refused(_NOT_WHOLE)


def write(
    path: Path, school: School, years: Iterable[PlanYear], *, by: str, tell: Tell | None = None
) -> About:
    """Write the record of a school with these years of its plans at `path`, a new file.

    Raises `Refused` when a file of evidence is missing or damaged, or when `can_write` says no: a
    record is whole.
    """
    require(can_write(school))
    years = sorted(years, key=lambda year: year.year)
    taken = content.take(school, years)
    about = About(
        school=school.code,
        name=school.name,
        taken_at=timezone.now().isoformat(timespec="seconds"),
        taken_by=by,
        app_version=mejora.VERSION,
        years=[year.year for year in years],
        years_left_out=PlanYear.objects.filter(school=school).count() - len(years),
    )
    with archive.writing(path, about) as writer:
        writer.add_text(archive.README, describing.readme(about))
        writer.add_text(archive.DATA, content.canonical(taken.rows))
        for kind in KINDS:
            table = describing.table(kind, taken.rows[kind.name])
            writer.add_text(f"{archive.TABLES}{kind.name}.csv", table)
        _add_files(writer, taken, tell or (lambda done, total: None))
    return about


def _add_files(writer: Writer, taken: Taken, tell: Tell) -> None:
    """Each content once. They are packed already: photos, documents, recordings."""
    total = len(taken.files)
    for done, file in enumerate(taken.files, start=1):
        name = archive.FILES + file.stored_sha256
        if name not in writer.parts:
            try:
                with default_storage.open(file.path) as source:
                    found = writer.add(name, source, packed=False)
            except OSError:
                found = ""
            if found != file.stored_sha256:
                raise Refused(
                    f"El archivo de evidencia «{file.original_name}» falta o está dañado en el "
                    "disco. Avise a quien administra Mejora: lo dice «python -m mejora check»."
                )
        tell(done, total)
