"""Filters and components that every template has at hand, without a {% load %}.

What they do stands in mejora/core/wording.py and mejora/core/components.py.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django import template
from django.contrib.messages.storage.base import Message
from django.core.paginator import Page
from django.forms import BoundField
from django.http import QueryDict
from django.template import Context
from django.template.base import Parser, Token
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from mejora.core import clock, components, notices, speech, wording

register = template.Library()
register.filter("said", speech.say)
register.filter("said_own", speech.say_own)
PAGE = "pagina"
ORDER = "orden"

for _name in (
    "thousands",
    "money",
    "millions",
    "percent",
    "plural",
    "counted",
    "sentence",
    "file_size",
    "long_date",
    "full_date",
    "list_date",
    "day_month",
    "number_date",
    "month_name",
    "month_short",
    "clock_time",
    "days_away",
    "relative",
    "moment",
    "due",
    "range_text",
    "level_text",
    "short_name",
):
    register.filter(_name, getattr(wording, _name))
register.filter("initials", wording.initials)
register.filter("share_of", wording.share)


@register.filter
def known(value: Any) -> Any:
    """The value, or "s/i" where it is unknown; zero is known."""
    return wording.UNKNOWN if value in (None, "") else value


@register.filter
def dash(value: Any) -> Any:
    """The value, or a dash where the question does not apply."""
    return wording.NOT_APPLICABLE if value in (None, "") else value


# Components ------------------------------------------------------------------------------------

for _name in (
    "icon",
    "mark",
    "stage_state",
    "level_bar",
    "level",
    "glass",
    "initials",
    "progress_bar",
    "refused_button",
):
    register.simple_tag(getattr(components, _name), name=_name)


@register.simple_tag
def heat(value: float | None, href: str = "", name: str = "", **more: Any) -> SafeString:
    return components.heat(value, href=href, name=name, **more)


@register.simple_tag
def level_range(low: int | None, high: int | None, pct: int | None = None) -> SafeString:
    return components.level_bar(components.Range(low, high), pct)


@register.simple_tag
def due(on: Any, done: bool = False, soon: int = wording.WEEK) -> SafeString:
    """When something is due: quiet far off, ochre within a week, brick when past."""
    if done or on is None:
        return components.EMPTY
    days = (wording.day(on) - clock.today()).days
    text = wording.due(on)
    if days < 0:
        return components.mark("late", text)
    if days <= soon:
        return components.mark("due", text)
    return format_html('<span class="quiet">{}</span>', text)


@register.simple_tag
def breadcrumbs(*parts: str) -> SafeString:
    return components.breadcrumbs(parts)


# The address is the state ----------------------------------------------------------------------


def _query(context: Context) -> QueryDict:
    request = context.get("request")
    return request.GET.copy() if request is not None else QueryDict(mutable=True)


def _address(context: Context, changes: Mapping[str, Any]) -> str:
    """The present query with some parameters changed; None takes one out. A changed filter
    starts at the first page again."""
    query = _query(context)
    query.pop(PAGE, None)
    for name, value in changes.items():
        if value is None or value == "":
            query.pop(name, None)
        elif isinstance(value, (list, tuple)):
            query.setlist(name, [str(one) for one in value])
        else:
            query[name] = str(value)
    return f"?{query.urlencode()}"


@register.simple_tag(takes_context=True)
def set_query(context: Context, **changes: Any) -> str:
    return _address(context, changes)


@register.simple_tag
def chip(
    text: str, href: str, count: int | None = None, current: bool = False, count_id: str = ""
) -> SafeString:
    """A usual cut of a list, with how many it would show; `count_id` names the number for htmx."""
    text = speech.say(text)
    name = format_html(' id="{}"', count_id) if count_id else ""
    number = "" if count is None else format_html(" <b{}>{}</b>", name, wording.thousands(count))
    here = mark_safe(' aria-current="true"') if current else ""
    return format_html('<a class="chip" href="{}"{}>{}{}</a>', href, here, text, number)


@register.simple_tag
def removable(text: str, href: str) -> SafeString:
    """A chosen filter that a press takes away."""
    return format_html(
        '<a class="removable" href="{}"><span class="visually-hidden">Quitar filtro: </span>'
        "{}{}</a>",
        href,
        speech.say(text),
        components.icon("close", 12),
    )


@register.simple_tag(takes_context=True)
def sort_link(context: Context, text: str, key: str) -> SafeString:
    """The head of a column that sorts; pressed again it turns round."""
    now = _query(context).get(ORDER, "")
    drawing = {key: "chevron-down", f"-{key}": "chevron-up"}.get(now, "sort")
    return format_html(
        '<a class="sort{}" href="{}">{}{}</a>',
        "" if drawing == "sort" else " sort--on",
        _address(context, {ORDER: f"-{key}" if now == key else key}),
        speech.say(text),
        components.icon(drawing, 12),
    )


@register.simple_tag(takes_context=True)
def sort_aria(context: Context, key: str) -> SafeString:
    now = _query(context).get(ORDER, "")
    way = {key: "ascending", f"-{key}": "descending"}.get(now)
    return format_html('aria-sort="{}"', way) if way else components.EMPTY


@register.inclusion_tag("components/pager.html", takes_context=True)
def pager(context: Context, page: "Page[Any]", noun: str = "", param: str = PAGE) -> dict[str, Any]:
    """Anterior · numbers · Siguiente · "31–60 de 8.920", keeping the query of the address."""

    def address(number: int) -> str:
        query = _query(context)
        query[param] = str(number)
        return f"?{query.urlencode()}"

    numbers = [
        (number, address(number) if isinstance(number, int) else "")
        for number in page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    ]
    return {
        "page": page,
        "noun": noun,
        "numbers": numbers,
        "previous": address(page.number - 1) if page.has_previous() else "",
        "next": address(page.number + 1) if page.has_next() else "",
    }


@register.inclusion_tag("components/tabs.html")
def tabs(entries: Sequence[tuple[str, str, bool]], label: str = "Vistas") -> dict[str, Any]:
    return {"entries": entries, "label": label}


@register.inclusion_tag("components/stepper.html")
def stepper(steps: Sequence[components.Step]) -> dict[str, Any]:
    return {"steps": steps}


@register.simple_tag
def field(bound: BoundField, width: str = "", **attrs: str) -> SafeString:
    """A form's field with its label, hint and errors; `width` says the expected length."""
    if width:
        known_class = bound.field.widget.attrs.get("class", "")
        bound.field.widget.attrs["class"] = f"{known_class} govuk-input--width-{width}".strip()
    for name, value in attrs.items():
        bound.field.widget.attrs[name.replace("_", "-")] = value
    return bound.as_field_group()


