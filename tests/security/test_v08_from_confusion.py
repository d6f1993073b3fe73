"""V8: the sender that we store is the sender that the DMARC check saw, or none at all."""

import pytest

from channels_app.adapters.email.parser import parse

GOOD, EVIL = "good@example.com", "evil@evil.example"


@pytest.mark.parametrize(
    ("value", "address"),
    [
        (f"{GOOD}", GOOD),
        (f"<{GOOD}>", GOOD),
        (f'"{EVIL}" <{GOOD}>', GOOD),
        (f"{EVIL} <{GOOD}>", GOOD),
        (f"=?utf-8?q?=3Cevil=40evil=2Eexample=3E?= <{GOOD}>", GOOD),
        (f"=?utf-8?q?evil=40evil=2Eexample=2C?= <{GOOD}>", GOOD),
        (f"({EVIL}) {GOOD}", GOOD),
        (f"{GOOD} ({EVIL})", GOOD),
        (f"<{GOOD}> <{EVIL}>", ""),
        (f"{GOOD}<{EVIL}>", EVIL),
        (f"<{GOOD}>{EVIL}", GOOD),
        (f"alice@example.com)<{EVIL}>", EVIL),
        (f"<@relay.example:{GOOD}>", GOOD),
        (f'"a\\"<{EVIL}>" <{GOOD}>', GOOD),
        ("good@example.com@evil.example", ""),
        ("<good@example.com@evil.example>", ""),
        ("good@evil.example\\@example.com", ""),
        ("good@example.com evil@evil.example", ""),
        ("good@example.com\x00@evil.example", ""),
        ("good@exa mple.com", ""),
        ("@example.com", ""),
        ("good@", ""),
        ("<>", ""),
        ("", ""),
        ("-oQ/tmp`id`", ""),
        ("good@example..com", ""),
    ],
)
def test_one_sender_or_none(value, address):
    assert parse(f"From: {value}\nSubject: x\n\nx".encode()).sender.address == address


@pytest.mark.parametrize(
    "fields", [f"From: {GOOD}\nFrom: {EVIL}", f"From: {GOOD}, {EVIL}", f"From: {EVIL}\nX-A: b\nFrom: {GOOD}"]
)
def test_several_senders_are_told_and_never_count_as_verified(fields):
    raw = f"Authentication-Results: mx; dmarc=pass header.from=example.com\n{fields}\n\nx".encode()
    mail = parse(raw, authserv_id="mx")
    assert "several-senders" in mail.warnings
    assert mail.authentication.get("dmarc") != "pass" or mail.sender.address == GOOD


def test_dmarc_of_another_domain_is_nothing():
    raw = f"Authentication-Results: mx; dmarc=pass header.from=evil.example\nFrom: {GOOD}\n\nx".encode()
    assert parse(raw, authserv_id="mx").authentication == {}


def test_another_hosts_verdict_is_nothing():
    raw = f"Authentication-Results: mx.evil.example; dmarc=pass header.from=example.com\nFrom: {GOOD}\n\nx".encode()
    assert parse(raw, authserv_id="mx.example.com").authentication == {}
