"""The process D02.03 as a drawing: ten activities, the ways back that its guards allow, where the
cycle stands and how many assistances stand at each. Twice: wide, and as a column for a phone."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from mejora.assistance.enums import SHORT, Activity
from mejora.assistance.reading import OVER, Whole
from mejora.core import wording

ROW = 5
# The ways back, in the words of the guards.
BACK = {
    Activity.ALIGNMENT: "G4: acción de mejoramiento",
    Activity.FOLLOW_UP: "G6: vuelve a 5",
    Activity.VERIFICATION: "G8: N01.04 y N01.02",
}


@dataclass(frozen=True, slots=True)
class Node:
    activity: Activity
    state: str  # done, now or open
    count: int

    @property
    def label(self) -> str:
        return SHORT[self.activity]

    @property
    def told(self) -> str:
        return wording.counted(self.count, "asistencia,asistencias") if self.count else ""


def nodes(whole: Whole) -> list[Node]:
    here = whole.activity
    at = Counter(whole.activity_of(a) for a in whole.assistances)
    return [
        Node(each, "done" if each < here else "now" if each == here else "open", at[each])
        for each in Activity
    ]


def summary(whole: Whole) -> str:
    """The drawing in a sentence, for whoever listens."""
    if whole.activity == OVER:
        return "El ciclo terminó: las diez actividades están cerradas."
    here = Activity(whole.activity)
    places = [f"{node.told} en la {node.activity.value}" for node in nodes(whole) if node.count]
    where = f" Hay {wording.sentence(places)}." if places else ""
    return f"El ciclo está en la actividad {here.value}, {SHORT[here].lower()}.{where}"


def wide(whole: Whole) -> SafeString:
    """Two rows of five; the second runs back, as one reads a path."""
    drawn = nodes(whole)
    parts = [_ways()]
    for index, node in enumerate(drawn):
        column = index if index < ROW else 2 * ROW - 1 - index
        parts.append(_node(node, 100 + 200 * column, 62 if index < ROW else 222))
    return format_html(
        '<svg class="process process--wide" viewBox="0 0 1000 296" role="img" aria-label="{}">'
        "{}</svg>",
        summary(whole),
        mark_safe("".join(parts)),
    )


def _ways() -> SafeString:
    lines = [f"M{128 + 200 * i} 62h136m-9-6 9 6-9 6" for i in range(ROW - 1)]
    lines.append("M894 132v54m-6-9 6 9 6-9")
    lines += [f"M{872 - 200 * i} 222h-136m9-6-9 6 9 6" for i in range(ROW - 1)]
    back = ["M684 44C648 2 752 2 716 44m1-11-1 11-10-5", "M906 188v-58m-6 9 6-9 6 9"]
    back.append("M484 204C448 162 552 162 516 204m1-11-1 11-10-5")
    words = ((738, 24, "G4: acción de mejoramiento"), (538, 184, "G8: N01.04 y N01.02"))
    told = format_html_join("", '<text class="process__back-word" x="{}" y="{}">{}</text>', words)
    return format_html(
        '<path class="process__way" d="{}"/><path class="process__back" d="{}"/>{}'
        '<text class="process__back-word" x="918" y="164">G6</text>',
        mark_safe("".join(lines)),
        mark_safe("".join(back)),
        told,
    )


def _node(node: Node, x: int, y: int) -> SafeString:
    return format_html(
        '<g class="process__node process__node--{}"><circle cx="{}" cy="{}" r="22"/>{}'
        '<text class="process__name" x="{}" y="{}" text-anchor="middle">{}</text>'
        '<text class="process__count" x="{}" y="{}" text-anchor="middle">{}</text></g>',
        node.state,
        x,
        y,
        _number(node, x, y),
        x,
        y + 42,
        node.label,
        x,
        y + 60,
        node.told,
    )


def _number(node: Node, x: int, y: int) -> SafeString:
    return format_html(
        '<text class="process__number" x="{}" y="{}" text-anchor="middle">{}</text>',
        x,
        y + 6,
        node.activity.value,
    )


def tall(whole: Whole) -> SafeString:
    """The same as a column; each way back is told beside the activity that takes it."""
    parts = ['<path class="process__way" d="M24 40V580"/>']
    for index, node in enumerate(nodes(whole)):
        y = 32 + 60 * index
        told = " · ".join(word for word in (node.told, BACK.get(node.activity, "")) if word)
        parts.append(
            format_html(
                '<g class="process__node process__node--{}"><circle cx="24" cy="{}" r="17"/>{}'
                '<text class="process__name" x="54" y="{}">{}</text>'
                '<text class="process__count" x="54" y="{}">{}</text></g>',
                node.state,
                y,
                _number(node, 24, y),
                y + (0 if told else 6),
                node.label,
                y + 18,
                told,
            )
        )
    return format_html(
        '<svg class="process process--tall" viewBox="0 0 320 612" role="img" aria-label="{}">'
        "{}</svg>",
        summary(whole),
        mark_safe("".join(parts)),
    )
