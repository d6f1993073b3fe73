"""Collected files: hashed names, one style sheet, vendor files byte for byte."""

import json
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import override_settings

STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": "helpdesk.statics.HashedFiles"}}


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("static")
    with override_settings(STORAGES=STORAGES, STATIC_ROOT=folder):
        call_command("collectstatic", interactive=False, verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)  # the second time finds what the first left
    return folder


@pytest.fixture(scope="module")
def names(collected: Path) -> dict[str, str]:
    return json.loads((collected / "staticfiles.json").read_text())["paths"]


def test_the_style_sheet_is_one_file(collected: Path, names: dict[str, str]):
    sheet = (collected / names["css/app.css"]).read_text()
    assert sheet.count("@import") == 0
    components = len(list((settings.BASE_DIR / "static/css/components").iterdir()))
    assert sheet.count("@layer components {") == components + 3  # the sheets of the dashboards
    assert sheet.count(Path(names["vendor/inter-latin.woff2"]).name) == 1


def test_our_modules_import_hashed_names(collected: Path, names: dict[str, str]):
    entry = (collected / names["js/app.js"]).read_text()
    assert entry.count(Path(names["vendor/htmx.js"]).name) == 1
    for path in (settings.BASE_DIR / "static/js/controllers").iterdir():
        assert entry.count(Path(names[f"js/controllers/{path.name}"]).name) == 1


def test_vendor_files_stay_as_they_are(collected: Path, names: dict[str, str]):
    for public, private in settings.NODE_FILES.items():
        assert (collected / names[public]).read_bytes() == (settings.NODE_MODULES / private).read_bytes()


def test_only_named_files_of_packages_are_served(names: dict[str, str]):
    assert {name for name in names if name.startswith("vendor/")} == set(settings.NODE_FILES)


def test_other_users_may_read_them(collected: Path, names: dict[str, str]):
    assert (collected / names["css/app.css"]).stat().st_mode & 0o777 == 0o644
