"""RFC 5322 mailbox lists as people really write them, in one pass and without recursion."""

from __future__ import annotations

import re

from channels_app.adapters.email.headers import decode_words, one_line
from channels_app.adapters.email.model import Mailbox

MAX_MAILBOXES = 500
MAX_NAME = 200
MAX_ADDRESS = 320

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"?|\\.|[(),:;<>\[\]]|[^"\\(),:;<>\[\]]+', re.S)
_ADDRESS = re.compile(
    r"[^\s@<>(),;:\"\[\]]{1,64}@(?:[^\s@<>(),;:\"\[\]\\!#$%&'*/=?^`{|}~]{1,255}|\[[0-9A-Fa-f:.IPv]{2,60}\])"
)
_QUOTED_LOCAL = re.compile(r'"(?:[^"\\\x00-\x1f]|\\[\x20-\x7e]){1,64}"@[A-Za-z0-9.-]{1,255}')


class _Reader:
    """Collects one mailbox after another from a stream of tokens."""

    def __init__(self) -> None:
        self.found: list[Mailbox] = []
        self._reset()

    def _reset(self) -> None:
        self.phrase: list[str] = []
        self.angle: list[str] | None = None
        self.comments: list[str] = []
        self.depth = 0
        self.inside = False

    def take(self, token: str) -> None:
        if self.depth:
            self._in_comment(token)
        elif token == "(":
            self.depth = 1
            self.comments.append("")
        elif self.inside:
            self._in_angle(token)
        elif token == "<":
            self.inside = True
            self.angle = [*self.angle, " "] if self.angle else []
        elif token in ",;":
            self.finish()
        elif token == ":" and not self.angle and "@" not in "".join(self.phrase):
            self._reset()  # a group's name
        elif token not in ")>":
            self.phrase.append(token)

    def _in_comment(self, token: str) -> None:
        self.depth += (token == "(") - (token == ")")
        if self.depth:
            self.comments[-1] += token[1:] if token[0] == "\\" else token

    def _in_angle(self, token: str) -> None:
        if token == ">":
            self.inside = False
        elif token == ":" and self.angle is not None and "".join(self.angle).lstrip().startswith("@"):
            self.angle.clear()  # a source route
        elif self.angle is not None and token != "<":
            self.angle.append(token)

    def finish(self) -> None:
        phrase = "".join(self.phrase)
        if self.angle is not None and (address := valid_address("".join(self.angle))):
            self._add(phrase, address)
        elif address := valid_address(phrase):
            self._add(" ".join(self.comments), address)
        elif phrase.strip() or self.angle:
            self._broken(f"{phrase} {''.join(self.angle or [])}")
        self._reset()

    def _broken(self, text: str) -> None:
        """`Jane jane@example.com` without brackets, or nothing that looks like an address."""
        words = [word for word in text.split() if "@" in word]
        address = valid_address(words[0]) if len(words) == 1 and "." in words[0].rpartition("@")[2] else ""
        self._add(text.replace(address, " ") if address else text, address)

    def _add(self, name: str, address: str) -> None:
        self.found.append(Mailbox(display_name(name or " ".join(self.comments)), address))


def display_name(text: str) -> str:
    """A phrase or comment as a reader should see it; what was encoded never becomes syntax."""
    text = re.sub(r'"((?:[^"\\]|\\.)*)"?', lambda m: re.sub(r"\\(.)", r"\1", m[1]), text.strip())
    text = one_line(decode_words(text))
    if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"":
        text = text[1:-1]
    return re.sub(r"\s+", " ", text).strip(" ,;")[:MAX_NAME]


def valid_address(text: str) -> str:
    """The address itself, "" when the text is anything else than exactly one address."""
    text = text.strip().removeprefix("mailto:").strip()
    if len(text) > MAX_ADDRESS or ".." in text.rpartition("@")[2]:
        return ""
    if _ADDRESS.fullmatch(text) or _QUOTED_LOCAL.fullmatch(text):
        return text.rstrip(".")
    joined = re.sub(r"\s*([@.])\s*", r"\1", text) if len(text) < MAX_ADDRESS and text.count("@") == 1 else ""
    return joined if joined and _ADDRESS.fullmatch(joined) else ""


def mailboxes(text: str) -> tuple[list[Mailbox], bool]:
    """The mailboxes of an address field, and whether there were more than 500."""
    reader = _Reader()
    for token in _TOKEN.finditer(text):
        reader.take(token[0])
        if len(reader.found) >= MAX_MAILBOXES:
            return reader.found[:MAX_MAILBOXES], True
    reader.finish()
    return reader.found, False
