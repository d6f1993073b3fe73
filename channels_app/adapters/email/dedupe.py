"""One key for one mail, however often and by whichever way it arrives."""

from __future__ import annotations

import hashlib

from channels_app.adapters.email.mime import Limits, read_headers

# Trace fields (Received, Return-Path, Delivered-To, ...) differ with each delivery and are left out.
_IDENTITY = ("message-id", "from", "to", "date", "subject")


def dedupe_key(raw: bytes) -> str:
    """`sha256:` + hex over the identifying fields and the body; line ends do not matter. Never raises."""
    text = raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n").lstrip(b"\n")
    headers, body = read_headers(text, 0, len(text), Limits())
    digest = hashlib.sha256()
    for name in _IDENTITY:
        for value in headers.raw(name):
            digest.update(b"%s:%s\n" % (name.encode(), b" ".join(value.split())))
    digest.update(b"\n")
    with memoryview(text) as view:
        digest.update(view[body : max(body, len(text.rstrip(b"\n")))])
    return f"sha256:{digest.hexdigest()}"
