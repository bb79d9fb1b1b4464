"""One spelling for names and road numbers, so that 'Ｇ 104', 'g104' and '104国道' are one road."""

from __future__ import annotations

import re
import unicodedata

_SPLIT = re.compile(r"[;,/、]")
_IDLE = re.compile(r"[\s\-‐‑–—·・.'’\"“”()\[\]《》]+")
_REF = re.compile(r"[a-z]{1,4}[0-9]{1,4}[a-z]?")


def plain(text: str) -> str:
    """Full-width characters made narrow, control characters and runs of blanks one blank."""
    narrow = unicodedata.normalize("NFKC", text)
    return " ".join("".join(c if c.isprintable() else " " for c in narrow).split())


def fold(text: str) -> str:
    """A name for comparing: narrow, lower case, without accents, blanks, hyphens or brackets."""
    apart = unicodedata.normalize("NFKD", plain(text).casefold())
    bare = "".join(c for c in apart if not unicodedata.combining(c))
    return _IDLE.sub("", unicodedata.normalize("NFKC", bare))


def refs_of(text: str) -> tuple[str, ...]:
    """The road numbers of a ref such as "G 104;G1523", as written without blanks: G104, G1523."""
    found = (fold(part).upper() for part in _SPLIT.split(plain(text)))
    return tuple(dict.fromkeys(part for part in found if part))


def is_ref(text: str) -> bool:
    """Whether a text looks like a road number: G104, A28, CG-2."""
    return _REF.fullmatch(fold(text)) is not None
