"""V15: an address is never an option, a variable or a command: such ones are refused, and no shell is anywhere."""

import ast
from pathlib import Path

import pytest

from channels_app import outbox
from channels_app.base import Address
from channels_app.models import OutboundMessage
from tests import factories
from tests.mailroom import Catcher, mail, receive, work

ROOT = Path(__file__).resolve().parents[2]
HOSTILE = [
    "-oQ/tmp@x.example",
    "--help@x.example",
    "a b@x.example",
    "a;id@x .example",
    "a@x.example\nRCPT TO:<b@y>",
    "a@[127.0.0.1]",
    "@",
    "a@",
]


@pytest.mark.django_db
@pytest.mark.parametrize("address", HOSTILE)
def test_a_hostile_address_is_refused(catcher: Catcher, address: str) -> None:
    message = outbox.queue(factories.channel(), thread="1", sender_name="Inès", to=[Address(address)], text="x")
    outbox.deliver(message.pk)
    message = OutboundMessage.objects.get()
    assert (message.state, message.trouble, catcher.caught) == ("failed", "permanent_recipient", [])


@pytest.mark.django_db
@pytest.mark.parametrize(
    "sender", ["$user@x.example", "`id`@x.example", "|id@x.example", "../../etc@x.example", "${ifs}@x.example"]
)
def test_a_hostile_sender_is_only_text(catcher: Catcher, sender: str) -> None:
    assert receive(mail(sender=sender)).state == "processed"
    work()
    assert all(caught.recipients == [sender] for caught in catcher.caught)


def test_no_code_of_ours_starts_a_shell() -> None:
    """The only processes that web and worker code starts are the parser's child; none gets a shell."""
    starters = set()
    for app in (
        "accounts",
        "channels_app",
        "customers",
        "faq",
        "hours",
        "metrics",
        "surveys",
        "tickets",
        "helpdesk/lib",
    ):
        for path in (ROOT / app).rglob("*.py"):
            tree = ast.parse(path.read_text())
            names = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
            assert not names & {"system", "popen", "getoutput", "create_subprocess_shell"}, path
            assert not any(isinstance(node, ast.keyword) and node.arg == "shell" for node in ast.walk(tree)), path
            if names & {"Popen", "check_output", "check_call", "spawnv", "execv"}:
                starters.add(path.relative_to(ROOT).as_posix())
    assert starters == {"channels_app/adapters/email/sandbox.py"}
