"""V16: no charset, encoding or pattern makes reading a mail slow."""

import pytest

from channels_app.adapters.email.parser import parse
from tests.patience import bounded

HEAD = b"From: a@example.com\nSubject: x\n"
BOUNCE = b"From: mailer-daemon@example.com\nSubject: Undelivered\n\n"
CASES = {
    "utf-32": HEAD + b"Content-Type: text/plain; charset=utf-32\n\n" + b"\xff" * 1_000_000,
    "utf-7": HEAD + b"Content-Type: text/plain; charset=utf-7\n\n" + b"+AAAA-" * 100_000,
    "idna": HEAD + b"Content-Type: text/plain; charset=idna\n\n" + b"a.\xe9" * 100_000,
    "hz": HEAD + b"Content-Type: text/plain; charset=hz\n\n" + b"~{" * 300_000,
    "guess": HEAD + b"\n" + bytes(range(128, 256)) * 10_000,
    "soft-breaks": HEAD + b"Content-Transfer-Encoding: quoted-printable\n\n" + b"=\n" * 1_000_000,
    "padding": HEAD + b"Content-Transfer-Encoding: base64\n\n" + b"=AAA" * 1_000_000,
    "uuencode": HEAD + b"Content-Transfer-Encoding: x-uuencode\n\nbegin 644 a\n" + b"M" * 3_000_000,
    "one-line": HEAD + b"\n" + b"x" * 10_000_000,
    "spaces": HEAD + b"\n" + b" " * 3_000_000 + b"x",
    "parameter-spaces": HEAD + b"Content-Type: a/b;" + b" " * 60_000 + b"\n\nx",
    "parameters": HEAD + b"Content-Type: text/plain" + b"; a=b" * 13_000 + b"\n\nx",
    "semicolons": HEAD + b"Content-Type: a/b" + b";" * 60_000 + b"\n\nx",
    "html-quotes": HEAD + b"Content-Type: text/html\n\n" + b"<div class=gmail_quote>a</div>b" * 9_000,
    "html-wording": HEAD + b"Content-Type: text/html\n\n" + b"<p>On x wrote:</p>" * 5_000,
    "word-html": HEAD + b"Content-Type: text/html\n\n" + b"<p class=MsoNormal><o:p>&nbsp;</o:p></p>" * 20_000,
    "calendar": HEAD + b"Content-Type: text/calendar\n\nBEGIN:VCALENDAR\nBEGIN:VEVENT\n" + b"ATTENDEE:x\n" * 5_000,
    "bounce-words": BOUNCE + b"user recipient mailbox " * 20_000,
    "bounce-addresses": BOUNCE + b"<a@b" * 20_000,
    "bounce-tabs": BOUNCE + b"to\t\t\t\t" * 10_000,
    "subject": b"Subject: " + b"delayed warning: message " * 2_500 + b"\n\nx",
    "flowed": HEAD + b"Content-Type: text/plain; format=flowed\n\n" + b"a \n" * 200_000,
}


@pytest.mark.parametrize("raw", CASES.values(), ids=CASES.keys())
def test_read_without_exploding(raw):
    with bounded():
        mail = parse(raw)
    assert [w for w in mail.warnings if w.startswith("unreadable")] == []


def test_control_characters_and_surrogates_never_pass():
    raw = b"From: a@example.com\nSubject: a\0\x07b\nContent-Type: text/plain; charset=utf-7\n\nx+2AA-y\0z\x1b[31m"
    mail = parse(raw)
    assert (mail.subject, mail.text) == ("ab", "x\ufffdyz[31m")
