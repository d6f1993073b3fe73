import re
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from helpdesk import env

ROOT = Path(__file__).parents[2]
READ = re.compile(r"""env\.(?:text|integer|boolean|words|url|listen)\(\s*"([A-Z_]+)\"""")


def settings_read_by_the_code() -> set[str]:
    files = [
        path for path in ROOT.glob("*/**/*.py") if path.parts[len(ROOT.parts)] not in (".venv", "node_modules", "tests")
    ]
    return {name for path in files for name in READ.findall(path.read_text())}


def test_every_setting_is_in_env_example_and_nothing_else() -> None:
    listed = re.findall(r"^#?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE)
    assert sorted(listed) == sorted(settings_read_by_the_code())


@pytest.mark.parametrize(
    ("read", "value", "words"),
    [
        (
            lambda: env.integer("PORT", 1, least=1, most=65535),
            "0",
            "PORT='0': expected a whole number from 1 to 65535.",
        ),
        (lambda: env.boolean("DEBUG", False), "maybe", "DEBUG='maybe': expected 1 or 0."),
        (
            lambda: env.url("DATABASE_URL", "", {"postgres"}),
            "mysql://x/y",
            "DATABASE_URL='mysql://x/y': expected an address starting with postgres://.",
        ),
        (
            lambda: env.listen("SMTP_LISTEN", ""),
            "2525",
            "SMTP_LISTEN='2525': expected host:port, for example 127.0.0.1:2525.",
        ),
    ],
)
def test_wrong_value_names_the_setting(monkeypatch, read, value, words) -> None:
    monkeypatch.setenv(words.split("=")[0], value)
    with pytest.raises(ImproperlyConfigured) as caught:
        read()
    assert str(caught.value) == words


def test_dotenv_yields_to_the_environment_and_skips_empty_values(monkeypatch, tmp_path) -> None:
    file = tmp_path / ".env"
    file.write_text("# comment\n\nFIRST=from file\nSECOND='quoted'\nTHIRD=\n")
    monkeypatch.setenv("FIRST", "from environment")
    monkeypatch.delenv("SECOND", raising=False)
    monkeypatch.delenv("THIRD", raising=False)
    env.load_dotenv(file)
    assert (env.text("FIRST"), env.text("SECOND"), env.text("THIRD", "default")) == (
        "from environment",
        "quoted",
        "default",
    )
    monkeypatch.delenv("SECOND")


def test_dotenv_names_the_bad_line(tmp_path) -> None:
    file = tmp_path / ".env"
    file.write_text("A=1\nnot a setting\n")
    with pytest.raises(ImproperlyConfigured, match=r"\.env, line 2: expected NAME=value\."):
        env.load_dotenv(file)


def test_secret_file_is_made_once_and_is_private(tmp_path) -> None:
    file = tmp_path / "var" / "secret_key"
    assert env.secret_file(file, create=False) == ""
    made = env.secret_file(file, create=True)
    assert len(made) >= 60
    assert file.stat().st_mode & 0o777 == 0o600
    assert env.secret_file(file, create=True) == made
