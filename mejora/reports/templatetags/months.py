"""A school's months on the board, drawn at once: a template would ask 600 times for the same."""

from django import template
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from mejora.core import components
from mejora.reports.board_page import MonthRow

register = template.Library()


@register.simple_tag
def month_cells(row: MonthRow) -> SafeString:
    """A cell of the table per month; the whole cell is the link to what it counts."""
    return format_html_join(
        "",
        '<td class="months__cell">{}</td>',
        (
            (
                components.heat(
                    cell.pct, href=href, name=cell.words, late=cell.is_late, state=cell.mark
                ),
            )
            for cell, href in row.cells
        ),
    )
