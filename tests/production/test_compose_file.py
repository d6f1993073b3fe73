"""docker-compose.yml and Dockerfile read as text: no Docker needed."""

import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
SERVICES = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]


def test_services() -> None:
    assert sorted(SERVICES) == ["beat", "mailbox", "mailpit", "postgres", "prepare", "smtp", "valkey", "web", "worker"]


@pytest.mark.parametrize("service", ["prepare", "web", "worker", "beat", "mailbox", "smtp"])
def test_environment_names_are_settings(service) -> None:
    listed = set(re.findall(r"^#?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert set(SERVICES[service]["environment"]) - listed <= {"PROMETHEUS_MULTIPROC_DIR"}


@pytest.mark.parametrize("service", ["web", "worker", "beat", "mailbox", "smtp"])
def test_waits_for_migrations_and_comes_back(service) -> None:
    assert SERVICES[service]["depends_on"]["prepare"] == {"condition": "service_completed_successfully"}
    assert SERVICES[service]["restart"] == "unless-stopped"


def test_default_command_of_the_image_is_the_web_service_with_one_worker() -> None:
    command = yaml.safe_load(re.search(r"^CMD (\[.*\])$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)[1])
    web = SERVICES["web"]["command"]
    at = web.index("--workers")
    assert command == web[:at] + web[at + 2 :]


def test_image_does_not_run_as_root() -> None:
    users = re.findall(r"^USER (.+)$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    assert users == ["comptoir"]
