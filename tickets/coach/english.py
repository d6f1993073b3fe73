"""What the coach knows of English."""

import re

from tickets.coach.hints import Kind
from tickets.coach.phrasebook import Phrasebook, Remark

TOGETHER = "we can solve this together"


def _lets(match: re.Match[str]) -> tuple[str, ...]:
    verb = match["verb"].lower()
    return (f"let's {verb}", f"could you {verb}", TOGETHER)


REMARKS = (
    Remark(
        Kind.NEGATIVE,
        r"\byou(?: will)? (?:must|have to|need to|should)(?: first| also)? (?P<verb>(?!have\b)[a-z]{2,})\b",
        _lets,
    ),
    Remark(
        Kind.NEGATIVE,
        r"\b(?:i|we) (?:can't|cannot|can not|am unable to|are unable to|am not able to|are not able to)\b",
        (TOGETHER,),
    ),
    Remark(Kind.NEGATIVE, r"\b(?:that's|that is|it's|it is) (?:impossible|not possible)\b", ("here is what I can do",)),
    Remark(Kind.NEGATIVE, r"\b(?:there is |there's )?nothing (?:i|we) can do\b", ("here is what I can do",)),
    Remark(Kind.BLAME, r"\byou should have (?:read|known|checked|looked|told|asked|called|written)\b", ()),
    Remark(Kind.BLAME, r"\b(?:calm down|mind your language)\b", ("I understand why you are upset",)),
    Remark(Kind.NEGATIVE, r"\bi (?:don't|do not) know\b", ("let me find out and come back to you",)),
    Remark(Kind.NEGATIVE, r"\b(?:not our fault|nothing to do with us)\b", ("here is what happened",)),
    Remark(Kind.NEGATIVE, r"\byou (?:forgot|failed|neglected) to\b", ("we still need",)),
    Remark(Kind.NEGATIVE, r"\b(?:according to|as per) our (?:policy|terms|rules)\b", ("here is what I can do",)),
    Remark(
        Kind.BLAME,
        r"\bas (?:i|we)(?: have|'ve)?(?: already)? (?:said|told you|explained|mentioned|stated|wrote)[^.,\n]*",
        ("to have it all in one place",),
    ),
    Remark(Kind.BLAME, r"\bas per my (?:last|previous) (?:e-?mail|message)\b", ("to have it all in one place",)),
    Remark(Kind.BLAME, r"\b(?:please be advised|kindly note|we beg to|we remain at your entire disposal)\b", ()),
    Remark(
        Kind.PROMISE,
        r"\b(?:ship|ships|shipped|shipping|dispatch\w*|deliver\w*)(?: \w+){0,3} (?:in|within) (?:24|48|72) ?(?:h\b|hours?)",
        ("handed to the carrier today",),
    ),
    Remark(
        Kind.PROMISE,
        r"\b(?:never happen again|(?:won't|will not|will never) happen(?: again)?)\b",
        ("here is what we are changing",),
    ),
    Remark(Kind.PROMISE, r"\b(?:i|we) (?:can )?guarantee\b", ("I'll take care of it and keep you posted",)),
    Remark(Kind.PROMISE, r"\b(?:immediately|instantly|right this minute|in no time)\b", ("today before 6 pm",)),
    Remark(Kind.PROMISE, r"\b(?:as soon as possible|asap|at the earliest)\b", ("by tomorrow noon",)),
    Remark(Kind.AWAY, r"\b(?:send|write|drop) us an e-?mail\b", ("I'll handle this with you now",)),
    Remark(Kind.AWAY, r"\b(?:fill in|fill out|use) (?:the|our) (?:web )?form\b", ("I'll handle this with you now",)),
)

BOOK = Phrasebook(
    remarks=REMARKS,
    apology=r"\b(?:sorry|apolog\w+|regret\w*|pardon|forgive)\b",
    next_step=(
        r"\b(?:i|we)(?:'ll| will|'ve| have|'m| am| are|'re) (?:already |just |now )?(?!sorry|so sorry|very sorry|really sorry|unable)\w+"
        r"|\b(?:i|we) can(?!not|'t)\b|\bwould you (?:like|prefer|rather)|\bdo you prefer\b|\bhere (?:is|are)\b|\blet me\b"
        r"|^\s*(?:[-*•]|\d+[.)])\s|\b(?:either|your choice)\b|\bby (?:tomorrow|monday|tuesday|wednesday|thursday|friday|noon)\b"
        r"|\b(?:i|we) (?:refund|send|sent|ship|call|offer|suggest|propose)\w*"
        r"|\b(?:leaves|is leaving|is on its way|will be with you|should be with you|reaches you|arrives) ?"
    ),
    jolly=r"[\U0001F300-\U0001FAFF☺-☻]|!{2,}|\b(?:haha|lol|oops+|whoops|yay)\b|[:;]-?[)DP]",
    erare={
        "acknowledge": r"\b(?:understand\w*|sorry|apolog\w+|regret\w*|frustrat\w+|imagine|appreciate how)\b",
        "act": "",
        "thank": r"\bthank\w*",
        "explain": r"\b(?:because|due to|as a result|the reason|caused|since|what happened|owing to|turns out)\b",
        "listen": r"\byour (?:message|order|parcel|request|feedback|e-?mail|call|experience|photo|report)\b|\byou (?:have|had|were|told|waited|received)\b",
    },
)
