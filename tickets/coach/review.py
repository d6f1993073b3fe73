"""Reading one answer. Every check is a function from text to hints."""

import re
from collections.abc import Callable, Iterator

from django.utils.translation import gettext as _

from tickets.coach import english, french
from tickets.coach.hints import Hint, Kind, Situation
from tickets.coach.phrasebook import FLAGS, Phrasebook

BOOKS = {"fr": french.BOOK, "en": english.BOOK}
WALL_WORDS = 90  # in one paragraph: about seven lines of a mail
LONGEST = 20_000  # characters read; a longer answer is read so far
BLOCKING = frozenset({Kind.PROMISE, Kind.BANNED})  # when the shop lets the coach block
Check = Callable[[str, Phrasebook, Situation], Iterator[Hint]]


def review(text: str, situation: Situation) -> list[Hint]:
    """The remarks on this answer, in the order of the text. None for a language that the coach does not know.

    An apology without a next step is one remark only: what else could be said of it follows from that.
    """
    book = BOOKS.get(situation.language.partition("-")[0])
    if book is None or not text.strip():
        return []
    plain = text[:LONGEST].replace("\u2019", "'").replace("\u00a0", " ").replace("\u202f", " ")
    hints = [hint for check in CHECKS for hint in check(plain, book, situation)]
    return sorted(_without_overlaps(hints), key=lambda hint: (hint.start, hint.end))


def blocking(hints: list[Hint]) -> list[Hint]:
    """Those that stop an answer in a shop that wants it so."""
    return [hint for hint in hints if hint.kind in BLOCKING]


def phrases(text: str, book: Phrasebook, situation: Situation) -> Iterator[Hint]:
    why = {
        Kind.NEGATIVE: _("Say what can be done rather than what cannot or must."),
        Kind.BLAME: _("Sounds like a reproach, or like an office letter."),
        Kind.PROMISE: _("A promise that is not ours to keep, or that names no time."),
        Kind.AWAY: _("The customer has already chosen how to reach you."),
    }
    for remark in book.remarks:
        for match in re.finditer(remark.pattern, text, FLAGS):
            rewrites = tuple(_like(match[0], rewrite) for rewrite in remark.instead(match))
            yield _hint(remark.kind, match, why[remark.kind], rewrites)


def own_lists(text: str, book: Phrasebook, situation: Situation) -> Iterator[Hint]:
    """The shop's own words: banned ones, and pairs of what not to say and what to say instead."""
    for phrase in situation.lists.get("banned", ()):
        for match in _literally(str(phrase), text):
            yield _hint(Kind.BANNED, match, _("Your shop does not say this."))
    for pair in situation.lists.get("rewrites", ()):
        if isinstance(pair, (list, tuple)) and len(pair) == 2:
            for match in _literally(str(pair[0]), text):
                yield _hint(Kind.BANNED, match, _("Your shop says it otherwise."), (_like(match[0], str(pair[1])),))


def apology(text: str, book: Phrasebook, situation: Situation) -> Iterator[Hint]:
    """Sorry alone does not help (S77); and the last word should not be sorry (S144)."""
    found = list(re.finditer(book.apology, text, FLAGS))
    if not found:
        return
    if not re.search(book.next_step, text, FLAGS):
        yield _hint(Kind.APOLOGY, found[0], _("An apology needs a next step: what happens now, or a choice."))
        return
    start, last = _closing(text)
    if re.search(book.apology, last, FLAGS) and start > 0 and not re.search(book.next_step, last, FLAGS):
        end = start + len(last)
        yield Hint(Kind.LAST_WORD, start, end, last, _("End on what happens next, not on the apology."))


def wall(text: str, book: Phrasebook, situation: Situation) -> Iterator[Hint]:
    for match in re.finditer(r"(?:[^\n]+\n?)+", text):
        if len(match[0].split()) > WALL_WORDS and not re.search(r"^\s*(?:[-*•]|\d+[.)])\s", match[0], FLAGS):
            yield _hint(Kind.WALL, match, _("A long block: short paragraphs or numbered steps are read."))


def tone(text: str, book: Phrasebook, situation: Situation) -> Iterator[Hint]:
    if situation.bad_news or situation.complaint:
        for match in re.finditer(book.jolly, text, FLAGS):
            yield _hint(Kind.TONE, match, _("Too jolly for bad news."))


def erare(text: str, book: Phrasebook, situation: Situation) -> Iterator[Hint]:
    """A complaint's answer listens, acknowledges, acts, thanks and explains (S91)."""
    if not situation.complaint:
        return
    steps = {
        "listen": _("listen"),
        "acknowledge": _("acknowledge"),
        "act": _("act"),
        "thank": _("thank"),
        "explain": _("explain"),
    }
    missing = tuple(name for name in steps if not re.search(book.erare.get(name) or book.next_step, text, FLAGS))
    if missing:
        words = ", ".join(steps[name] for name in missing)
        yield Hint(
            Kind.ERARE, 0, 0, "", _("Missing in an answer to a complaint: %(steps)s.") % {"steps": words}, (), missing
        )


CHECKS: tuple[Check, ...] = (phrases, own_lists, apology, wall, tone, erare)


def _closing(text: str) -> tuple[int, str]:
    """The last paragraph that says something: a greeting and a name after it do not count."""
    paragraphs = [match for match in re.finditer(r"[^\n]+(?:\n(?!\s*\n)[^\n]+)*", text) if match[0].strip()]
    while len(paragraphs) > 1 and len(paragraphs[-1][0].split()) <= 4 and not re.search(r"[.!?]", paragraphs[-1][0]):
        paragraphs.pop()
    last = paragraphs[-1]
    sentences = list(re.finditer(r"[^.!?…]+[.!?…]*", last[0]))
    if len(paragraphs) > 1 or len(sentences) < 2:
        return last.start(), last[0]
    return last.start() + sentences[-1].start(), sentences[-1][0]


def _hint(kind: Kind, match: re.Match[str], why: str, rewrites: tuple[str, ...] = ()) -> Hint:
    return Hint(kind, match.start(), match.end(), match[0].strip(), why, rewrites)


def _literally(phrase: str, text: str) -> Iterator[re.Match[str]]:
    words = phrase.replace("\u2019", "'").strip()
    return re.finditer(rf"(?<!\w){re.escape(words)}(?!\w)", text, FLAGS) if words else iter(())


def _like(said: str, instead: str) -> str:
    """With a capital where there was one."""
    return instead[:1].upper() + instead[1:] if said[:1].isupper() else instead


def _without_overlaps(hints: list[Hint]) -> list[Hint]:
    """Of remarks on the same words the first check's; those on the whole answer stay."""
    kept: list[Hint] = []
    for hint in hints:
        free = all(hint.end <= other.start or hint.start >= other.end for other in kept)
        if free or hint.start == hint.end or hint.kind in (Kind.WALL, Kind.LAST_WORD):
            kept.append(hint)
    return kept
