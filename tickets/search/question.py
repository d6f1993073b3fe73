"""What was typed into the search field: words, and filters such as `state:open`."""

import re
from dataclasses import dataclass, field

FILTERS = ("state", "channel", "tag", "assignee", "team", "priority", "before", "after", "shop", "reason")
FILTER = re.compile(rf"(?<!\S)({'|'.join(FILTERS)}):(\"[^\"]*\"|\S+)", re.IGNORECASE)
LONGEST = 200  # characters read


@dataclass(frozen=True)
class Question:
    """`words` without the filters; `filters` by name, the last one of a name counts."""

    words: str
    filters: dict[str, str] = field(default_factory=dict)

    @property
    def number(self) -> int | None:
        """The ticket that is asked for by its number, as in "#1042"."""
        digits = self.words.removeprefix("#")
        return int(digits) if digits.isascii() and digits.isdecimal() and len(digits) < 19 else None


def ask(typed: str) -> Question:
    typed = typed.replace("\0", "")[:LONGEST]
    filters = {match[1].lower(): match[2].strip('"') for match in FILTER.finditer(typed)}
    return Question(" ".join(FILTER.sub(" ", typed).split()), filters)
