"""The message catalogues: every word a person reads, in Chinese first and in English.

``data/words/<language>/<area>.toml`` holds the sentences of one area; a key is
``area.section.name`` and a sentence names its values in braces.
"""

from __future__ import annotations

import tomllib
from functools import cache
from typing import Any

from geo.home import DATA

LANGUAGES = ("zh-CN", "en")


def say(key: str, language: str = "zh-CN", /, **values: Any) -> str:
    """The sentence for ``key``, with its values set in; the key itself if no catalogue has it."""
    text = catalogue(language).get(key)
    if text is None:
        return key
    return text.format(**values) if values else text


@cache
def catalogue(language: str) -> dict[str, str]:
    """Every sentence of a language, by its dotted key."""
    if language not in LANGUAGES:
        raise ValueError(f"language is one of {LANGUAGES}, not {language!r}")
    out: dict[str, str] = {}
    for path in sorted((DATA / "words" / language).glob("*.toml")):
        _flatten(tomllib.loads(path.read_text(encoding="utf-8")), path.stem, out)
    return out


def _flatten(table: dict[str, Any], prefix: str, out: dict[str, str]) -> None:
    for key, value in table.items():
        dotted = f"{prefix}.{key}"
        if isinstance(value, dict):
            _flatten(value, dotted, out)
        else:
            out[dotted] = str(value)
