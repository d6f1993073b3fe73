"""The places in a prepared text that a value goes into: {{ customer.first_name | "dear customer" }}."""

import re
from dataclasses import dataclass

ROOTS = ("customer", "ticket", "order", "agent", "shop", "date", "input")
NAME = r"(?P<name>(?:" + "|".join(ROOTS) + r")\.[\w.-]{1,60})"
FALLBACK = r"\|\s*[\"“«]\s?(?P<fallback>[^\"”»{}]*?)\s?[\"”»]"
PLACE = re.compile(r"\{\{\s*" + NAME + r"\s*(?:" + FALLBACK + r"\s*)?\}\}")


@dataclass(frozen=True, slots=True)
class Place:
    name: str
    fallback: str

    @property
    def words(self) -> str:
        """What the agent is asked for: "input.arrival_date" is "arrival date"."""
        return self.name.removeprefix("input.").replace("_", " ").replace(".", " ")


def places(text: str) -> list[Place]:
    """Every place of a text once, in order."""
    found = [Place(match["name"], match["fallback"] or "") for match in PLACE.finditer(text)]
    return list({place.name: place for place in found}.values())


def unfilled(text: str) -> list[str]:
    """What still waits for a value in a text that is about to leave."""
    return [place.words for place in places(text)]
