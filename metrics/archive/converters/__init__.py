"""From other helpdesks' own exports to archive lines: thin mappers, one file each.

A converter takes the parsed files (pages of the vendor's API, as fetched) and the key of the shop, and yields lines.
Tickets come first and people last: an import allows references in any order.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from metrics.archive.converters import chatwoot, freescout, gorgias, helpscout, zendesk

Converter = Callable[[Iterable[Any], str], Iterator[dict[str, Any]]]
NAMES = {
    "chatwoot": "Chatwoot",
    "freescout": "FreeScout",
    "gorgias": "Gorgias",
    "helpscout": "Help Scout",
    "zendesk": "Zendesk",
}
CONVERTERS: dict[str, Converter] = {
    "chatwoot": chatwoot.convert,
    "freescout": freescout.convert,
    "gorgias": gorgias.convert,
    "helpscout": helpscout.convert,
    "zendesk": zendesk.convert,
}


class NotThis(ValueError):
    """These files are not what they were said to be; the words say where it showed."""


def converted(kind: str, files: Iterable[Path], shop: str) -> Iterator[str]:
    """The archive's lines of these files, without ends. NotThis when they are no such export; OSError."""
    try:
        for line in CONVERTERS[kind](pages(files), shop):
            yield json.dumps(line, ensure_ascii=False, separators=(",", ":"))
    except (KeyError, TypeError, AttributeError, ValueError) as problem:
        raise NotThis(f"These files are no {kind} export: {type(problem).__name__} {problem}") from None


def write_converted(kind: str, files: Iterable[Path], shop: str, to: Path) -> None:
    """NotThis too when there is not one line in them: whoever waits for a report would see an empty one."""
    with to.open("w", encoding="utf-8") as file:
        file.writelines(line + "\n" for line in converted(kind, files, shop))
    if not to.stat().st_size:
        raise NotThis(f"These files are no {kind} export: they hold no ticket and nobody")


def pages(files: Iterable[Path]) -> Iterator[Any]:
    """The JSON values of the files: one or several in each, one after the other."""
    read = json.JSONDecoder().raw_decode
    for path in files:
        text = path.read_text(encoding="utf-8-sig")
        place = _next(text, 0)
        while place < len(text):
            value, place = read(text, place)
            yield value
            place = _next(text, place)


def _next(text: str, place: int) -> int:
    """Past white space, and past the mark with which a file begins that was put behind another."""
    while place < len(text) and text[place] in " \t\r\n\ufeff":
        place += 1
    return place
