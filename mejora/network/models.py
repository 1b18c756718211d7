"""Places and the people in them: owners, offices, schools and their years, memberships."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q

from mejora.core.folding import fold
from mejora.core.identifiers import DANE_DIGITS, parse_rbd
from mejora.network.enums import (
    CodeScheme,
    Dependency,
    Operating,
    OwnerKind,
    PlaceKind,
    Regime,
    Role,
)
from mejora.people.models import User

if TYPE_CHECKING:
    from mejora.network.access import Actor, Deed


class Country(models.Model):
    code = models.CharField("código", max_length=2, unique=True)
    name = models.CharField("nombre", max_length=60)
    currency = models.CharField("moneda", max_length=3)
    tz = models.CharField("zona horaria", max_length=40)

    def __str__(self) -> str:
        return self.name


class Region(models.Model):
    """Región (Chile), departamento (Colombia). `order` runs north to south."""

    country = models.ForeignKey(Country, on_delete=models.PROTECT, related_name="regions")
    code = models.CharField("código", max_length=4)
    name = models.CharField("nombre", max_length=80)
    abbr = models.CharField("sigla", max_length=8)
    order = models.PositiveSmallIntegerField("orden")

    class Meta:
        ordering = ["country", "order"]
        constraints = [
            models.UniqueConstraint(fields=["country", "code"], name="region_code_unique")
        ]

    def __str__(self) -> str:
        return self.name


class CommuneQuerySet(models.QuerySet["Commune"]):
    def of(self, country_code: str) -> CommuneQuerySet:
        """Those of one country: a code alone does not tell which."""
        return self.filter(region__country__code=country_code)


class Commune(models.Model):
    """Comuna (CUT code, 5 digits with its leading zero), municipio (DIVIPOLA). Both countries have
    a 05101."""

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="communes")
    code = models.CharField("código", max_length=5)
    name = models.CharField("nombre", max_length=80)
    name_folded = models.CharField(max_length=80)
    province = models.CharField("provincia", max_length=80, blank=True)

    objects = CommuneQuerySet.as_manager()

    class Meta:
        ordering = ["name_folded"]
        constraints = [
            models.UniqueConstraint(fields=["code", "region"], name="commune_code_unique")
        ]

    def __str__(self) -> str:
        return self.name


class CommuneAlias(models.Model):
    """A code or name from before a change of borders, and the commune it is today."""

    commune = models.ForeignKey(Commune, on_delete=models.PROTECT, related_name="aliases")
    old_code = models.CharField("código anterior", max_length=5, blank=True)
    old_name = models.CharField("nombre anterior", max_length=80, blank=True)
    until_year = models.PositiveSmallIntegerField("hasta el año")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["old_code"], condition=~Q(old_code=""), name="commune_alias_code_unique"
            )
        ]

    def __str__(self) -> str:
        return self.old_code or self.old_name


class SupervisionOffice(models.Model):
    """Departamento provincial de educación (Deprov)."""

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="offices")
    code = models.CharField("código", max_length=6)
    name = models.CharField("nombre", max_length=80)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["region", "code"], name="office_code_unique")
        ]

    def __str__(self) -> str:
        return self.name


class Owner(models.Model):
    """Sostenedor. `key` says what it is: `slep:1201`, `muni:04102`, `corp:...`, `rut:...`."""

    country = models.ForeignKey(Country, on_delete=models.PROTECT, related_name="owners")
    kind = models.CharField("tipo", max_length=8, choices=OwnerKind)
    key = models.CharField("clave", max_length=40)
    name = models.CharField("nombre", max_length=160)
    name_folded = models.CharField(max_length=160)
    tax_id = models.CharField("RUT", max_length=12, blank=True)

    class Meta:
        ordering = ["name_folded"]
        constraints = [models.UniqueConstraint(fields=["country", "key"], name="owner_key_unique")]

    def __str__(self) -> str:
        return self.name


class SlepTerritory(models.Model):
    """A commune whose public schools pass to a SLEP on 1 January of `transfer_year`."""

    owner = models.ForeignKey(Owner, on_delete=models.PROTECT, related_name="territory")
    commune = models.OneToOneField(Commune, on_delete=models.PROTECT, related_name="slep")
    starts_year = models.PositiveSmallIntegerField("inicio de funciones", null=True)
    transfer_year = models.PositiveSmallIntegerField("traspaso del servicio", null=True)

    def __str__(self) -> str:
        return f"{self.owner} · {self.commune}"


class SchoolQuerySet(models.QuerySet["School"]):
    def visible_to(self, actor: Actor, deed: Deed | None = None) -> SchoolQuerySet:
        """The schools where the person may do `deed` (by default: see that the school exists)."""
        from mejora.network import access

        return self.filter(access.schools(actor, deed or access.Deed.SEE_SCHOOL))

    def search(self, text: str) -> SchoolQuerySet:
        """Every word of `text` in name, code, commune or owner, whatever its case and accents.
        A number alone is the RBD ("90.072-5") or a whole word of the name ("Liceo Nº 58")."""
        if rbd := parse_rbd(text):
            return self.filter(Q(code=rbd[0]) | Q(search_text__contains=f" {rbd[0]} "))
        found = self
        for word in fold(text).split():
            found = found.filter(search_text__contains=word)
        return found


class School(models.Model):
    """A school as it is today: the copy of its newest SchoolYear. Older years never change it."""

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    country = models.ForeignKey(Country, on_delete=models.PROTECT, related_name="schools")
    code = models.CharField("código vigente", max_length=12, unique=True)
    check_digit = models.CharField("dígito verificador", max_length=1, blank=True)
    name = models.CharField("nombre", max_length=160)
    search_text = models.TextField("texto de búsqueda", editable=False)
    commune = models.ForeignKey(Commune, on_delete=models.PROTECT, related_name="schools")
    office = models.ForeignKey(
        SupervisionOffice, on_delete=models.PROTECT, null=True, related_name="schools"
    )
    owner = models.ForeignKey(Owner, on_delete=models.PROTECT, null=True, related_name="schools")
    current_year = models.PositiveSmallIntegerField("año de los datos")
    latitude = models.DecimalField("latitud", max_digits=9, decimal_places=6, null=True)
    longitude = models.DecimalField("longitud", max_digits=9, decimal_places=6, null=True)
    phone = models.CharField("teléfono", max_length=30, blank=True)
    is_sample = models.BooleanField("de ejemplo", default=False)

    objects = SchoolQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["name", "id"], name="school_by_name")]

    def __str__(self) -> str:
        return self.name

    @property
    def code_label(self) -> str:
        """ "RBD 90012-5" or "DANE 205045000703", as people write it."""
        if len(self.code) == DANE_DIGITS:
            return f"DANE {self.code}"
        return f"RBD {self.code}-{self.check_digit}" if self.check_digit else f"RBD {self.code}"


class SchoolCode(models.Model):
    """Every code the school has had; DANE codes change, RBD do not."""

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="codes")
    scheme = models.CharField("sistema", max_length=4, choices=CodeScheme)
    code = models.CharField("código", max_length=12)
    valid_from = models.DateField("desde", null=True, blank=True)
    valid_to = models.DateField("hasta", null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["scheme", "code"],
                condition=Q(valid_to__isnull=True),
                name="school_code_in_force_unique",
            )
        ]

    def __str__(self) -> str:
        return self.code


class SchoolYearQuerySet(models.QuerySet["SchoolYear"]):
    def newest(self) -> SchoolYearQuerySet:
        """The year that each school's present is the copy of."""
        return self.filter(year=F("school__current_year"))


