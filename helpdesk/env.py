"""Reading the environment: every value is checked here, so that a wrong one stops the start with a clear word."""

import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

T = TypeVar("T")


def _read(name: str, default: T, parse: Callable[[str], T], expected: str) -> T:
    raw = os.environ.get(name, "").strip()
    if not raw:
        return default
    try:
        return parse(raw)
    except (ValueError, TypeError):
        raise ImproperlyConfigured(f"{name}={raw!r}: expected {expected}.") from None


def load_dotenv(path: Path) -> None:
    """Fill the environment from a .env file; what is already set wins, an empty value is no value."""
    if not path.is_file():
        return
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        entry = line.strip()
        if not entry or entry.startswith("#"):
            continue
        name, separator, value = entry.partition("=")
        if not separator or not name.strip().isidentifier():
            raise ImproperlyConfigured(f"{path.name}, line {number}: expected NAME=value.")
        if value := value.strip().strip("\"'"):
            os.environ.setdefault(name.strip(), value)


def secret_file(path: Path, *, create: bool) -> str:
    """The secret in `path`, or ""; with `create` a new one is written there (mode 600) when there is none."""
    if create and not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(50))
    return path.read_text().strip() if path.is_file() else ""


def text(name: str, default: str = "") -> str:
    return _read(name, default, str, "text")


def integer(name: str, default: int, *, least: int = 0, most: int = 2**31) -> int:
    def parse(raw: str) -> int:
        value = int(raw)
        if not least <= value <= most:
            raise ValueError
        return value

    return _read(name, default, parse, f"a whole number from {least} to {most}")


def boolean(name: str, default: bool) -> bool:
    words = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}

    def parse(raw: str) -> bool:
        if raw.lower() not in words:
            raise ValueError
        return words[raw.lower()]

    return _read(name, default, parse, "1 or 0")


def words(name: str, default: list[str]) -> list[str]:
    return _read(name, default, lambda raw: [word.strip() for word in raw.split(",") if word.strip()], "a list")


def url(name: str, default: str, schemes: set[str]) -> str:
    def parse(raw: str) -> str:
        parts = urlsplit(raw)
        _ = parts.port  # raises on a port that is no number
        if parts.scheme not in schemes or not (parts.netloc or parts.path.strip("/")):
            raise ValueError
        return raw

    return _read(name, default, parse, "an address starting with " + ", ".join(f"{s}://" for s in sorted(schemes)))


def listen(name: str, default: str) -> tuple[str, int] | None:
    """`host:port` to listen on; empty or "off" means not at all."""
    raw = os.environ.get(name, default).strip()
    if raw in ("", "off"):
        return None
    host, _, port = raw.rpartition(":")
    if not host or not port.isdigit() or not 0 < int(port) < 65536:
        raise ImproperlyConfigured(f"{name}={raw!r}: expected host:port, for example 127.0.0.1:2525.")
    return host.strip("[]"), int(port)
