"""Mails that nobody here wrote, whole and mutilated: none raises, hangs, or loses what it said."""

import json
import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from channels_app.adapters.email import wire
from channels_app.adapters.email.dedupe import dedupe_key
from channels_app.adapters.email.model import ParsedMail
from channels_app.adapters.email.parser import parse

OWN = Path(__file__).parents[2] / "data" / "email"
FOREIGN = Path(__file__).parents[4] / "shared" / "mails"
MAILS = sorted(FOREIGN.glob("*/*"))
SEEDS = [path.read_bytes()[:20_000] for path in [*sorted(OWN.glob("*.eml")), *MAILS]]
SPLINTERS = [
    *(b"=?utf-8?b?", b"?=", b"(", b"<", b">", b"\0", b"\xff", b"\r", b"\n", b"\r\n\r\n", b";", b'"', b"--x\n", b"> "),
    *(b"Content-Type: text/calendar\n", b"Content-Type: application/ms-tnef\n", b"Content-Type: text/html\n"),
    *(b"Content-Type: multipart/report; report-type=delivery-status; boundary=x\n", b"From: mailer-daemon\n"),
    *(b"Content-Transfer-Encoding: base64\n", b"charset=utf-7", b"*0*=", b"Date: 99999999\n", b"On 1, x wrote:\n"),
    *(b"BEGIN:VCALENDAR\nBEGIN:VEVENT\n", b"<blockquote type=cite>", b"Content-Type: message/delivery-status\n\n"),
]


def assert_storable(mail: ParsedMail) -> None:
    head, files = wire.dump(mail)
    text = json.dumps(head, ensure_ascii=False)
    assert "\\u0000" not in text.replace("\\\\", "")  # the word itself may be written
    text.encode("utf-8")
    assert wire.load(json.loads(json.dumps(head)), b"".join(files)) == mail


@pytest.mark.skipif(not MAILS, reason="../shared/mails is not here")
def test_all_foreign_mails_are_read():
    assert len(MAILS) == 234
    for path in MAILS:
        raw = path.read_bytes()
        mail = parse(raw)
        assert [w for w in mail.warnings if w.startswith("unreadable")] == [], path
        assert_storable(mail)
        assert dedupe_key(raw) == dedupe_key(raw.replace(b"\r\n", b"\n"))


@pytest.mark.skipif(not MAILS, reason="../shared/mails is not here")
def test_foreign_bodies_are_not_lost():
    silent = [path.name for path in MAILS if not (mail := parse(path.read_bytes())).text and not mail.attachments]
    assert silent == [  # looked at one by one: mails whose parts are all empty
        "msg_08.txt",
        "msg_09.txt",
        "msg_12.txt",
        "msg_12a.txt",
        "msg_18.txt",
        "msg_24.txt",
        "multipartemptypart.msg",
        "multipartnestedemptypartsnorfc822.msg",
        "malformed-000.eml",
        "malformed-005.eml",
    ]


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 2**32))
def test_mutilated_mails_are_read(seed):
    chance = random.Random(seed)
    mail = bytearray(chance.choice(SEEDS))
    for _ in range(chance.randint(1, 12)):
        at, how = chance.randrange(len(mail) + 1), chance.random()
        if how < 0.3:
            mail[at : at + 1] = bytes([chance.randrange(256)])
        elif how < 0.7:
            mail[at:at] = chance.choice(SPLINTERS)
        elif how < 0.85:
            del mail[at : at + chance.randint(1, 300)]
        else:
            mail[at:at] = chance.choice(SEEDS)[-2_000:]
    raw = bytes(mail)
    assert_storable(parse(raw, authserv_id="mx"))
    assert dedupe_key(raw).startswith("sha256:")


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=3_000))
def test_any_bytes_are_read(raw):
    assert_storable(parse(raw))
    assert dedupe_key(raw) == dedupe_key(bytes(raw))
