"""The catalogue of the territory: what it holds, and what a damaged file is told."""

import pytest

from mejora.network import territory
from mejora.network.models import Commune, CommuneAlias, Country, Region, SupervisionOffice

SOUND = """
[country]
code = "ZZ"
name = "País de prueba"
currency = "CLP"
tz = "America/Santiago"

[sources]
ours = "escrito para la prueba"

[regions]
source = ["ours"]
items = [
  { code = "82", abbr = "SUR", name = "Arica y Parinacota" },
  { code = "81", abbr = "NOR", name = "Tarapacá" },
]

[communes]
source = ["ours"]
items = [{ code = "81101", name = "Iquique", province = "Iquique" }]

[aliases]
source = ["ours"]
items = [{ old_code = "81201", commune = "81101", until_year = 2007 }]

[offices]
source = ["ours"]
items = [{ code = "8111", region = "81", name = "Iquique" }]
"""


@pytest.fixture
def load(tmp_path):
    def load(text):
        path = tmp_path / "cl.toml"
        path.write_text(text, encoding="utf-8")
        return territory.load(path)

    return load


@pytest.mark.django_db
def test_chile_has_its_regions_communes_and_offices():
    territory.load_all()

    assert Region.objects.filter(country__code="CL").count() == 16
    assert Commune.objects.of("CL").count() == 346
    assert SupervisionOffice.objects.count() == 42
    assert Region.objects.get(country__code="CL", order=1).abbr == "AYP"
    assert Region.objects.get(country__code="CL", order=16).abbr == "MAG"
    assert Country.objects.get(code="CL").currency == "CLP"


@pytest.mark.django_db
def test_a_commune_from_before_the_region_of_nuble_is_found_by_its_old_code():
    territory.load_all()

    alias = CommuneAlias.objects.select_related("commune__region").get(old_code="08401")

    assert alias.commune.name == "Chillán"
    assert alias.commune.region.abbr == "NUB"


@pytest.mark.django_db
def test_loading_again_writes_nothing():
    territory.load_all()

    assert territory.load_all() == 2 * [territory.Loaded(created=0, updated=0)]


@pytest.mark.django_db
def test_a_changed_name_is_brought_in_and_its_row_stays_the_same(load):
    load(SOUND)
    before = Commune.objects.get(code="81101")

    loaded = load(SOUND.replace('"Iquique", province', '"Iquique Nuevo", province'))

    assert loaded == territory.Loaded(created=0, updated=1)
    assert Commune.objects.get(code="81101").pk == before.pk
    assert Commune.objects.get(code="81101").name_folded == "iquique nuevo"


DAMAGE = [
    ('code = "81", abbr', 'code = "82", abbr', "[regions] item 2: '82' repeats item 1"),
    ('code = "81101"', 'code = "99101"', "[communes] item 1: there is no region '99'"),
    ('commune = "81101"', 'commune = "81102"', "[aliases] item 1: there is no commune '81102'"),
    ('region = "81"', 'region = "99"', "[offices] item 1: there is no region '99'"),
    (', name = "Tarapacá"', "", "[regions] item 2: name is missing"),
    ('abbr = "NOR"', 'abbr = "NOR", colour = "red"', "[regions] item 2: colour is not known"),
    ('source = ["ours"]', 'source = ["theirs"]', "names the source 'theirs'"),
    ('source = ["ours"]', "", "[regions] names no source"),
    ('currency = "CLP"', "", "[country] needs"),
    ("[offices]", "[officers]", "[officers] is not a known section"),
    ("[sources]", "[sources", "line 8"),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("was", "becomes", "told"), DAMAGE)
def test_a_damaged_file_is_refused_whole_and_says_where(load, was, becomes, told):
    with pytest.raises(territory.TerritoryError) as refusal:
        load(SOUND.replace(was, becomes))

    assert told in str(refusal.value)
    assert str(refusal.value).startswith("cl.toml: ")
    assert not Country.objects.filter(code="ZZ").exists()


@pytest.mark.django_db(transaction=True)
def test_a_load_cut_short_leaves_nothing(load, monkeypatch):
    def cut(*args, **kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr(territory, "_alias", cut)

    with pytest.raises(KeyboardInterrupt):
        load(SOUND)

    assert not Country.objects.filter(code="ZZ").exists()