class SchoolYear(models.Model):
    """What is known of a school in a year. NULL is unknown, 0 is zero."""

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="years")
    year = models.PositiveSmallIntegerField("año")
    name = models.CharField("nombre", max_length=160)
    commune = models.ForeignKey(Commune, on_delete=models.PROTECT, related_name="+")
    office = models.ForeignKey(
        SupervisionOffice, on_delete=models.PROTECT, null=True, related_name="+"
    )
    owner = models.ForeignKey(
        Owner, on_delete=models.PROTECT, null=True, related_name="school_years"
    )
    dependency = models.CharField("dependencia", max_length=1, choices=Dependency)
    operating = models.CharField("estado", max_length=1, choices=Operating)
    is_rural = models.BooleanField("rural", null=True)
    enrolment = models.PositiveIntegerField("matrícula", null=True)
    has_sep = models.BooleanField("convenio SEP", null=True)
    sep_class = models.CharField("clasificación SEP", max_length=20, blank=True)
    regime = models.CharField(
        "régimen", max_length=2, choices=Regime, blank=True, default="", db_default=""
    )
    in_roster = models.BooleanField("debe tener plan", default=False)
    roster_reason = models.CharField("por qué", max_length=120, blank=True)
    # The file that said the rest of the year, and the one that said the SEP class.
    batch = models.ForeignKey("ImportBatch", on_delete=models.PROTECT, null=True, related_name="+")
    sep_batch = models.ForeignKey(
        "ImportBatch", on_delete=models.PROTECT, null=True, related_name="+"
    )

    objects = SchoolYearQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["school", "year"], name="school_year_unique")
        ]
        indexes = [
            models.Index(
                fields=["year", "in_roster", "school", "commune"], name="school_year_roster"
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.year}"


ROLE_PLACES: dict[Role, tuple[PlaceKind, ...]] = {
    Role.DIRECTOR: (PlaceKind.SCHOOL,),
    Role.PLANNER: (PlaceKind.SCHOOL,),
    Role.RESPONSIBLE: (PlaceKind.SCHOOL,),
    Role.OWNER: (PlaceKind.OWNER,),
    Role.SUPERVISOR: (PlaceKind.OFFICE, PlaceKind.REGION),
    Role.ADVISER: (PlaceKind.SCHOOL, PlaceKind.OWNER, PlaceKind.OFFICE),
    Role.DISTRICT_LEAD: (PlaceKind.OWNER,),
    Role.QUALITY_LEAD: (PlaceKind.OWNER,),
    Role.PROFESSIONAL: (PlaceKind.OWNER,),
    Role.OPERATIVE: (PlaceKind.OWNER,),
    Role.ANALYST: (PlaceKind.REGION, PlaceKind.COUNTRY),
    Role.ADMINISTRATOR: (PlaceKind.COUNTRY,),
}


def role_fits_place() -> Q:
    """For tables whose rows tie a role to a place: exactly one place, of a kind that fits."""
    fits = Q()
    for role, kinds in ROLE_PLACES.items():
        for kind in kinds:
            others = {f"{other}__isnull": other != kind for other in PlaceKind.values}
            fits |= Q(role=role, **others)
    return fits


class MembershipQuerySet(models.QuerySet["Membership"]):
    def in_force(self, on: dt.date) -> MembershipQuerySet:
        """The last day counts, unless somebody ended it on that day: then it is over at once."""
        last_day = Q(to_on=on, ended_by__isnull=True)
        return self.filter(Q(to_on__isnull=True) | Q(to_on__gt=on) | last_day, from_on__lte=on)

    def over(self, on: dt.date) -> MembershipQuerySet:
        """Those of before: past their last day, or ended by somebody on this one."""
        return self.filter(Q(to_on__lt=on) | Q(to_on=on, ended_by__isnull=False))

    def with_places(self) -> MembershipQuerySet:
        return self.select_related(
            *("user", "school__commune", "school__country", "owner__country"),
            *("office__region__country", "region__country", "country"),
        )


class Membership(models.Model):
    """A person in a role at a place, from a day to a day. Ended ones stay as history."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField("rol", max_length=14, choices=Role)
    school = models.ForeignKey(
        School, on_delete=models.PROTECT, null=True, blank=True, related_name="memberships"
    )
    owner = models.ForeignKey(
        Owner, on_delete=models.PROTECT, null=True, blank=True, related_name="memberships"
    )
    office = models.ForeignKey(
        SupervisionOffice,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="memberships",
    )
    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, null=True, blank=True, related_name="memberships"
    )
    country = models.ForeignKey(
        Country, on_delete=models.PROTECT, null=True, blank=True, related_name="memberships"
    )
    from_on = models.DateField("desde")
    to_on = models.DateField("hasta", null=True, blank=True)
    invited_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    ended_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = MembershipQuerySet.as_manager()

    class Meta:
        ordering = ["from_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=role_fits_place(),
                name="membership_role_fits_place",
                violation_error_message="Ese rol no corresponde a ese tipo de lugar.",
            ),
            models.CheckConstraint(
                condition=Q(to_on__isnull=True) | Q(to_on__gte=F("from_on")),
                name="membership_ends_after_it_starts",
                violation_error_message="La fecha de término debe ser posterior al inicio.",
            ),
            *(
                models.UniqueConstraint(
                    fields=["user", "role", kind],
                    condition=Q(to_on__isnull=True, **{f"{kind}__isnull": False}),
                    name=f"membership_once_per_{kind}",
                    violation_error_message="Esa persona ya tiene ese rol en ese lugar.",
                )
                for kind in PlaceKind.values
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.get_role_display()} · {self.place}"

    @property
    def place_kind(self) -> PlaceKind:
        return next(k for k in PlaceKind if getattr(self, f"{k.value}_id") is not None)

    @property
    def place(self) -> School | Owner | SupervisionOffice | Region | Country:
        found: School | Owner | SupervisionOffice | Region | Country = getattr(
            self, self.place_kind.value
        )
        return found

    @property
    def within(self) -> Country:
        """The country that the place is in: nothing beyond its border is this membership's."""
        return country_of(self.place)


def country_id_of(place: School | Owner | SupervisionOffice | Region | Country) -> int:
    """The key of the country, without reading it."""
    match place:
        case Country():
            return place.pk
        case SupervisionOffice():
            return place.region.country_id
        case _:
            return place.country_id


def country_of(place: School | Owner | SupervisionOffice | Region | Country) -> Country:
    match place:
        case Country():
            return place
        case SupervisionOffice():
            return place.region.country
        case _:
            return place.country


from mejora.network import colombia as colombia  # noqa: E402 - its models belong to this app
from mejora.network import contacts as contacts  # noqa: E402 - its models belong to this app
from mejora.network import facts as facts  # noqa: E402 - as above
from mejora.network import invitations as invitations  # noqa: E402 - as above
from mejora.network.batches import ImportBatch as ImportBatch  # noqa: E402 - as above
from mejora.network.batches import ImportIssue as ImportIssue  # noqa: E402 - as above
from mejora.network.batches import ImportRow as ImportRow  # noqa: E402 - as above
