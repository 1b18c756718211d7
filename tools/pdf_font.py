"""Makes the letters of the documents from the npm package @fontsource/source-sans-3 (OFL-1.1).

    npm pack @fontsource/source-sans-3, unpack it, then
    python tools/pdf_font.py PACKAGE/files        (needs fonttools; nothing at run time does)

Typst reads TTF only, so the Latin and extended Latin files are joined into one per weight. The
licence reserves the name "Source" for the unchanged font: a joined one is called Mejora Sans.
`coverage.txt` then says which characters the finished documents can show: PDF/UA refuses all
others, so documents replace them (`mejora/reports/documents/typesetting.py`).
"""

import json
import sys
import tempfile
import unicodedata
from pathlib import Path

import typst

FONTS = Path(__file__).resolve().parent.parent / "mejora/reports/documents/fonts"
WEIGHTS = {400: "Regular", 700: "Bold"}
FAMILY_NAMES = {1, 3, 4, 6, 16}
# Everything people write here: Latin, Greek, Cyrillic, Hebrew, Arabic, signs, presentation forms.
PROBED = [*range(0x20, 0x3100), *range(0xFB00, 0xFE00), *range(0xFE70, 0x10000)]
LAST_OWN_MARK = 0x370
PROBE = b"""
#set document(title: "x")
#set text(font: "Mejora Sans", lang: "es")
#for c in json(bytes(sys.inputs.at("data"))) [#c #linebreak() *#c* #linebreak()]
"""


def join_fonts(package: Path) -> None:
    from fontTools.merge import Merger
    from fontTools.ttLib import TTFont

    with tempfile.TemporaryDirectory() as folder:
        for weight, name in WEIGHTS.items():
            parts = []
            for subset in ("latin", "latin-ext"):
                font = TTFont(package / f"source-sans-3-{subset}-{weight}-normal.woff")
                font.flavor = None
                parts.append(f"{folder}/{subset}-{weight}.ttf")
                font.save(parts[-1])
            joined = Merger().merge(parts)
            for record in joined["name"].names:
                if record.nameID in FAMILY_NAMES:
                    text = str(record).replace("Source Sans 3", "Mejora Sans")
                    record.string = text.replace("SourceSans3", "MejoraSans")
            joined.save(FONTS / f"MejoraSans-{name}.ttf")


def can_show(characters: list[str]) -> bool:
    compiler = typst.Compiler(input=PROBE, font_paths=[str(FONTS)], ignore_system_fonts=True)
    try:
        compiler.compile(
            sys_inputs={"data": json.dumps(characters)}, format="pdf", pdf_standards=["ua-1"]
        )
    except typst.TypstError:
        return False
    return True


def shown(characters: list[str]) -> list[str]:
    """Those that Typst can set, found by halving."""
    if not characters or can_show(characters):
        return characters
    if len(characters) == 1:
        return []
    middle = len(characters) // 2
    return shown(characters[:middle]) + shown(characters[middle:])


def _is_drawn(character: str) -> bool:
    """Not controls; and marks only of our own letters: others depend on what they stand on."""
    kind = unicodedata.category(character)[0]
    return kind != "C" and (kind != "M" or ord(character) < LAST_OWN_MARK)


def write_coverage() -> None:
    candidates = [chr(n) for n in PROBED if _is_drawn(chr(n))]
    found = [
        ord(c)
        for start in range(0, len(candidates), 64)
        for c in shown(candidates[start : start + 64])
    ]
    ranges: list[list[int]] = []
    for number in found:
        if ranges and number == ranges[-1][1] + 1:
            ranges[-1][1] = number
        else:
            ranges.append([number, number])
    lines = [f"{first:04X}-{last:04X}\n" for first, last in ranges]
    (FONTS / "coverage.txt").write_text("".join(lines), encoding="ascii")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        join_fonts(Path(sys.argv[1]))
    write_coverage()
