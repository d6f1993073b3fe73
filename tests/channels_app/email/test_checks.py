import pytest

from channels_app.adapters.email.checks import check_config

GOOD = {
    "address": "support@example.com",
    "imap": {
        "host": "imap.example.com",
        "port": 993,
        "security": "tls",
        "user": "u",
        "password": "p",
        "folder": "INBOX",
    },
    "smtp": {"host": "smtp.example.com", "port": 587, "security": "starttls", "user": "u", "password": "p"},
}


def test_a_sound_configuration() -> None:
    assert check_config(GOOD) == {}
    assert check_config({"address": "support@example.com"}) == {}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"address": "nobody"}, "address"),
        ({"address": 3}, "address"),
        ({"address": "a+b@example.com"}, "address"),
        ({"imap": 3}, "imap"),
        ({"imap": {"host": ""}}, "imap.host"),
        ({"imap": {"host": "x y"}}, "imap.host"),
        ({"imap": {"host": "x", "port": 0}}, "imap.port"),
        ({"imap": {"host": "x", "port": "993"}}, "imap.port"),
        ({"smtp": {"host": "x", "port": True}}, "smtp.port"),
        ({"smtp": {"host": "x", "security": "ssl"}}, "smtp.security"),
        ({"smtp": {"host": "x", "user": "a\r\nb"}}, "smtp.user"),
        ({"smtp": {"host": "x", "folder": "INBOX"}}, "smtp.folder"),
        ({"pop3": {}}, "pop3"),
        ({"esp": "pigeon"}, "esp"),
        ({"oauth": {"client_id": "x", "token_url": "ftp://x"}}, "oauth.token_url"),
    ],
)
def test_each_fault_names_its_field(change: dict[str, object], field: str) -> None:
    assert list(check_config(GOOD | change)) == [field]
