"""Static files: named files of npm packages, hashed names, and each side's style sheet joined."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.contrib.staticfiles.storage import HashedFilesMixin
from django.core.files.base import File
from django.core.files.storage import FileSystemStorage, Storage
from whitenoise.storage import CompressedManifestStaticFilesStorage

OWN_FOLDERS = {"*.css": "css/", "*.js": "js/"}
STYLE_SHEETS = ("css/app.css", "css/public.css", "css/chat.css", "css/shop.css")
IMPORT = re.compile(r'@import "\./(?P<path>[^"]+)"(?: layer\((?P<layer>\w+)\))?;')


class NodeFiles(FileSystemStorage):
    """The files of node_modules that settings.NODE_FILES names, under their public names."""

    prefix = None

    def path(self, name: str) -> str:
        return str(Path(settings.NODE_MODULES) / settings.NODE_FILES[name])

    def _open(self, name: str, mode: str = "rb") -> File:  # type: ignore[type-arg]
        return File(Path(self.path(name)).open(mode))


class NodeFilesFinder(BaseFinder):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.storage = NodeFiles(location=settings.NODE_MODULES)

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        if path not in settings.NODE_FILES:
            return []
        return [self.storage.path(path)] if find_all else self.storage.path(path)

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Storage]]:
        for name in settings.NODE_FILES:
            yield name, self.storage


class HashedFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # whitenoise is untyped here
    """Hashed names for everything; import paths are rewritten in our own files only, never in a vendor's."""

    manifest_strict = False
    patterns = tuple(
        (OWN_FOLDERS[glob] + glob, rules)
        for glob, rules in (
            *HashedFilesMixin.patterns,
            HashedFilesMixin._js_module_import_aggregation_patterns,  # type: ignore[attr-defined]
        )
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        readable = {
            "file_permissions_mode": 0o644,
            "directory_permissions_mode": 0o755,
        }  # by the web process's user too
        super().__init__(*args, **readable, **kwargs)

    def stored_name(self, name: str) -> str:
        if not self.hashed_files:  # before collectstatic (tests, first start) the plain names stand
            return name
        return str(super().stored_name(name))

    def post_process(self, paths: dict[str, Any], dry_run: bool = False, **options: Any) -> Iterator[Any]:
        for sheet in STYLE_SHEETS if not dry_run else ():
            if sheet in paths:
                Path(self.path(sheet)).write_text(joined_styles(*paths[sheet]), encoding="utf-8")
                paths[sheet] = (self, sheet)
        yield from super().post_process(paths, dry_run, **options)


def joined_styles(storage: Storage, name: str) -> str:
    """The style sheet with every `@import "./x.css" layer(y);` replaced by what it imports: one request."""

    def part(match: re.Match[str]) -> str:
        with storage.open(str(Path(name).parent / match["path"])) as file:
            text = file.read().decode()
        return f"@layer {match['layer']} {{\n{text}}}" if match["layer"] else text

    with storage.open(name) as file:
        return IMPORT.sub(part, file.read().decode())
