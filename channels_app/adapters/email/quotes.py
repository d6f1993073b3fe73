"""Where a plain-text reply ends and the quoted history begins. Nothing is ever deleted: only an offset is given."""

from __future__ import annotations

import re
from functools import cache

from mailparser_reply.constants import MAIL_LANGUAGES
from mailparser_reply.parser import EmailMessage

MAX_LINES = 300
MAX_WIDTH = 200

_FROM = r"From|De|Von|Da|Van|Od|Från|Fra|Lähettäjä|От|差出人|发件人|寄件者|보낸\s?사람"
_FIELDS = (
    r"Sent|Date|To|Cc|Subject|Reply-To|Envoyé(?: le)?|À|A|Objet|Répondre à|Gesendet|Datum|An|Betreff"
    r"|Enviado(?: el)?|Fecha|Para|Asunto"
    r"|Data|Assunto|Inviato|Oggetto|Verzonden|Aan|Onderwerp|Wysłano|Do|Temat|Skickat|Till|Ämne|Sendt|Til|Emne"
    r"|Odesláno"
    r"|Komu|Předmět|Дата|Кому|Тема|日時|宛先|件名|发送时间|收件人|主题"
)
_FROM_LINE = re.compile(rf"[*_ ]*(?:{_FROM})[ *_]*[:：]", re.I)
_FIELD_LINE = re.compile(rf"[*_ ]*(?:{_FIELDS})[ *_]*[:：]", re.I)
_ORIGINAL = re.compile(
    r"[-_=*]{2,} ?(?:original message|original appointment|message d['’]origine|message original|mensaje original"
    r"|mensagem original|messaggio originale|ursprüngliche nachricht|oorspronkelijk bericht|oprindelig meddelelse"
    r"|ursprungligt meddelande|исходное сообщение) ?[-_=*]{2,}$",
    re.I,
)
_FORWARD = re.compile(
    r"[-_=*> ]*(?:begin forwarded message|forwarded message|(?:début du )?message (?:transféré|réexpédié)"
    r"|(?:anfang der )?weitergeleiteten? (?:e-mail|nachricht)|weitergeleitete nachricht"
    r"|(?:inicio del )?mensaje reenviado"
    r"|mensagem encaminhada|(?:inizio )?messaggio inoltrato|(?:begin )?doorgestuurd bericht"
    r"|vidarebefordrat meddelande"
    r"|пересылаемое сообщение)\b[^\n]{0,60}$",
    re.I,
)
_FORWARD_SUBJECT = re.compile(r"\s*(?:fwd?|tr|wg|rv|i|enc|doorst|vs)\s*:", re.I)
_MARKER = re.compile(r"#{2}-?[^#\n]{0,40}(?:above this line|au-dessus de cette ligne)[^#\n]{0,40}-?#{2}", re.I)
VERBS = re.compile(
    r"\b(?:wrote|writes|a [ée]crit|a &eacute;crit|schrieb|escribi[óo]|ha scritto|schreef|geschreven|escreveu"
    r"|napisał|skrev|napsal|написал)",
    re.I,
)
_ATTRIBUTION_END = re.compile(
    r"(?:wrote|writes|a [ée]crit|schrieb|escribi[óo]|ha scritto|schreef|geschreven|escreveu|napisał\(?a?\)?|skrev"
    r"|napsal\(a\)"
    r"|написал\(?а?\)?|пишет|kirjoitti|yazdı)\b[^\n]{0,80}?[:：]$|[:：]$|写道：$|작성하였습니다:$",
    re.I,
)
_ATTRIBUTION_START = re.compile(r"^[\s>*]*(?:On|Le|Am|El|Il|Op|Em|Den|Dnia|Dne|W dniu)\s|\d|@", re.I)
_WROTE = re.compile(
    r"(?:(?:On|Le|Am|El|Il|Op|Em|Den|Dnia|Dne|W dniu)\s|[^\n]{0,60}\d{4}|[^\n]{0,80}<[^<>\s]+@)[^\n]{0,300}"
    r"\b(?:wrote|writes|a [ée]crit|schrieb|escribi[óo]|ha scritto|schreef|geschreven|escreveu|napisał|skrev"
    r"|napsal|написал)"
    r"[^\n:]{0,100}:$",
    re.I,
)
_SIGNATURE = re.compile(
    r"-- ?$|_{5,}$|(?:sent from|get outlook|envoyé (?:de|depuis)|obtenez outlook|von meinem|enviado desde)\b", re.I
)
_WRAPPED = 55


@cache
def _attribution() -> re.Pattern[str]:
    """`On …, Jane wrote:` in the library's languages."""
    pattern: re.Pattern[str] = EmailMessage(text="", languages=list(MAIL_LANGUAGES)).HEADER_REGEX
    return pattern


