from channels_app.adapters.email.dedupe import dedupe_key

MAIL = (
    b"From: a@example.com\nTo: b@example.com\nSubject: x\nMessage-ID: <1@x>\n"
    b"Date: Mon, 2 Nov 2026 10:00:00 +0100\n\nbody\n"
)


def test_line_ends_and_trace_fields_do_not_matter():
    trace = b"Return-Path: <a@example.com>\nDelivered-To: b@example.com\nReceived: from x\n\tby y\n"
    same = {dedupe_key(m) for m in (MAIL, MAIL.replace(b"\n", b"\r\n"), trace + MAIL, MAIL + b"\r\n")}
    assert len(same) == 1


def test_a_reused_message_id_with_another_body_is_another_mail():
    assert dedupe_key(MAIL) != dedupe_key(MAIL.replace(b"body", b"other"))
    assert dedupe_key(MAIL) != dedupe_key(MAIL.replace(b"Subject: x", b"Subject: y"))


def test_without_a_message_id_equal_bytes_are_equal():
    bare = MAIL.replace(b"Message-ID: <1@x>\n", b"")
    assert dedupe_key(bare) == dedupe_key(bytes(bare))
    assert dedupe_key(bare) != dedupe_key(MAIL)
    assert dedupe_key(b"") == "sha256:01ba4719c80b6fe911b091a7c05124b64eeece964e09c058ef8f9805daca546b"
