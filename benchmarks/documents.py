"""The monitoring reports of a region as its ZIP, written by the job's own code in one process.

The floor is Typst alone: another process compiles the same documents from data that is ready. Each
has names and notes of its own, so that neither meets a text that it has set before.
"""

from __future__ import annotations

import json
import re
import resource
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

from benchmarks import environment, measure
from benchmarks.measure import Result

MONTH = {"year": 2026, "month": 8}
NOTE = (
    "Se avanzó con {who} en lo acordado el mes pasado; queda por cerrar la pauta {code} con el "
    "equipo de aula y las familias."
)
PAGES = re.compile(rb"/Type/Pages/Count (\d+)")


def main(folder: Path) -> None:
    measure.setup()
    actor = _supervisor_of_a_region()
    _say_anew(actor)
    ready = folder.parent / "documents.jsonl"
    count = _prepare(actor, ready)
    floor = _floor(folder, ready)
    path = folder.parent / "documents.zip"
    path.unlink(missing_ok=True)
    took = measure.seconds(lambda: _write(actor, path))
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    with ZipFile(path) as archive:
        pdfs = [archive.read(name) for name in archive.namelist() if name.endswith(".pdf")]
    if len(pdfs) != count:
        raise SystemExit(f"{len(pdfs)} reports in the ZIP, {count} expected")
    pages = sum(int(PAGES.search(pdf)[1]) for pdf in pdfs)
    what = f"{count} informes de monitoreo en PDF"
    measure.tell(
        Result(what, took, "s", 1.5 * floor, floor),
        Result(f"{what}: {pages} páginas", pages / took, "pág/s", 1, is_at_least=True),
        Result(f"{what}: memoria", megabytes, "MB", 500),
    )


def _supervisor_of_a_region():
    """Somebody who may read the plans of some five hundred schools."""
    from mejora.network.access import actor_for
    from mejora.network.enums import Role
    from mejora.network.models import Membership, Region
    from mejora.people.models import User

    user = User.objects.create(email="informes@mejora.example", name="Inés Barra Soto")
    region = Region.objects.get(country__code="CL", code="08")
    Membership.objects.create(user=user, role=Role.SUPERVISOR, region=region, from_on="2026-01-01")
    return actor_for(user)


def _say_anew(actor) -> None:
    """A note for each report, and the school's code in each name: the sample has few texts."""
    from mejora.monitoring.models import ProgressReport
    from mejora.plans.models import Action
    from mejora.reports import board

    years = board.readable(actor, MONTH["year"]).values("pk")
    actions = list(Action.objects.filter(plan_year__in=years).select_related("plan_year__school"))
    for action in actions:
        action.name = f"{action.name} {action.plan_year.school.code}"[:200]
    Action.objects.bulk_update(actions, ["name"], batch_size=500)
    reports = list(ProgressReport.objects.filter(action__plan_year__in=years))
    for report in reports:
        code = report.uid.hex
        report.note = NOTE.format(who=code[:7], code=code[7:14])
    ProgressReport.objects.bulk_update(reports, ["note"], batch_size=500)


def _prepare(actor, path: Path) -> int:
    """What Typst is given of each report, one JSON per line. Returns how many."""
    from django.utils import timezone

    from mejora.reports.documents import monitoring, typesetting
    from mejora.reports.documents import monitoring_bundle as bundle
    from mejora.reports.documents.parts import prepared_by

    at, count = timezone.now(), 0
    with path.open("w", encoding="utf-8") as lines:
        for entry in bundle.entries(actor, bundle.Month(MONTH["year"], MONTH["month"])):
            if not entry.file:
                continue
            by = prepared_by(actor, entry.school)
            data = monitoring.monitoring_data(entry.reading, prepared_by=by, at=at)
            lines.write(json.dumps(typesetting.printable(data), ensure_ascii=False) + "\n")
            count += 1
    return count


def _write(actor, path: Path) -> None:
    from mejora.reports.documents import monitoring_bundle as bundle
    from mejora.reports.prepared import Work

    bundle.write(Work(actor, MONTH, path, path.parent, lambda done, total: None))


def _floor(folder: Path, ready: Path) -> float:
    command = [sys.executable, "-m", "benchmarks.documents", "floor", str(ready)]
    done = subprocess.run(
        command, env=environment(folder), check=True, stdout=subprocess.PIPE, text=True
    )
    return float(done.stdout)


def _compile_alone(ready: Path) -> None:
    import typst

    from mejora.reports.documents.typesetting import FONTS, TEMPLATES

    lines = ready.read_text(encoding="utf-8").splitlines()
    compiler = typst.Compiler(
        input=str(TEMPLATES / "monitoring.typ"),
        root=str(TEMPLATES),
        font_paths=[str(FONTS)],
        ignore_system_fonts=True,
    )

    def work() -> None:
        for line in lines:
            compiler.compile(format="pdf", sys_inputs={"data": line}, pdf_standards=["ua-1"])

    sys.stdout.write(str(measure.seconds(work)))


if __name__ == "__main__":
    if sys.argv[1] == "floor":
        _compile_alone(Path(sys.argv[2]))
    else:
        main(Path(sys.argv[1]))
