"""What the desk's pages weigh on the way to the browser."""

import re
from gzip import compress
from pathlib import Path

from django.contrib.staticfiles import finders
from django.test import Client

from accounts.models import Role, User
from bench.__main__ import Row

IMPORT = re.compile(r"""\bimport\s*(?:[\w*{][^;"']*?\bfrom\s*)?["']([^"']+)["']""")


def rows() -> list[Row]:
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(User.objects.filter(role=Role.AGENT).earliest("pk"))
    page = client.get("/").content
    desk, composer = modules("js/app.js"), modules("js/rich/editor.js")
    return [
        _row("weight: inbox, 50 rows, HTML as it is", len(page), 30),
        _row("weight: inbox, 50 rows, HTML as a proxy sends it (gzip)", len(compress(page)), 30),
        _row("weight: the desk's JavaScript (gzip)", sum(desk.values()), 45),
        _row("weight: the composer's, on focus (gzip)", sum(composer.values()) - _shared(desk, composer), 35),
    ]


def modules(entry: str) -> dict[Path, int]:
    """The compressed size of a module and of all that it imports."""
    found: dict[Path, int] = {}
    waiting = [entry]
    while waiting:
        name = waiting.pop()
        path = Path(str(finders.find(name)))
        if path in found:
            continue
        text = path.read_text()
        found[path] = len(compress(text.encode()))
        here = Path("/") / Path(name).parent
        waiting += [str((here / other).resolve().relative_to("/")) for other in IMPORT.findall(text)]
    return found


def _shared(one: dict[Path, int], other: dict[Path, int]) -> int:
    return sum(size for path, size in other.items() if path in one)


def _row(name: str, size: int, most: float) -> Row:
    return Row(name, size / 1000, "KB", f"<= {most:g}", size <= most * 1000)
