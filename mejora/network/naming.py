"""How the network's things are named where no source names them, and what search looks in."""

from mejora.core.folding import fold
from mejora.network.enums import OwnerKind

# Letters that old code pages turned into others, seen in the official directory: BORGOÐO, SE¥ORA,
# O¦HIGGINS. The name is kept as it came; search also finds the mended one.
_DAMAGED = str.maketrans({"Ð": "Ñ", "¥": "Ñ", "¦": "'", "^": "'"})
_SIGNS_OF_DAMAGE = frozenset("Ð¥¦^ÕÝÛ·_�Ã")
ABSENT_NAMES = frozenset({"", "null", "sin nombre", "s/n"})


def mended(name: str) -> str:
    return name.translate(_DAMAGED)


def is_damaged(name: str) -> bool:
    return not _SIGNS_OF_DAMAGE.isdisjoint(name)


def search_text(code: str, name: str, commune: str, owner: str) -> str:
    """Folded; every word that a person may type to find the school."""
    words = [code, name, commune, owner]
    if is_damaged(name):
        words.append(mended(name))
    return fold(" ".join(words))


def nameless(code: str) -> str:
    return f"Sin nombre (RBD {code})"


def municipal_owner_key(kind: OwnerKind, commune_code: str) -> str:
    return f"{kind}:{commune_code}"


def slep_key(code: int | str) -> str:
    return f"slep:{code}"


def municipal_owner_name(kind: OwnerKind, commune: str) -> str:
    """The directory does not name municipal owners: they follow from commune and dependency."""
    if kind == OwnerKind.CORPORATION:
        return f"Corporación Municipal de {commune}"
    return f"Municipalidad de {commune}"