@register.filter
def as_notice(message: Message) -> notices.Notice:
    """A stored message of django.contrib.messages as the notice that it carries."""
    return notices.read(message)


@register.simple_tag(takes_context=True)
def error_list(context: template.Context) -> list[tuple[str, str]]:
    """Every error of the context's `form` and `formset` with the id of its control, in the order
    of the page, for the summary."""
    form, formset = context.get("form"), context.get("formset")
    forms = [form] if form else []
    found = []
    if formset:
        found += [(str(error), "") for error in formset.non_form_errors()]
        forms += list(formset)
    for one in forms:
        if not one.is_bound:
            continue
        found += [(str(error), "") for error in one.non_field_errors()]
        found += [
            (str(error), bound.id_for_label or bound.auto_id)
            for bound in one
            for error in bound.errors
        ]
    return found


# Words of the reader's country ------------------------------------------------------------------


class SaidNode(template.Node):
    """Text of ours, as the reader's country says it (core/spoken.py puts it there)."""

    def __init__(self, text: str) -> None:
        self.text = text

    def render(self, context: Context) -> SafeString:
        return mark_safe(speech.say_own(self.text))


@register.tag(name="said")
def said_text(parser: Parser, token: Token) -> SaidNode:
    nodes = parser.parse(("endsaid",))
    parser.delete_first_token()
    return SaidNode("".join(getattr(node, "s", "") for node in nodes))
