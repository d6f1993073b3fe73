"""From other helpdesks' own exports to archive lines: thin mappers, one file each.

A converter takes the parsed files (pages of the vendor's API, as fetched) and the key of the shop, and yields lines.
Tickets come first and people last: an import allows references in any order.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from metrics.archive.converters import chatwoot, freescout, gorgias, helpscout, zendesk

Converter = Callable[[Iterable[Any], str], Iterator[dict[str, Any]]]
CONVERTERS: dict[str, Converter] = {
    "chatwoot": chatwoot.convert,
    "freescout": freescout.convert,
    "gorgias": gorgias.convert,
    "helpscout": helpscout.convert,
    "zendesk": zendesk.convert,
}
