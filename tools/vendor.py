"""Third-party files under mejora/static/vendor: check them, or make them again.

    python tools/vendor.py          compare every file with the SHA-256 in VENDOR.md
    python tools/vendor.py make     fetch the packages with npm and write the files anew

GOV.UK Frontend is cut down to the parts that Mejora uses, and loses its fonts, its crown and its
images: what remains is form, error, button, details, skip-link and checkbox styles.
"""

import hashlib
import json
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENDOR = ROOT / "mejora" / "static" / "vendor"
LIST = VENDOR / "VENDOR.md"

GOVUK = "govuk-frontend@6.6.0"
SOURCE_SANS = "@fontsource-variable/source-sans-3@5.3.0"
GOVUK_PARTS = (
    "button",
    "button-group",
    "checkboxes",
    "details",
    "error-message",
    "error-summary",
    "fieldset",
    "file-upload",
    "form-group",
    "hint",
    "input",
    "label",
    "list",
    "radios",
    "select",
    "skip-link",
    "textarea",
    "visually-hidden",
)
ROW = re.compile(r"^\| `([^`]+)` \|.*\| `([0-9a-f]{64})` \|$", re.MULTILINE)


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def check() -> list[str]:
    """What differs from the list, in words; empty when all is as it was fetched."""
    listed = dict(ROW.findall(LIST.read_text(encoding="utf-8")))
    present = {
        str(path.relative_to(VENDOR)): path
        for path in VENDOR.rglob("*")
        if path.is_file() and path != LIST
    }
    wrong = [f"not in VENDOR.md: {name}" for name in sorted(present.keys() - listed.keys())]
    wrong += [f"missing: {name}" for name in sorted(listed.keys() - present.keys())]
    wrong += [
        f"changed: {name}"
        for name in sorted(present.keys() & listed.keys())
        if digest(present[name]) != listed[name]
    ]
    return wrong


# Cutting GOV.UK's style sheet --------------------------------------------------------------------


def rules(css: str) -> list[tuple[str, str]]:
    """The top-level rules of a minified sheet: what stands before the braces, what within."""
    found, start, at = [], 0, 0
    while (opening := css.find("{", at)) != -1:
        depth, at = 1, opening + 1
        while depth:
            depth += {"{": 1, "}": -1}.get(css[at], 0)
            at += 1
        found.append((css[start:opening].strip(), css[opening + 1 : at - 1]))
        start = at
    return found


_CLASS = re.compile(r"\.(govuk-[a-z0-9-]+)")


def _is_used(selector: str) -> bool:
    names = _CLASS.findall(selector)
    if not names:
        return selector.startswith(":root")
    block = re.split(r"__|--", _first_block(names))[0]
    return any(block == f"govuk-{part}" for part in GOVUK_PARTS)


def _first_block(names: list[str]) -> str:
    return next((name for name in names if name != "govuk-frontend-supported"), names[0])


def trim(css: str) -> str:
    """Only the rules of the parts named above; fonts, images and vendor pages fall out."""
    kept = []
    for head, body in rules(css):
        if head.startswith(("@font-face", "@charset", "@import")):
            continue
        if head.startswith(("@media", "@supports")):
            inner = trim(body)
            if inner:
                kept.append(f"{head}{{{inner}}}")
            continue
        selectors = [one for one in head.split(",") if _is_used(one.strip())]
        if selectors and "url(" not in body:
            kept.append(f"{','.join(selectors)}{{{body}}}")
    return re.sub(
        r"font-family:(GDS Transport,arial,)?sans-serif", "font-family:var(--font)", "".join(kept)
    )


# Making the folder again -------------------------------------------------------------------------


def _unpack(package: str, into: Path) -> Path:
    name = subprocess.run(
        ["npm", "pack", "--silent", "--pack-destination", str(into), package],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split()[-1]
    target = into / name.removesuffix(".tgz")
    with tarfile.open(into / name) as archive:
        archive.extractall(target, filter="data")
    return target / "package"


def _copy(source: Path, target: str) -> None:
    path = VENDOR / target
    path.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, path)


def make() -> None:
    import django_htmx

    with tempfile.TemporaryDirectory() as folder:
        govuk, font = (_unpack(name, Path(folder)) for name in (GOVUK, SOURCE_SANS))
        css = (govuk / "dist/govuk/govuk-frontend.min.css").read_text(encoding="utf-8")
        sheet = VENDOR / "govuk-frontend" / "govuk-frontend.trimmed.css"
        sheet.parent.mkdir(parents=True, exist_ok=True)
        sheet.write_text(trim(css) + "\n", encoding="utf-8")
        version = json.loads((govuk / "package.json").read_text(encoding="utf-8"))["version"]
        for part in ("latin", "latin-ext"):
            name = f"source-sans-3-{part}-wght-normal.woff2"
            _copy(font / "files" / name, f"source-sans-3/{name}")
        _copy(font / "LICENSE", "source-sans-3/LICENSE.txt")
    wheel = Path(django_htmx.__file__).parent / "static" / "django_htmx"
    _copy(wheel / "htmx-2.min.js", "htmx/htmx-2.min.js")
    print(
        f"GOV.UK Frontend {version}; files written to {VENDOR}. Now renew the sums in {LIST.name}:"
    )
    for path in sorted(VENDOR.rglob("*")):
        if path.is_file() and path != LIST:
            print(f"  {path.relative_to(VENDOR)}  {digest(path)}")


def main() -> int:
    if sys.argv[1:] == ["make"]:
        make()
        return 0
    wrong = check()
    for line in wrong:
        print(line)
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
