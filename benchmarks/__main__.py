"""`make bench`: the table of what was promised, what is, and the floor of the same run.

    python -m benchmarks [--cpu] [PART ...]

Parts: import, pages, board, load, saving, country, progress, pme, documents, exports, workbook,
figures, support, cycle.

Each part runs in a process of its own on a copy of a sample. The samples lie in build/bench and
are made anew when their making changed: the country takes some minutes, once.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks import ROOT, WHERE, data, environment
from benchmarks.measure import Result
from tools import postgres


def run(module: str, folder: Path, *words: str, **more: str) -> Iterator[Result]:
    command = [sys.executable, "-m", f"benchmarks.{module}", *words]
    done = subprocess.run(
        command, cwd=ROOT, env=environment(folder, **more), stdout=subprocess.PIPE, text=True
    )
    if done.returncode:
        raise SystemExit(f"{module} failed ({done.returncode})")
    for line in done.stdout.splitlines():
        yield Result(**json.loads(line))


def slep(name: str) -> Path:
    return data.copy(data.sample("slep", WHERE), WHERE / name)


def directory_import() -> Iterator[Result]:
    folder = slep("import")
    yield from run("directory_import", folder, str(folder))


def enrolment_import() -> Iterator[Result]:
    folder = slep("enrolment")
    yield from run("enrolment_import", folder, str(folder))


def pages() -> Iterator[Result]:
    yield from run("pages", slep("pages"), "slep")


def board() -> Iterator[Result]:
    yield from run("board", slep("board"))


def load() -> Iterator[Result]:
    folder = slep("load")
    list(run("pages", folder, "slep"))  # gives every action its three milestones
    yield from run("load", folder, str(folder))


def saving() -> Iterator[Result]:
    yield from run("saving", slep("saving"))


def country() -> Iterator[Result]:
    yield from run("pages", data.sample("national", WHERE), "national")


def progress() -> Iterator[Result]:
    folder = data.sample("national", WHERE)
    yield from run("progress_table", folder)
    with postgres.server() as (url, why):
        if url:
            empty = WHERE / "postgres"
            yield from run("progress_table", empty, str(folder), DATABASE_URL=url)
        else:
            sys.stderr.write(f"Avance del país en PostgreSQL: no se midió ({why})\n")


def documents() -> Iterator[Result]:
    folder = data.copy(data.sample("national", WHERE), WHERE / "documents")
    yield from run("documents", folder, str(folder))


def exports() -> Iterator[Result]:
    yield from run("exports", data.sample("national", WHERE), str(WHERE))


def pme() -> Iterator[Result]:
    for kind in ("csv", "xlsx"):
        folder = data.copy(data.sample("national", WHERE), WHERE / "pme")
        yield from run("pme_import", folder, str(folder), kind)


def workbook() -> Iterator[Result]:
    folder = slep("workbook")
    yield from run("workbook", folder, str(folder))


def figures() -> Iterator[Result]:
    folder = slep("figures")
    yield from run("figures", folder, "attendance", str(folder))
    yield from run("figures", folder, "slep", str(folder))
    folder = data.copy(data.sample("national", WHERE), WHERE / "figures")
    yield from run("figures", folder, "national", str(folder))


def support() -> Iterator[Result]:
    yield from run("support", slep("support"))


def cycle() -> Iterator[Result]:
    yield from run("cycle", slep("cycle"))


PARTS: dict[str, Callable[[], Iterator[Result]]] = {
    "import": directory_import,
    "enrolment": enrolment_import,
    "pages": pages,
    "board": board,
    "load": load,
    "saving": saving,
    "country": country,
    "progress": progress,
    "pme": pme,
    "documents": documents,
    "exports": exports,
    "workbook": workbook,
    "figures": figures,
    "support": support,
    "cycle": cycle,
}


def line(result: Result) -> str:
    sign = "≥" if result.is_at_least else "≤"
    floor = f"{result.floor:,.2f}" if result.floor else "–"
    ratio = f"{result.ratio:,.1f} ×" if result.ratio else "–"
    return (
        f"{result.what:<50} {result.value:>9,.1f} {result.unit:<6} {floor:>8} {ratio:>8}"
        f"   {sign} {result.wanted:<6g} {'ok' if result.is_ok else 'OVER'}"
    )


def main(words: list[str]) -> int:
    names = [word for word in words if word != "--cpu"]
    if len(names) < len(words):
        os.environ["BENCH_CPU"] = "1"
    unknown = set(names) - set(PARTS)
    if unknown:
        sys.stderr.write(f"No such part: {', '.join(sorted(unknown))}\n")
        return 2
    WHERE.mkdir(parents=True, exist_ok=True)
    print(f"{'Qué':<50} {'medido':>9} {'':<6} {'piso':>8} {'veces':>8}   pedido")
    over = 0
    for name in names or PARTS:
        for result in PARTS[name]():
            print(line(result), flush=True)
            over += not result.is_ok
    print(f"Carga de la máquina: {os.getloadavg()[0]:.1f} en {os.cpu_count()} núcleos.")
    print("Todo dentro de lo pedido." if not over else f"{over} fuera de lo pedido.")
    return int(over > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
