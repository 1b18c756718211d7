"""What goes along with a record for whoever opens it without Mejora: every table and column."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any

from django.db import models

from mejora.core import spreadsheets
from mejora.files.models import StoredFile
from mejora.frameworks.models import Area, Edition, Term
from mejora.monitoring.package.archive import About
from mejora.monitoring.package.kinds import BY_MODEL, KINDS, Field, Kind, Row
from mejora.network.models import Country, ImportBatch, Membership, Region
from mejora.people.models import User

# In the CSV the trees of the versions would be unreadable; datos.json has them.
_NOT_IN_CSV = {"versiones": {"content"}}
_HEAD = """EXPEDIENTE DE UNA ESCUELA
{name}, RBD {school}
Sacado de Mejora {app_version} el {taken_at} por {taken_by}.
Años del PME: {years}.{left_out}

Qué contiene
  datos.json          todo, en un solo archivo JSON (UTF-8, claves en orden alfabético)
  csv/                lo mismo, una tabla por archivo (separador ;, UTF-8 con marca)
  archivos/           los archivos de evidencia; el nombre es la suma SHA-256 de su contenido
  expediente.json     de qué escuela es, cuándo y quién lo sacó; formato {format}, versión {version}
  MANIFIESTO.sha256   la suma de cada parte; se comprueba con: sha256sum -c MANIFIESTO.sha256
El comentario del ZIP termina con la suma SHA-256 de todos los bytes anteriores.

Cómo se lee
  Fechas AAAA-MM-DD; momentos ISO 8601 en UTC; decimales con punto; montos en pesos enteros.
  null (vacío en el CSV) es «no se sabe» o «no corresponde»; 0 es cero.
  Cada fila se nombra por su clave, igual en toda instalación; donde una columna apunta a otra
  tabla, dice esa clave. Las personas van solo con su nombre; las de la escuela, con su rol.
  En el CSV, un texto que una planilla ejecutaría como fórmula lleva un apóstrofo delante.
  Contiene nombres de personas y puede contener imágenes: guárdelo en un lugar seguro.

Cómo se vuelve a usar
  Otra instalación de Mejora lo importa: python -m mejora import package ARCHIVO
  Importarlo dos veces no cambia nada. No crea cuentas ni quita nada.

Tablas y columnas
"""
# Columns to which the models give no words.
WORDS = {
    "action": "acción",
    "area": "dimensión",
    "batch": "de una carga",
    "by": "quién",
    "commune": "comuna",
    "country": "país",
    "decided_by": "quién la decidió",
    "decided_in": "decidida por una carga",
    "done_by": "quién lo cumplió",
    "edition": "marco",
    "event": "movimiento en que se tomó",
    "file": "archivo",
    "goal": "meta",
    "indicator": "indicador",
    "justification": "justificación del nivel",
    "level": "nivel de implementación",
    "level_now": "último nivel informado",
    "milestone": "hito",
    "name_folded": "nombre para buscar",
    "normative_plans": "planes por normativa",
    "objective": "objetivo",
    "office": "departamento provincial",
    "owner": "sostenedor",
    "people": "personas",
    "period": "período",
    "plan": "plan",
    "plan_year": "año del PME",
    "region": "región",
    "removed_by": "quién lo envió a la papelera",
    "reported_by": "quién informó",
    "requirement": "medio de verificación",
    "responsible": "quién informa",
    "reviewed_by": "quién lo revisó",
    "revision": "veces que se guardó",
    "seals": "sellos",
    "sent_by": "quién la envió",
    "sep_batch": "clasificación SEP de una carga",
    "source": "fuente de financiamiento",
    "stage": "etapa",
    "strategy": "estrategia",
    "subareas": "subdimensiones",
    "uid": "identificador, igual en toda instalación",
    "uploaded_by": "quién lo subió",
}
_POINTS_TO: dict[type[models.Model], str] = {
    User: "nombre de la persona",
    Membership: "nombre y rol de la persona en la escuela",
    ImportBatch: "true si lo trajo una carga de datos",
    Area: "código de la dimensión o subdimensión",
    Term: "clase y código del término del marco",
    Edition: "código del marco",
    Region: "código de la región",
    Country: "código del país",
    StoredFile: "archivos",
}


def readme(about: About) -> str:
    left = about.years_left_out
    said = {
        **{name: getattr(about, name) for name in about.__slots__},
        "years": ", ".join(map(str, about.years)) or "ninguno",
        "left_out": f" Quedaron fuera {left}, que quien lo sacó no puede leer." if left else "",
    }
    lines = [_HEAD.format(**said)]
    for kind in KINDS:
        lines.append(f"{kind.name}: {kind.title}. Clave: {', '.join(kind.key)}.")
        lines += [f"  {name:20} {text}" for name, text in columns(kind)]
        lines.append("")
    return "\n".join(lines)


def columns(kind: Kind) -> Iterator[tuple[str, str]]:
    """Each column with what it says."""
    for field in kind.fields():
        yield field.name, _described(field)
    for link in kind.links():
        yield link.name, f"{WORDS[link.name]}: lista, {_target(link.related_model)}"


def _described(field: Field) -> str:
    text = WORDS.get(field.name) or str(field.verbose_name)
    if field.help_text:
        text += f" ({field.help_text})"
    if field.is_relation:
        return f"{text}: {_target(field.related_model)}"
    if field.choices:
        said = "; ".join(f"{value} = {label}" for value, label in field.flatchoices)
        return f"{text}: {said}"
    return text


def _target(model: Any) -> str:
    if model in _POINTS_TO and model is not StoredFile:
        return _POINTS_TO[model]
    return f"clave en {BY_MODEL[model].name}"


def table(kind: Kind, rows: list[Row]) -> bytes:
    """A table as CSV."""
    out = _NOT_IN_CSV.get(kind.name, set())
    names = [name for name, _ in columns(kind) if name not in out]
    text = io.StringIO()
    spreadsheets.write_csv(text, names, ([_cell(row[name]) for name in names] for row in rows))
    return text.getvalue().encode()


def _cell(value: Any) -> str | int | None:
    if isinstance(value, bool):
        return int(value)
    if value is None or isinstance(value, str | int):
        return value
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
