"""Subjects of mails, seen as people see them."""

import re

_WORDS = "re|fwd?|aw|wg|tr|rv|réf|ref|antw|sv|vs|rif|res|enc"  # "Re:" and "Fwd:" in the languages people write
_PREFIX = re.compile(rf"^\s*(?:\[#\d{{1,18}}\]|(?:{_WORDS})\s*(?:\[\d{{1,3}}\])?\s*[:：])\s*", re.I)


def bare(subject: str) -> str:
    """The subject without "Re:", "TR :", "[#1042]" and the like, lower-case, one space between words."""
    rest = " ".join(subject.split())[:998]
    while match := _PREFIX.match(rest):
        rest = rest[match.end() :]
    return rest.lower().strip()


def as_reply(subject: str) -> str:
    """ "Re: ..." once."""
    return subject if re.match(r"^\s*re\s*:", subject, re.I) else f"Re: {subject}".strip()
