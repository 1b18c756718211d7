import datetime as dt
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from mejora.core import wording
from mejora.core.components import Range

SANTIAGO = ZoneInfo("America/Santiago")


@pytest.mark.parametrize(
    ("value", "places", "text"),
    [
        (0, 0, "0"),
        (8920, 0, "8.920"),
        (1234567, 0, "1.234.567"),
        (-4200, 0, "−4.200"),
        (Decimal("12.345"), 2, "12,35"),
        (2.5, 0, "3"),
        (1.05, 1, "1,1"),
        (None, 0, "s/i"),
    ],
)
def test_figures_have_points_for_thousands_and_a_comma_for_decimals(value, places, text):
    assert wording.thousands(value, places) == text


@pytest.mark.parametrize(
    ("value", "places", "text"),
    [(62, 0, "62\u202f%"), (3, 1, "3,0\u202f%"), (0, 0, "0\u202f%"), (None, 0, "s/i")],
)
def test_the_percent_sign_never_parts_from_its_figure(value, places, text):
    assert wording.percent(value, places) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(12500000, "$12.500.000"), (0, "$0"), (-500, "−$500"), (None, "s/i")],
)
def test_money_is_written_in_whole_pesos(value, text):
    assert wording.money(value) == text


def test_millions_have_one_decimal():
    assert wording.millions(38_450_000) == "38,5"


@pytest.mark.parametrize(
    ("part", "total", "found"),
    [(33, 40, Decimal("82.5")), (0, 40, 0), (3, 0, None), (None, 4, None)],
)
def test_a_share_of_nothing_is_unknown(part, total, found):
    assert wording.share(part, total) == found


@pytest.mark.parametrize(
    ("count", "text"), [(1, "1 acción"), (0, "0 acciones"), (1200, "1.200 acciones")]
)
def test_words_agree_with_their_count(count, text):
    assert wording.counted(count, "acción,acciones") == text


@pytest.mark.parametrize(
    ("things", "text"),
    [
        ([], ""),
        (["sello"], "sello"),
        (["sello", "meta"], "sello y meta"),
        (["sello", "meta", "indicador"], "sello, meta e indicador"),
        (["agua", "hielo"], "agua y hielo"),
    ],
)
def test_a_list_is_read_as_a_sentence(things, text):
    assert wording.sentence(things) == text


@pytest.mark.parametrize(
    ("size", "text"), [(0, "0 bytes"), (42_000, "42 kB"), (1_100_000, "1,1 MB"), (None, "s/i")]
)
def test_sizes_of_files_are_short(size, text):
    assert wording.file_size(size) == text


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Marcela Fuentealba", "MF"), ("Xi", "XI"), ("", "?"), ("(sin) Ángel Ñuñez", "ÁÑ")],
)
def test_initials_come_from_words_that_begin_with_a_letter(name, letters):
    assert wording.initials(name) == letters


@pytest.mark.parametrize(
    ("write", "day", "text"),
    [
        (wording.long_date, dt.date(2026, 9, 11), "viernes 11 de septiembre"),
        (wording.long_date, dt.date(2025, 9, 11), "jueves 11 de septiembre de 2025"),
        (wording.full_date, dt.date(2026, 9, 8), "8 de septiembre de 2026"),
        (wording.list_date, dt.date(2026, 9, 3), "jue 3 sept"),
        (wording.list_date, dt.date(2025, 12, 31), "31 dic 2025"),
        (wording.list_date, dt.date(2026, 9, 5), "sáb 5 sept"),
        (wording.number_date, dt.date(2026, 9, 3), "03-09-2026"),
        (wording.month_name, dt.date(2026, 8, 1), "agosto"),
        (wording.month_short, 9, "sept"),
    ],
)
def test_dates_are_written_as_their_place_asks(today, write, day, text):
    assert write(day) == text
    assert write(None) == "s/i"


@pytest.mark.parametrize(
    ("days", "near", "any_distance", "due"),
    [
        (0, "hoy", "hoy", "Vence hoy"),
        (1, "mañana", "mañana", "Vence mañana"),
        (3, "en 3 días", "en 3 días", "Vence en 3 días"),
        (7, "en 7 días", "en 7 días", "Vence en 7 días"),
        (22, "mié 30 sept", "en 22 días", "Vence mié 30 sept"),
        (-1, "ayer", "ayer", "Atrasada 1 día"),
        (-12, "jue 27 ago", "hace 12 días", "Atrasada 12 días"),
    ],
)
def test_days_are_told_within_a_week_and_dated_beyond(today, days, near, any_distance, due):
    on = today + dt.timedelta(days=days)

    assert wording.relative(on) == near
    assert wording.days_away(on) == any_distance
    assert wording.due(on) == due


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (dt.datetime(2026, 9, 8, 10, 42, tzinfo=SANTIAGO), "10:42"),
        (dt.datetime(2026, 9, 7, 23, 59, tzinfo=SANTIAGO), "ayer"),
        # 02:30 of the 9th in Greenwich is still the evening of the 8th in Santiago.
        (dt.datetime(2026, 9, 9, 2, 30, tzinfo=dt.UTC), "23:30"),
        (dt.datetime(2026, 9, 3, 9, 0, tzinfo=SANTIAGO), "jue 3 sept"),
    ],
)
def test_a_moment_is_an_hour_today_and_a_day_before(today, moment, text):
    assert wording.moment(moment) == text


@pytest.mark.parametrize(
    ("level", "pct", "text"),
    [
        (None, None, "Sin informar"),
        (Range(0, 0), None, "0\u202f% Así"),
        (Range(50, 74), None, "50–74\u202f% Así"),
        (Range(100, 100), None, "100\u202f% Así"),
        (Range(50, 74), 62, "62\u202f% Así"),
    ],
)
def test_a_level_is_its_range_first_and_then_its_label(level, pct, text):
    assert wording.level_text(level, "Así", pct) == text
