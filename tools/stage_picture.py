"""Draw the transition table of the stages: docs/etapas.svg and docs/etapas.md.

    .venv/bin/python tools/stage_picture.py            write both
    .venv/bin/python tools/stage_picture.py --check    exit 1 when they are not what the code says

The picture is made from `mejora.plans.workflow.TRANSITIONS`: there is no second place to change.
"""

import os
import sys
from html import escape
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mejora.settings")

WIDTH, HEIGHT = 1060, 470
BOX_W, BOX_H = 180, 54
# Where each state stands; the way of the usual year runs straight from left to right.
PLACES = {
    "not_started": (20, 200),
    "partial": (290, 200),
    "sent": (590, 200),
    "approved": (866, 200),
    "returned": (440, 370),
}


def _middle(state):
    x, y = PLACES[state]
    return x + BOX_W / 2, y + BOX_H / 2


def _ends(source, target):
    """From the edge of one box to the edge of the other, along the line between their middles."""
    (x1, y1), (x2, y2) = _middle(source), _middle(target)
    dx, dy = x2 - x1, y2 - y1

    def edge(x, y, sign):
        scale = min(
            (BOX_W / 2 + 4) / abs(dx) if dx else 9e9, (BOX_H / 2 + 4) / abs(dy) if dy else 9e9
        )
        return x + sign * dx * scale, y + sign * dy * scale

    return edge(x1, y1, 1), edge(x2, y2, -1)


def _way(source, target, words, bend):
    """A curve and its verb; `bend` lifts it (positive: up) so that two ways do not cover."""
    (x1, y1), (x2, y2) = _ends(source, target)
    return _curve((x1, y1), (x2, y2), ((x1 + x2) / 2, (y1 + y2) / 2 - bend), words)


def _arch(source, target, words, n):
    """The ways of an import leave and arrive above the boxes, or below for what was returned."""
    (x1, y1), (x2, y2) = _middle(source), _middle(target)
    if source == "returned":
        return _curve((x1 + BOX_W / 2 + 4, y1), (x2, y2 + BOX_H / 2 + 5), (x2 - 20, y1), words)
    top = y1 - BOX_H / 2 - 4
    lift = (x2 - x1) * 0.38
    return _curve((x1, top), (x2 + 26 - 26 * n, top), ((x1 + x2) / 2, top - lift), words)


def _curve(start, end, pull, words):
    (x1, y1), (x2, y2), (px, py) = start, end, pull
    x, y = (x1 + 2 * px + x2) / 4, (y1 + 2 * py + y2) / 4  # the middle of the curve
    return (
        f'<path class="way" d="M{x1:.0f} {y1:.0f}Q{px:.0f} {py:.0f} {x2:.0f} {y2:.0f}" '
        'marker-end="url(#head)"/>',
        f'<text class="verb" x="{x:.0f}" y="{y - 5:.0f}">{escape(words)}</text>',
    )


BENDS = {("withdraw", "sent"): -80, ("return", "sent"): -44, ("send", "returned"): 44}


def svg():
    from mejora.plans import workflow
    from mejora.plans.enums import StageStatus

    ways, words, boxes = [], [], []
    for transition in workflow.TRANSITIONS:
        sources = [source.value for source in StageStatus if source in transition.sources]
        for n, source in enumerate(sources):
            way = (source, transition.target.value, transition.verb)
            bend = BENDS.get((transition.name, source), 0)
            drawn = _arch(*way, n) if transition.name == "import" else _way(*way, bend)
            ways.append(drawn[0])
            words.append(drawn[1])
    for state in StageStatus:
        x, y = PLACES[state.value]
        boxes.append(
            f'<rect class="state" x="{x}" y="{y}" width="{BOX_W}" height="{BOX_H}" rx="4"/>'
            f'<text class="name" x="{x + BOX_W / 2}" y="{y + 33}">{escape(state.label)}</text>'
        )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        'aria-labelledby="t">\n<title id="t">Estados de una etapa y sus movimientos</title>\n'
        "<style>.state{fill:#fff;stroke:#0a5360;stroke-width:2}.name{font:600 15px sans-serif;"
        "text-anchor:middle;fill:#16282c}.verb{font:14px sans-serif;text-anchor:middle;"
        "fill:#46565a;paint-order:stroke;stroke:#fff;stroke-width:5px}"
        ".way{fill:none;stroke:#0a5360;stroke-width:1.6}</style>\n"
        '<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" '
        'markerHeight="8" orient="auto"><path d="M0 0 8 4 0 8z" fill="#0a5360"/></marker></defs>\n'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>\n'
        + "\n".join([*ways, *boxes, *words])
        + "\n</svg>\n"
    )


def markdown():
    from mejora.plans import workflow
    from mejora.plans.enums import StageKind, StageStatus

    lines = [
        "# Stages and their moves",
        "",
        "Made by `tools/stage_picture.py` from `mejora/plans/workflow.py`; do not edit by hand.",
        "",
        "![States of a stage and its moves](etapas.svg)",
        "",
        "| Move | In Spanish | From | To | Keeps a version |",
        "|---|---|---|---|---|",
    ]
    for transition in workflow.TRANSITIONS:
        sources = ", ".join(s.label for s in StageStatus if s in transition.sources)
        keeps = "yes" if transition.takes_version else "no"
        lines.append(
            f"| `{transition.name}` | {transition.verb} | {sources} | "
            f"{transition.target.label} | {keeps} |"
        )
    order = " → ".join(StageKind(kind).label for kind in workflow.ORDER)
    lines += [
        "",
        f"The stages of a year, in order: {order}. The first stands only in the first year of a",
        "plan. Where a year stands is its first stage not yet approved.",
        "",
    ]
    return "\n".join(lines)


def pictures():
    return {ROOT / "docs" / "etapas.svg": svg(), ROOT / "docs" / "etapas.md": markdown()}


def main(argv):
    import django

    django.setup()
    stale = []
    for path, text in pictures().items():
        if "--check" not in argv:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)
        elif not path.exists() or path.read_text() != text:
            stale.append(path.name)
    if stale:
        print(f"No están al día: {', '.join(stale)}. Ejecute tools/stage_picture.py.")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
