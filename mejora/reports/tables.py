"""The progress table as rows of text, the same for CSV and for the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mejora.core import wording
from mejora.reports.progress import Line, Progress, Share

Cell = str | int | None


def header(found: Progress) -> list[str]:
    return ["PME", "Etapa", "Estado", *(column.head for column in found.columns), "Total"]


def rows(found: Progress) -> Iterator[list[Cell]]:
    """Every row, empty ones too, then the sum and the percentages with one decimal."""
    for block in found.blocks:
        for line in block.lines:
            if line.standing:
                at = line.standing
                yield [str(at.year), at.stage.label, at.state.label, *_counts(line)]
        yield [str(block.year), "Total", "", *_counts(block.sum)]
    yield ["Total general", "", "", *_counts(found.sum)]
    for share in found.shares:
        yield [share.name, "", "", *_shares(share)]


def _counts(line: Line) -> Sequence[Cell]:
    return [*line.counts, line.total]


def _shares(share: Share) -> Sequence[Cell]:
    values = [*share.values, share.total]
    return [
        wording.NOT_APPLICABLE if value is None else wording.thousands(value, 1) for value in values
    ]


def as_text(found: Progress) -> str:
    """Columns aligned for a terminal; numbers to the right."""
    table = [header(found), *([_shown(cell) for cell in row] for row in rows(found))]
    widths = [max(len(row[i]) for row in table) for i in range(len(table[0]))]
    lines = []
    for row in table:
        words = [cell.ljust(width) for cell, width in zip(row[:3], widths[:3], strict=True)]
        numbers = [cell.rjust(width) for cell, width in zip(row[3:], widths[3:], strict=True)]
        lines.append("  ".join([*words, *numbers]).rstrip())
    return "\n".join(lines) + "\n"


def _shown(cell: Cell) -> str:
    return wording.thousands(cell) if isinstance(cell, int) else str(cell or "")
