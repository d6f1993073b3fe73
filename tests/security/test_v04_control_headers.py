"""V4: no header from outside controls us; of ours only the instance mark is read, and the caller checks its MAC."""

from channels_app.adapters.email.parser import parse

SPOOFS = ["State", "Ticket", "Assignee", "Priority", "Tags", "Agent", "Actor", "Token", "Command", "Internal"]


def test_control_headers_change_nothing():
    plain = b"From: a@example.com\nDate: Mon, 2 Nov 2026 10:00:00 +0100\nSubject: x\n\nx"
    spoofed = b"".join(b"X-Comptoir-%s: evil\n" % name.encode() for name in SPOOFS) + plain
    assert parse(spoofed) == parse(plain)


def test_the_instance_mark_is_handed_over_unjudged():
    assert parse(b"X-Comptoir-Instance: forged\nFrom: a@example.com\n\nx").own_instance == "forged"
