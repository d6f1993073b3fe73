"""Which of our mails did not arrive, where, and why: RFC 3464 first, then what the many others write."""

from __future__ import annotations

import re

from channels_app.adapters.email.headers import MAX_ID, Headers, decode_words, one_line
from channels_app.adapters.email.mailboxes import mailboxes, valid_address
from channels_app.adapters.email.mime import Limits, Part, read_headers
from channels_app.adapters.email.model import Bounce
from channels_app.foreign.charsets import decode, scrub

MAX_READ = 65_536
MAX_BLOCKS = 100

_ACTIONS = ("failed", "delayed", "expanded", "relayed", "delivered")
_RETURNED_ID = re.compile(rb"^[ \t>]*message-id:[ \t]*(?:\r?\n[ \t>]+)?<([^<>\s]{1,995})>", re.I | re.M)
_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
_REPLY_CODE = re.compile(r"(?<![\d.])([45])\d\d(?:[ -]|$)")
_DELAYED = re.compile(
    r"delayed|will (?:keep|continue) (?:to )?try|still being retried|do not need to resend|warning message only"
    r"|temporar",
    re.I,
)
_ADDRESS = r"([^\s<>\"'(),;:@\[\]]{1,64}@[A-Za-z0-9.-]{1,250}[A-Za-z0-9])"
_RECIPIENTS = [
    re.compile(pattern, re.I | re.M)
    for pattern in (
        rf"^[ \t>]*(?:final|original)-recipient:[ \t]*(?:rfc822;)?[ \t]*<?{_ADDRESS}",
        rf"^[ \t]*(?:failed recipients?|recipient(?: address)?|to|destinataires?|empfänger|addressee"
        rf"|delivery to)[ \t]*:?[ \t]*<?{_ADDRESS}>?",
        rf"^[ \t]*<{_ADDRESS}>[ \t]*(?:\([^)\n]{{0,200}}\))?:?[ \t]*",
        rf"(?:could not be (?:delivered|sent) to|unable to deliver (?:your )?(?:message|mail) to"
        rf"|failed permanently:|(?:remis|distribué|livré) [àa]|recipients?:|delivery to)\s{{1,20}}<?{_ADDRESS}",
        rf"^[ \t]*{_ADDRESS}[ \t]*(?:$|:|\(|\.\.\.|,|<mailto:)",
        rf"(?:user|recipient|mailbox|address|account)\b[^\n@]{{0,60}}<?{_ADDRESS}",
        rf"<{_ADDRESS}>",
    )
]
_REASON = re.compile(
    r"^[^\n]*(?:\b[45]\d\d[ -]|unknown|not found|does not exist|no such|doesn't have|mailbox|quota|full|rejected"
    r"|refused|denied"
    r"|invalid|disabled|inconnu|n'existe pas|blocked|spam)[^\n]*$",
    re.I | re.M,
)


def bounce(root: Part, leaves: list[Part], text: str) -> Bounce:
    """What a mail that was judged to be a bounce reports."""
    blocks = _status_blocks(root, leaves)
    original = _original_ids(root, leaves)
    return _from_blocks(blocks, root, text, original) or _from_text(root, text, original)


def _status_blocks(root: Part, leaves: list[Part]) -> list[Headers]:
    part = next((leaf for leaf in leaves if leaf.content_type == "message/delivery-status"), None)
    if part is None:
        return []
    data = part.content(MAX_READ).replace(b"\r\n", b"\n").strip(b"\n")
    blocks: list[Headers] = []
    for text in re.split(rb"\n[ \t]*\n+", data)[:MAX_BLOCKS]:
        block = text.lstrip()
        blocks.append(read_headers(block, 0, len(block), Limits())[0])
    return blocks


def _from_blocks(blocks: list[Headers], root: Part, text: str, original: list[str]) -> Bounce | None:
    candidates = [
        block for block in blocks if "final-recipient" in block or "action" in block or "original-recipient" in block
    ]
    if not candidates:
        return None
    block = min(candidates, key=lambda b: _rank(_action(b)))
    diagnostic = _after_type(block.get("diagnostic-code"))
    status = _STATUS.search(block.get("status")) or _STATUS.search(diagnostic)
    recipient = _recipient(block) or _recipient_in(root.headers, text)
    action = _action(block) or ("delayed" if status and status[1].startswith("4") else "failed")
    return Bounce(action, status[1] if status else "", recipient, diagnostic[:2_000], original)


def _rank(action: str) -> int:
    return _ACTIONS.index(action) if action in _ACTIONS else 0


def _action(block: Headers) -> str:
    word = re.match(r"[a-z]+", block.get("action").strip().lower())
    return word[0] if word and word[0] in _ACTIONS else ""


def _recipient(block: Headers) -> str:
    """The address that we wrote to, else the one it was forwarded to."""
    for name in ("original-recipient", "final-recipient"):
        text = _after_type(block.get(name))
        found = valid_address(text.strip("<> ")) or next((m.address for m in mailboxes(text)[0] if m.address), "")
        if found:
            return found
    return ""


def _after_type(value: str) -> str:
    kind, semicolon, rest = value.partition(";")
    return decode_words((rest if semicolon and len(kind) < 40 and "@" not in kind else value).strip())


def _original_ids(root: Part, leaves: list[Part]) -> list[str]:
    """Message-IDs in the returned mail or its headers, then what the report itself refers to."""
    found: list[str] = []
    own = root.headers.get("message-id").strip("<> ")
    for leaf in leaves:
        found.extend(_as_id(match[1]) for match in _RETURNED_ID.finditer(leaf.content(4 * MAX_READ)[:MAX_READ]))
    for name in ("x-original-message-id", "in-reply-to", "references"):
        found.extend(re.findall(r"<([^<>\s]{1,995})>", root.headers.get(name)))
    return [i for i in dict.fromkeys(found) if i and i != own and len(i) <= MAX_ID][:20]


def _as_id(data: bytes) -> str:
    return scrub(decode(data)[0])


def _from_text(root: Part, text: str, original: list[str]) -> Bounce:
    told = text[:MAX_READ]
    before_copy = (
        re.split(
            r"(?im)^.{0,40}(?:copy of the message|original message|unsent message|returned message)", told, maxsplit=1
        )[0]
        or told
    )
    status = _STATUS.search(before_copy)
    code = _REPLY_CODE.search(before_copy)
    temporary = (status[1].startswith("4") if status else bool(code and code[1] == "4")) or bool(
        _DELAYED.search(root.headers.get("subject") + "\n" + before_copy[:2_000])
    )
    permanent = (status and status[1].startswith("5")) or (code and code[1] == "5")
    action = "delayed" if temporary and not permanent else "failed"
    reason = _REASON.search(before_copy)
    return Bounce(
        action,
        status[1] if status else "",
        _recipient_in(root.headers, told),
        one_line(reason[0])[:2_000] if reason else "",
        original,
    )


def _recipient_in(headers: Headers, text: str) -> str:
    for name in ("x-failed-recipients", "x-original-to-recipient"):
        if found := next((m.address for m in mailboxes(headers.get(name))[0] if m.address), ""):
            return found
    ours = {m.address.lower() for name in ("to", "from", "reply-to") for m in mailboxes(headers.get(name))[0]}
    head = text[:20_000]
    for pattern in _RECIPIENTS:
        for match in pattern.finditer(head):
            address = valid_address(match[1].rstrip("."))
            if (
                address
                and address.lower() not in ours
                and not re.match(r"(?:postmaster|mailer-daemon|abuse|helpdesk)@", address, re.I)
            ):
                return address
    return ""
