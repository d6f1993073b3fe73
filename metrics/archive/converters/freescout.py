"""FreeScout: pages of GET /api/conversations?embed=threads,tags. Its API & Webhooks module speaks Help Scout's shape.

https://api-docs.freescout.net/
"""

from collections.abc import Iterable, Iterator
from typing import Any

from metrics.archive.converters.common import Line
from metrics.archive.converters.helpscout import convert_as


def convert(pages: Iterable[Any], shop: str) -> Iterator[Line]:
    yield from convert_as("freescout", pages, shop)
