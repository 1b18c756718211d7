"""`make test`: every check this machine can run, and one line that says what it skipped and why."""

import os
import shutil
import subprocess
import sys
import time

from tools import postgres

PYTHON = sys.executable
BIN = os.path.dirname(PYTHON)
FORBID_SKIPPING = os.environ.get("MEJORA_NO_SKIP") == "1"
# Three at a time: some tests only wait. Neighbours stay together, since they share what was made.
PYTEST = [PYTHON, "-m", "pytest", "-q", "--durations=5", "-n", "3", "--dist", "worksteal"]
TOGETHER = [*PYTEST, "-m", "not browser"]


def step(name: str, *command: str, **environment: str) -> bool:
    """Run one check; its output is shown only when it fails, or when it is pytest's."""
    started = time.monotonic()
    is_pytest = "pytest" in command
    done = subprocess.run(
        command,
        env={**os.environ, **environment},
        stdout=None if is_pytest else subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    passed = done.returncode == 0
    if not passed and done.stdout:
        print(done.stdout)
    seconds = time.monotonic() - started
    print(f"{'bien ' if passed else 'FALLA'}  {name} ({seconds:.0f} s)", flush=True)
    return passed


def main() -> int:
    skipped: list[str] = []
    results = [
        step("formato", f"{BIN}/ruff", "format", "--check", "."),
        step("estilo", f"{BIN}/ruff", "check", "."),
        step("tipos", f"{BIN}/mypy"),
        step("orden de las importaciones", f"{BIN}/lint-imports"),
        step("migraciones", PYTHON, "manage.py", "makemigrations", "--check", "--dry-run"),
        step("archivos de terceros", PYTHON, "-m", "tools.vendor"),
        step("pruebas en SQLite", *TOGETHER, DATABASE_URL=""),
    ]
    with postgres.server() as (url, why):
        if url:
            results.append(step("pruebas en PostgreSQL", *TOGETHER, DATABASE_URL=url))
        else:
            skipped.append(f"PostgreSQL: {why}")
    if shutil.which("chromium") or shutil.which("chromium-browser"):
        results.append(step("pruebas en el navegador", *PYTEST, "-m", "browser", DATABASE_URL=""))
    else:
        skipped.append("navegador: no hay Chromium (instale el paquete chromium)")
    print("Omitido: " + ("; ".join(skipped) or "nada") + ".")
    if skipped and FORBID_SKIPPING:
        print("No se permite omitir pruebas (MEJORA_NO_SKIP=1).")
        return 1
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
