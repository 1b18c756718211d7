"""Names compared as people compare them: without case, accents, dashes or doubled spaces."""

import re
import unicodedata

_APOSTROPHES = str.maketrans(dict.fromkeys("´`’‘", "'"))
_NOISE = re.compile(r"[\s\-–—_.,;:()\"«»]+")


def fold(text: str) -> str:
    """A key for search and comparison: `fold("  MARÍA  Elena ") == "maria elena"`.

    Both databases store and search this form, because they disagree about case and accents.
    """
    plain = unicodedata.normalize("NFKD", text.translate(_APOSTROPHES)).casefold()
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    return _NOISE.sub(" ", plain).strip()
