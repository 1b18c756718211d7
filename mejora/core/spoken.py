"""Templates that speak as the reader's country: the text between their tags goes through `say`.

The loader marks such text once, when a template is read, so that templates are written without
thinking of it; what a template shows of a variable is left alone, because people may have typed it.
"""

from __future__ import annotations

from django.template import Origin
from django.template.base import tag_re
from django.template.loaders.filesystem import Loader as FilesystemLoader

from mejora.core import speech


class Loader(FilesystemLoader):
    def get_contents(self, origin: Origin) -> str:
        return marked(str(super().get_contents(origin)))


def marked(source: str) -> str:
    """Every stretch of text that some country says otherwise, between `said` and `endsaid`. Lines
    keep their numbers."""
    pieces = tag_re.split(source)
    return "".join(
        f"{{% said %}}{piece}{{% endsaid %}}" if speech.has_words(piece) and is_text else piece
        for piece, is_text in ((p, not tag_re.fullmatch(p)) for p in pieces)
    )
