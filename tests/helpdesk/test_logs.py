import json
import logging
import re

import pytest

from helpdesk import logs
from helpdesk.celery import app
from helpdesk.lib.request_id import current_request_id


@pytest.fixture(autouse=True)
def clean():
    logs.unbind()
    yield
    logs.unbind()


def record(text: str, *args, **extra) -> logging.LogRecord:
    return logging.getLogger("tickets").makeRecord("tickets", logging.WARNING, "", 0, text, args, None, extra=extra)


def test_line_format() -> None:
    logs.bind("abcdef0123456789")
    assert logs.formatter().format(record("mail %d parked", 7, size=3))[9:] == "WARNING mail 7 parked size=3 [abcdef01]"


def test_a_line_stays_one_line() -> None:
    assert logs.formatter().format(record("first\nsecond"))[9:] == "WARNING first | second"


def test_json_format(settings) -> None:
    settings.LOG_FORMAT = "json"
    logs.bind("abcdef0123456789", task="outbox")
    entry = json.loads(logs.formatter().format(record("sent", to=3)))
    assert entry.pop("timestamp").endswith("Z")
    assert entry == {
        "event": "sent", "to": 3, "request_id": "abcdef0123456789",
        "task": "outbox", "level": "warning", "logger": "tickets",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Authorization: Bearer abc.def", "Authorization: ***"),
        ("{'password': 'hunter2', 'user': 'ann'}", "{'password': '***', 'user': 'ann'}"),
        ("GET /x?token=abc&page=2", "GET /x?token=***&page=2"),
        ("cannot reach smtp://ann:hunter2@mail.example:587", "cannot reach smtp://ann:***@mail.example:587"),
        ("redis://:hunter2@127.0.0.1:1/0 refused", "redis://:***@127.0.0.1:1/0 refused"),
        ("the token ring is slow", "the token ring is slow"),
    ],
)
def test_secrets_are_blotted_out_of_texts(text, shown) -> None:
    assert logs.without_secrets(None, "info", {"event": text}) == {"event": shown}


def test_fields_that_hold_secrets_are_dropped() -> None:
    event = {"event": "login", "user_password": "hunter2", "Authorization": "Bearer x", "n": 1}
    assert logs.without_secrets(None, "info", event) == {
        "event": "login", "user_password": "***", "Authorization": "***", "n": 1,
    }  # fmt: skip


@pytest.mark.parametrize(
    "offered", ["", "short", "x" * 65, "with space in it", "new\nline-in-it", "<script>alert(1)</script>"]
)
def test_insane_request_id_is_replaced(client, offered) -> None:
    given = client.get("/healthz", headers={"X-Request-ID": offered})["X-Request-ID"]
    assert given != offered
    assert logs.SANE_ID.fullmatch(given)


def test_sane_request_id_is_kept(client) -> None:
    assert client.get("/healthz", headers={"X-Request-ID": "proxy-1234.abc"})["X-Request-ID"] == "proxy-1234.abc"


def test_request_line_names_path_but_not_query(client, caplog) -> None:
    client.get("/nowhere/", {"q": "jasmine@example.com"})
    lines = [entry.getMessage() for entry in caplog.records if entry.name == "helpdesk.request"]
    assert [re.sub(r"\d+ ms", "N ms", line) for line in lines] == ["GET /nowhere/ 404 N ms"]


def test_request_id_travels_with_the_task(valkey) -> None:
    logs.bind("from-the-webhook-1")
    app.tasks["helpdesk.pulse"].delay()
    logs.unbind()
    message = json.loads(valkey.lpop("celery"))
    assert message["headers"]["request_id"] == "from-the-webhook-1"


def test_task_takes_over_the_request_id(valkey) -> None:
    seen = []

    @app.task(name="tests.see_request_id")
    def see() -> None:
        seen.append(current_request_id())

    see.apply(headers={"request_id": "from-the-webhook-1"})
    see.apply()
    app.tasks.pop("tests.see_request_id")
    assert seen[0] == "from-the-webhook-1"
    assert logs.SANE_ID.fullmatch(seen[1])
    assert current_request_id() == ""
