"""V17: structures made to be expensive are read as far as the limits allow, and said to be too complex."""

import pytest

from channels_app.adapters.email.dedupe import dedupe_key
from channels_app.adapters.email.parser import parse
from tests.patience import bounded

HEAD = b"From: a@example.com\nSubject: x\n"
MIXED = HEAD + b"Content-Type: multipart/mixed; boundary=b\n\n"


def nested(depth: int) -> bytes:
    entity = b"Content-Type: text/plain\n\ndeep"
    for level in range(depth):
        entity = b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n%s\n--b%d--\n" % (level, level, entity, level)
    return HEAD + entity


BOMBS = {
    "3043 parts": MIXED + b"--b\n\nx\n" * 3_043 + b"--b--\n",
    "500000 delimiters": MIXED + b"--b\n" * 500_000,
    "100 deep": nested(100),
    "1000 deep": nested(1_000),
    "one boundary for all": MIXED + b"--b\nContent-Type: multipart/mixed; boundary=b\n\n" * 50_000,
    "16000 addresses": HEAD + b"To: " + b", ".join(b"u%d@example.com" % n for n in range(16_000)) + b"\n\nx",
    "32000 encoded words": b"From: a@example.com\nSubject: " + b"=?utf-8?q?a?= " * 32_000 + b"\n\nx",
    "3 MB header": HEAD + b"X-A: " + b"a" * 3_000_000 + b"\n\nx",
    "a million folds": HEAD + b"X-A: a\n" + b" b\n" * 1_000_000 + b"\nx",
    "200000 headers": HEAD + b"".join(b"X-%d: a\n" % n for n in range(200_000)) + b"\nx",
}
ODDITIES = {
    "500 comments": b"From: " + b"(" * 500 + b"\n\nx",
    "60000 comments": b"From: " + b"(" * 60_000 + b"\n\nx",
    "60000 brackets": b"From: " + b"<" * 60_000 + b"\n\nx",
    "60000 colons": b"From: " + b":" * 60_000 + b"\n\nx",
    "endless quote": b'From: "' + b'\\"' * 30_000 + b"\n\nx",
    "9000 references": HEAD + b"References: " + b" ".join(b"<%d@x>" % n for n in range(9_000)) + b"\n\nx",
    "1000 enclosed mails": HEAD + b"Content-Type: message/rfc822\n\n" * 1_000 + b"x",
    "10000 quoted lines": HEAD + b"\nhi\n\n" + b"> quoted line of text\n" * 10_000,
    "nothing": b"",
    "only line ends": b"\r\n" * 100_000,
    "only NUL": b"\0" * 100_000,
    "every byte": bytes(range(256)) * 2_000,
}


@pytest.mark.parametrize("raw", BOMBS.values(), ids=BOMBS.keys())
def test_bombs_are_read_quickly_and_named(raw):
    with bounded():
        mail = parse(raw)
    assert "too-complex" in mail.warnings
    assert mail.sender.address == "a@example.com"


@pytest.mark.parametrize("raw", ODDITIES.values(), ids=ODDITIES.keys())
def test_oddities_are_read_quickly(raw):
    with bounded():
        mail = parse(raw)
        dedupe_key(raw)
    assert [w for w in mail.warnings if w.startswith("unreadable")] == []


def test_the_first_parts_of_a_bomb_are_still_there():
    mail = parse(MIXED + b"--b\n\nthe question\n" + b"--b\nContent-Type: image/png\n\nx\n" * 3_000)
    assert mail.text == "the question"
    assert len(mail.attachments) == 198


def test_a_long_quote_is_folded():
    mail = parse(ODDITIES["10000 quoted lines"])
    assert (mail.visible_until, mail.text[:2]) == (2, "hi")
