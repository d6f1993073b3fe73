"""Reading one JSON object field by field: each is named in the complaint, and what nobody asked for is kept."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from typing import Any, cast
from zoneinfo import available_timezones

KEY = 200  # characters of a key, as in the columns
ABSENT: Any = object()


class BadLine(Exception):
    """A line that cannot be imported: the field (messages[2].at) and why."""

    def __init__(self, field: str, words: str) -> None:
        super().__init__(f"{field}: {words}")
        self.field, self.words = field, words


class Fields:
    """A JSON object that is being read. `path` stands before its fields' names in complaints.

    `unknown` collects the names that nobody asked for, here and in the objects inside.
    """

    def __init__(self, values: Any, path: str = "", unknown: set[str] | None = None) -> None:
        if not isinstance(values, dict):
            raise BadLine(path.rstrip(".") or "line", "expected an object, {...}")
        self.values, self.path = values, path
        self.unknown = set[str]() if unknown is None else unknown
        self._asked: set[str] = set()

    def refuse(self, name: str, words: str) -> BadLine:
        return BadLine(f"{self.path}{name}", words)

    def take(self, name: str, default: Any = ABSENT) -> Any:
        """The raw value; null counts as absent."""
        self._asked.add(name)
        value = self.values.get(name)
        if value is not None:
            return value
        if default is ABSENT:
            raise self.refuse(name, "is required")
        return default

    def text(self, name: str, default: Any = ABSENT, *, longest: int | None = None) -> str:
        value = self.take(name, default)
        if not isinstance(value, str):
            raise self.refuse(name, f"expected a text, not {_shown(value)}")
        if longest is not None and len(value) > longest:
            raise self.refuse(name, f"longer than {longest} characters")
        return value

    def key(self, name: str = "key", default: Any = ABSENT) -> str:
        """A key, the sender's own id; "" when absent and `default` is ""."""
        value = self.text(name, default, longest=KEY)
        if value == "" and default is ABSENT:
            raise self.refuse(name, "is empty")
        return value

    def keys(self, name: str) -> list[str]:
        values = self.many(name)
        for n, value in enumerate(values):
            if not isinstance(value, str) or not value or len(value) > KEY:
                raise self.refuse(f"{name}[{n}]", f"expected a key, not {_shown(value)}")
        return values

    def choice(self, name: str, choices: Any, default: Any = ABSENT) -> str:
        value = self.take(name, default)
        if not isinstance(value, str) or value not in choices:
            raise self.refuse(name, f"{_shown(value)} is none of {', '.join(map(str, choices))}")
        return value

    def flag(self, name: str, default: bool) -> bool:
        value = self.take(name, default)
        if not isinstance(value, bool):
            raise self.refuse(name, f"expected true or false, not {_shown(value)}")
        return value

    def whole(self, name: str, default: Any = ABSENT, *, least: int = 0, most: int = 2**31 - 1) -> Any:
        """An integer, or the default (for instance None)."""
        value = self.take(name, default)
        if value is default:
            return value
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise self.refuse(name, f"expected a whole number from {least} to {most}, not {_shown(value)}")
        return value

    def instant(self, name: str, default: Any = ABSENT) -> Any:
        """An ISO 8601 instant with its offset, in UTC."""
        value = self.take(name, default)
        if value is default:
            return value
        try:
            at = datetime.fromisoformat(value)
            if at.tzinfo is None:
                raise self.refuse(name, f"{value!r} has no offset, for example +02:00 or Z")
            return at.astimezone(UTC)
        except (TypeError, ValueError, OverflowError):
            raise self.refuse(name, f"expected 2026-01-02T10:00:00+01:00, not {_shown(value)}") from None

    def zone(self, name: str, default: Any = ABSENT) -> str:
        value = self.text(name, default)
        if value != default and value not in _zones():
            raise self.refuse(name, f"{value!r} is no time zone, for example Europe/Paris")
        return value

    def many(self, name: str) -> list[Any]:
        value = self.take(name, [])
        if not isinstance(value, list):
            raise self.refuse(name, f"expected a list, not {_shown(value)}")
        return value

    def texts(self, name: str, *, longest: int) -> list[str]:
        values = self.many(name)
        for n, value in enumerate(values):
            if not isinstance(value, str) or not value.strip() or len(value) > longest:
                raise self.refuse(f"{name}[{n}]", f"expected a text of at most {longest} characters")
        return values

    def object(self, name: str) -> dict[str, Any]:
        value = self.take(name, {})
        if not isinstance(value, dict):
            raise self.refuse(name, f"expected an object, not {_shown(value)}")
        return value

    def each(self, name: str) -> Iterator[Fields]:
        """The objects of a list, each ready to be read."""
        for n, value in enumerate(self.many(name)):
            yield Fields(value, f"{self.path}{name}[{n}].", self.unknown)

    def rest(self) -> dict[str, Any]:
        """What nobody asked for: kept as `extra`."""
        rest = {name: value for name, value in self.values.items() if name not in self._asked}
        self.unknown.update(self.path + name for name in rest)
        return rest


def load(raw: bytes) -> dict[str, Any]:
    """One line as an object, without what PostgreSQL cannot store (NUL, halves of surrogate pairs)."""
    try:
        value = json.loads(raw.decode(), parse_constant=_no_number)  # of bytes it would take UTF-16 too
    except UnicodeDecodeError:
        raise BadLine("line", "is not UTF-8") from None
    except (ValueError, RecursionError) as problem:
        raise BadLine("line", f"is not JSON ({problem})") from None
    if not isinstance(value, dict):
        raise BadLine("line", "expected an object, {...}")
    if b"\\u0000" in raw or b"\\ud" in raw or b"\\uD" in raw:
        value = _storable(value)
    return cast(dict[str, Any], value)


def _storable(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\x00", "").encode("utf-8", "replace").decode()
    if isinstance(value, list):
        return [_storable(item) for item in value]
    if isinstance(value, dict):
        return {_storable(name): _storable(item) for name, item in value.items()}
    return value


@cache
def _zones() -> set[str]:
    return available_timezones()  # which looks through a folder each time


def _no_number(word: str) -> None:
    raise ValueError(f"{word} is no number")


def _shown(value: Any) -> str:
    shown = json.dumps(value, ensure_ascii=False)
    return shown if len(shown) <= 60 else shown[:57] + "..."
