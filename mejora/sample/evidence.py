"""Small made-up photos and minutes, checked and kept by the same code as everybody's files."""

from __future__ import annotations

import io
from contextlib import ExitStack
from dataclasses import dataclass, field

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image, ImageDraw

from mejora.files import checking, storing
from mejora.files.models import StoredFile
from mejora.monitoring.models import EvidenceUse, ProgressReport
from mejora.sample.chance import Chance
from mejora.sample.rows import Rows
from mejora.sample.stories import ActionStory, Story, YearStory

SIZE = (320, 240)
SKY = ("#cfe3ee", "#e7e2cf", "#dbe8da", "#eadfd6")
EARTH = ("#5b7f5a", "#8a6f4d", "#4f6d7a", "#7a5c61")
PHOTOS = ("Jornada con familias", "Trabajo en sala", "Muestra de cursos", "Salida a terreno")
MINUTES = ("Acta de consejo", "Lista de asistencia", "Informe del mes", "Pauta aplicada")


@dataclass
class Album:
    """The files of one school. `kept` holds the stored bytes until the rows are committed."""

    rows: Rows
    story: Story
    kept: ExitStack
    files: list[StoredFile] = field(default_factory=list)

    def gather(self, year: YearStory, count: int) -> None:
        """`count` new files, and which reports they prove."""
        if not year.reports:
            return
        chance = self.story.chance
        new = [self._file(year, chance, number) for number in range(count)]
        reported = [made for made in year.actions if made.reports]
        for file in new:
            for made in chance.some(reported, 1 + chance.likely(0.4)):
                self._use(year, file, made, chance.choice(made.reports))

    def fill(self, year: YearStory) -> None:
        """As many files as each action is told to have, drawn from a shared album of twenty."""
        chance = self.story.chance
        album = [self._file(year, chance, number) for number in range(20)] if year.reports else []
        for made in year.actions:
            if made.reports:
                for file in chance.sample(album, min(made.planned.file_count, len(album))):
                    self._use(year, file, made, chance.choice(made.reports))

    def _file(self, year: YearStory, chance: Chance, number: int) -> StoredFile:
        is_photo = number % 2 == 0
        title = chance.choice(PHOTOS if is_photo else MINUTES)
        stem = f"{title} {year.row.year}-{number + 1:02}"
        line = f"{self.story.school.name}. {stem}. Datos de ejemplo."
        content = photo(chance, line) if is_photo else minutes(line)
        checked = checking.check(ContentFile(content, f"{stem}.{'jpg' if is_photo else 'pdf'}"))
        space = f"school:{self.story.school.uid}"
        uid = chance.uid()
        # Left by an installation whose database was thrown away: nothing refers to it.
        default_storage.delete(storing.path_of(uid))
        kept = self.kept.enter_context(storing.keeping(checked, space=space, uid=uid))
        first = min(report.at for report in year.reports)
        shows_people = is_photo and chance.likely(0.2)
        return self.rows.add(
            StoredFile(
                uid=kept.uid,
                space=space,
                sha256=checked.sha256,
                stored_sha256=checked.stored_sha256,
                size=checked.size,
                mime=checked.kind.mime,
                original_name=checked.name,
                uploaded_by=year.reports[0].reported_by,
                uploaded_at=first,
                may_hold_personal_data=shows_people,
                retain_until=storing.retention(first.date()) if shows_people else None,
            )
        )

    def _use(
        self, year: YearStory, file: StoredFile, made: ActionStory, report: ProgressReport
    ) -> None:
        """Against the first means of verification that has none yet, except those that the school
        still lacks."""
        count = sum(use.action is made.action for use in year.evidence)
        asked = made.requirements[: len(made.requirements) - made.planned.lacks_proof]
        requirement = asked[count] if count < len(asked) else None
        year.evidence.append(
            self.rows.add(
                EvidenceUse(
                    uid=self.story.chance.uid(),
                    file=file,
                    action=made.action,
                    milestone=requirement.milestone if requirement else None,
                    requirement=requirement,
                    by=report.reported_by,
                    at=report.at,
                )
            )
        )


def photo(chance: Chance, line: str) -> bytes:
    """A hill, a building and a sun; never two alike."""
    image = Image.new("RGB", SIZE, chance.choice(SKY))
    draw = ImageDraw.Draw(image)
    width, height = SIZE
    horizon = chance.randint(110, 150)
    sun = chance.randint(30, width - 60)
    draw.ellipse((sun, 20, sun + 36, 56), fill="#f2c14e")
    peak = chance.randint(60, width - 60)
    draw.polygon(((0, horizon + 30), (peak, 40), (width, horizon + 40)), fill="#8fa3ad")
    draw.rectangle((0, horizon + 20, width, height), fill=chance.choice(EARTH))
    left = chance.randint(20, 180)
    draw.rectangle((left, horizon - 20, left + 110, horizon + 60), fill="#f4efe6")
    for window in range(3):
        x = left + 12 + window * 34
        draw.rectangle((x, horizon, x + 20, horizon + 20), fill="#40606e")
    draw.rectangle((0, height - 18, width, height), fill="#ffffff")
    draw.text((6, height - 15), line[:60], fill="#222222")
    content = io.BytesIO()
    image.save(content, "JPEG", quality=70)
    return content.getvalue()


def minutes(line: str) -> bytes:
    """The smallest honest PDF: one page with one line of text."""
    shown = line.encode("cp1252", "replace").replace(b"\\", b"\\\\")
    shown = shown.replace(b"(", b"\\(").replace(b")", b"\\)")
    page = b"BT /F1 12 Tf 60 760 Td (" + shown + b") Tj ET"
    objects = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R"
        b"/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(page), page),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
    )
    content, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(content))
        content += b"%d 0 obj%s endobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    count = len(objects) + 1
    return (
        content
        + b"xref\n0 %d\n0000000000 65535 f \n%s" % (count, table)
        + b"trailer<</Size %d/Root 1 0 R>>\n" % count
        + b"startxref\n%d\n%%%%EOF\n" % len(content)
    )
