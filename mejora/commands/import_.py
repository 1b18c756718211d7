"""`mejora import`: bring a file in, in the foreground, whole or not at all."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from mejora.commands.output import refuse

if TYPE_CHECKING:
    from mejora.network.models import ImportBatch

KINDS = (
    *("schools", "saber", "directory", "sleps", "roster", "enrolment", "performance", "sep", "ate"),
    *("attendance", "figures", "capacity", "workbook", "school-report", "pme", "package"),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "kind",
        choices=KINDS,
        help="directory: directorio oficial; sleps: listado de SLEP; roster: nómina de "
        "establecimientos que deben tener PME (RBD;AÑO;MOTIVO); enrolment: resumen de matrícula; "
        "performance: categoría de desempeño; sep: clasificación SEP "
        "(RBD;AÑO;CLASIFICACION_SEP); ate: registro de asesorías; "
        "attendance: asistencia mensual por estudiante (SIGE), que se suma y no se guarda; "
        "figures: asistencia y matrícula por mes (RBD;AÑO;MES;MATRICULA;RETIROS;…); capacity: "
        "cupos (RBD;AÑO;CUPOS); workbook: planilla de la "
        "escuela, como se descarga; school-report: reporte de la plataforma, de una escuela; pme: "
        "tabla oficial «Implementación PME»; package: expediente de una escuela (.zip), como se "
        "descarga",
    )
    parser.add_argument("file", type=Path, help="CSV o Excel, como se descarga")
    parser.add_argument("--year", type=int, help="año de los datos, si el archivo no lo trae")
    parser.add_argument("--school", help="RBD, si el archivo es de una escuela y no lo dice")
    parser.add_argument("--dry-run", action="store_true", help="revisar y no guardar nada")
    parser.add_argument(
        "--skip-bad",
        action="store_true",
        help="guardar las filas buenas aunque otras tengan errores",
    )


def run(args: argparse.Namespace) -> int:
    """0 done, 2 no such file, 3 refused: each reason on a line of its own on standard error."""
    from django.core.files import File

    from mejora.__main__ import DONE, INPUT_REFUSED, USAGE
    from mejora.network import operations
    from mejora.network.enums import BatchKind
    from mejora.network.models import School

    if not args.file.is_file():
        refuse(f"No existe el archivo {args.file}.")
        return USAGE
    school = School.objects.filter(code=args.school).first() if args.school else None
    if args.school and school is None:
        refuse(f"No hay una escuela con RBD {args.school}.")
        return USAGE
    with args.file.open("rb") as file:
        upload = File(file, name=args.file.name)
        batch = operations.receive(
            upload, kind=BatchKind(args.kind), year=args.year, by=None, school=school
        )
    operations.check(batch)
    refusals = _refusals(batch, skip_bad=args.skip_bad)
    _say(_account(batch))
    if refusals or args.dry_run or not operations.accepted(batch):
        operations.forget(batch)
        for line in refusals:
            refuse(line)
        _say("No se guardó nada." if refusals or args.dry_run else "Nada cambia.")
        return INPUT_REFUSED if refusals else DONE
    operations.land(batch)
    _say(f"Guardado: {batch.rows_new} nuevas, {batch.rows_changed} con cambios.")
    return DONE


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")


def _refusals(batch: ImportBatch, *, skip_bad: bool) -> list[str]:
    """Why nothing lands: the file as a whole, or each bad row."""
    from mejora.network.enums import BatchState
    from mejora.network.reports import issues

    if batch.state == BatchState.REFUSED:
        return [batch.message]
    if skip_bad:
        return []
    return [issues.sentence(issue) for issue in batch.issues.filter(is_error=True)]


def _account(batch: ImportBatch) -> str:
    """What was read and what it amounts to, then the warnings by their cause."""
    from mejora.network.reports import arrivals, issues

    lines = [
        f"{batch.file_name}: {batch.dialect or 'no se pudo leer'}",
        f"{batch.rows_read} filas leídas: {batch.rows_new} nuevas, {batch.rows_changed} con "
        f"cambios, {batch.rows_same} iguales, {batch.rows_refused} con error; "
        f"{batch.rows_warned} con aviso",
    ]
    if past := arrivals.past_count(batch):
        lines.append(f"{past} filas agregan el año {batch.year}; el presente no cambia")
    lines += [f"{cut.label}: {cut.count}" for cut in arrivals.news(batch)]
    lines += [issues.summary(cause) for cause in issues.causes(batch, is_error=False)]
    return "\n".join(lines)