def is_attribution(line: str) -> bool:
    """Whether a line introduces a quote, as in `Le 3 mars, Jane a écrit :`."""
    line = re.sub(r"\s+", " ", line.replace("\xa0", " ").replace("\u202f", " ")).strip(" >*")
    if len(line) > 3 * MAX_WIDTH or not _ATTRIBUTION_END.search(line[-120:]) or _FROM_LINE.match(line):
        return False
    if _WROTE.match(line):
        return True
    return bool(_attribution().match(line)) and not _FIELD_LINE.match(line)


def is_forward(subject: str) -> bool:
    """Whether the subject says that what follows is somebody else's mail, passed on."""
    return bool(_FORWARD_SUBJECT.match(subject))


def visible_until(text: str, subject: str = "") -> int | None:
    """The offset in `text` after which only quoted history follows; None when nothing is safely foldable.

    Forwarded content is not quoted history, nor is anything that an answer stands below of or in between.
    """
    lines = text.split("\n")
    starts = _starts(lines)
    cut = _first_quote(lines, is_forward(subject))
    if cut is None:
        return None
    while cut and not lines[cut - 1].strip(" \t\xa0>-_*"):
        cut -= 1
    visible = text[: starts[cut]].rstrip()
    return len(visible) if visible.strip() else None


def _starts(lines: list[str]) -> list[int]:
    starts, position = [], 0
    for line in lines:
        starts.append(position)
        position += len(line) + 1
    return [*starts, position]


def _first_quote(lines: list[str], forwarded: bool) -> int | None:
    """The index of the line where history begins."""
    for index, line in enumerate(lines[:MAX_LINES]):
        head = line[:MAX_WIDTH].replace("\xa0", " ").strip()
        begins = _begins_history(lines, index, head, forwarded) if head else None
        if begins:
            return index
        if begins is False:
            return None if forwarded or _FORWARD.match(head) else _trailing_quotes(lines)
    return _trailing_quotes(lines) if len(lines) > MAX_LINES else None


def _begins_history(lines: list[str], index: int, head: str, forwarded: bool) -> bool | None:
    """True: only history from here on; False: a forward, or history with answers in it; None: an ordinary line."""
    if _MARKER.search(head):
        return True
    if _FORWARD.match(head):
        return False
    if _ORIGINAL.match(head) or (_FROM_LINE.match(head) and _is_header_block(lines, index)):
        return not forwarded
    if head.startswith(">"):
        return _only_quotes(lines, index)
    span = _attribution_span(lines, index)
    return _after_attribution(lines, index, span) if span else None


def _is_header_block(lines: list[str], index: int) -> bool:
    window = [line[:MAX_WIDTH].replace("\xa0", " ").strip() for line in lines[index + 1 : index + 9]]
    return sum(bool(_FIELD_LINE.match(line)) for line in window) >= 2


def _attribution_span(lines: list[str], index: int) -> int:
    """How many lines the attribution takes from `index` on, 0 when there is none."""
    if not _ATTRIBUTION_START.search(lines[index][:MAX_WIDTH]):
        return 0
    joined = ""
    for count, line in enumerate(lines[index : index + 3], start=1):
        if not line.strip():
            return 0
        joined = f"{joined} {line[:MAX_WIDTH].strip()}".strip()
        if is_attribution(joined):
            return count
    return 0


def _after_attribution(lines: list[str], index: int, span: int) -> bool | None:
    """True: history begins here; False: an answer stands within it; None: not an attribution after all."""
    rest = index + span
    following = next((i for i in range(rest, len(lines)) if lines[i].strip()), None)
    if following is None:
        return None
    if lines[following].lstrip().startswith(">"):
        return _only_quotes(lines, following)
    introduction = " ".join(lines[index:rest])
    dated = bool(re.search(r"\d", introduction)) and (
        "@" in introduction or bool(re.search(r"\d{1,2}[:.hH]\d{2}|\d{4}", introduction))
    )
    return True if dated else None


def _only_quotes(lines: list[str], index: int) -> bool:
    """Whether from `index` on nothing but quotes, their wrapped tails and a signature follows."""
    for number in range(index, len(lines)):
        line = lines[number].strip()
        if not line or line.startswith(">") or _SIGNATURE.match(line):
            if line and not line.startswith(">"):
                return len(lines) - number <= 8
            continue
        if not _is_wrapped_tail(lines, number) and not _attribution_span(lines, number):
            return False
    return True


def _is_wrapped_tail(lines: list[str], number: int) -> bool:
    """A short rest that a careless client broke off a long quoted line."""
    before, after = lines[number - 1], lines[number + 1] if number + 1 < len(lines) else ""
    return (
        before.startswith(">") and len(before) >= _WRAPPED and after.startswith(">") and len(lines[number]) < _WRAPPED
    )


def _trailing_quotes(lines: list[str]) -> int | None:
    """The start of the block of `>` lines that the mail ends with."""
    cut: int | None = None
    for number in range(len(lines) - 1, -1, -1):
        if lines[number].startswith(">"):
            cut = number
        elif lines[number].strip():
            break
    return cut
