"""What the coach knows of French. Patterns meet text with straight apostrophes, whatever its case."""

import re

from tickets.coach.hints import Kind
from tickets.coach.phrasebook import Phrasebook, Remark

TOGETHER = "nous pouvons résoudre cela ensemble"


def _lets(match: re.Match[str]) -> tuple[str, ...]:
    """ "vous devez vérifier" -> "vérifions"; other verbs become an offer."""
    verb = match["verb"].lower()
    if not verb.endswith("er") or verb in ("aller", "être"):
        return (f"je vous propose de {verb}", TOGETHER)
    stem = verb[:-2]
    stem += "e" if stem.endswith("g") else ""
    stem = stem[:-1] + "ç" if stem.endswith("c") else stem
    return (f"{stem}ons", f"pouvez-vous {verb}", TOGETHER)


REMARKS = (
    Remark(
        Kind.NEGATIVE,
        r"\bvous (?:devez|devrez|devriez)(?: d'abord| également| aussi)? (?P<verb>\w{2,}(?:er|ir|re|oir))\b",
        _lets,
    ),
    Remark(
        Kind.NEGATIVE,
        r"\bvous (?:devez|devrez)\b(?!(?: d'abord| également| aussi)? \w+(?:er|ir|re|oir)\b)",
        (TOGETHER,),
    ),
    Remark(
        Kind.NEGATIVE, r"\b(?:il faut que vous|il vous faut|vous êtes obligée? de|vous êtes tenue? de)\b", (TOGETHER,)
    ),
    Remark(
        Kind.NEGATIVE,
        r"\b(?:je ne peux pas|nous ne pouvons pas|je ne suis pas en mesure de|nous ne sommes pas en mesure de)\b",
        (TOGETHER,),
    ),
    Remark(Kind.NEGATIVE, r"\b(?:c'est|cela est) impossible\b", ("voici ce que je peux faire",)),
    Remark(
        Kind.NEGATIVE,
        r"\b(?:ce n'est pas possible|il n'est pas possible de)\b",
        ("voici ce que je peux vous proposer",),
    ),
    Remark(Kind.NEGATIVE, r"\b(?:je ne sais pas|je n'en sais rien)\b", ("je me renseigne et je reviens vers vous",)),
    Remark(
        Kind.NEGATIVE,
        r"\b(?:ce n'est pas (?:de )?(?:notre|ma) faute|nous n'y sommes pour rien)\b",
        ("voici ce qui s'est passé",),
    ),
    Remark(Kind.NEGATIVE, r"\bvous avez (?:oublié|omis|mal \w+)\b", ("il nous manque",)),
    Remark(Kind.NEGATIVE, r"\bvous n'avez pas \w+", ("il nous manque encore",)),
    Remark(
        Kind.NEGATIVE, r"\b(?:selon|d'après) (?:notre|le) (?:règlement|politique)\b", ("voici ce que je peux faire",)
    ),
    Remark(
        Kind.BLAME,
        r"\bcomme (?:je vous l'ai|je l'ai|nous vous l'avons|nous l'avons|je vous ai|déjà) (?:déjà )?(?:dit|indiqué|expliqué|mentionné|précisé|écrit)[^.,\n]*",
        ("pour tout reprendre au même endroit",),
    ),
    Remark(
        Kind.BLAME,
        r"\bainsi que (?:je|nous) (?:vous )?l'(?:ai|avons)[^.,\n]*",
        ("pour tout reprendre au même endroit",),
    ),
    Remark(Kind.BLAME, r"\b(?:calmez-vous|restez polie?)\b", ("je comprends votre colère",)),
    Remark(Kind.BLAME, r"\b(?:je me permets de|nous nous permettons de) (?=\w)", ()),
    Remark(
        Kind.BLAME,
        r"\b(?:veuillez agréer|je vous prie d'agréer|nous vous prions d'agréer)[^.\n]*",
        ("belle journée à vous",),
    ),
    Remark(
        Kind.PROMISE,
        r"\b(?:expédi\w+|expédition|envoi|livr\w+|livraison)(?: \w+){0,3} (?:en|sous|dans les) (?:24|48|72) ?(?:h\b|heures?)",
        ("remis au transporteur aujourd'hui",),
    ),
    Remark(
        Kind.PROMISE,
        r"\b(?:cela|ça|ce genre d'incident)? ?(?:n'arrivera|ne se reproduira|ne se répétera) (?:plus )?jamais\b",
        ("voici ce que nous changeons",),
    ),
    Remark(Kind.PROMISE, r"\bplus jamais\b", ("voici ce que nous changeons",)),
    Remark(
        Kind.PROMISE,
        r"\b(?:je vous garantis|nous vous garantissons|garanti à 100 ?%|sans aucun doute)\b",
        ("je m'en occupe et je vous tiens au courant",),
    ),
    Remark(Kind.PROMISE, r"\b(?:immédiatement|dans la minute|réponse immédiate)\b", ("aujourd'hui avant 18 h",)),
    Remark(
        Kind.PROMISE,
        r"\b(?:dès que possible|au plus vite|dans les plus brefs délais|dans les meilleurs délais)\b",
        ("d'ici demain midi",),
    ),
    Remark(
        Kind.AWAY,
        r"\b(?:envoyez|écrivez|adressez)[- ]nous un (?:e-?mail|mail|courriel)\b",
        ("je m'en occupe avec vous maintenant",),
    ),
    Remark(Kind.AWAY, r"\b(?:remplissez|utilisez) (?:le|notre) formulaire\b", ("je m'en occupe avec vous maintenant",)),
)

BOOK = Phrasebook(
    remarks=REMARKS,
    apology=r"\b(?:désolée?s?|navrée?s?|excuses|excusez|pardon|regrett\w+)\b",
    next_step=(
        r"\b(?:je |nous |j')(?:vous |l'|le |la |les |y )*(?:renvo\w+|envo\w+|rembours\w+|expédi\w+|réexpédi\w+|rappel\w+|appel\w+|"
        r"propos\w+|peux|pouvons|vais|allons|viens|venons|prépar\w+|relanc\w+|échang\w+|offr\w+|poste|postons|"
        r"m'en occupe|vérifi\w+|contact\w+|suis en train|(?:ai|avons) (?:déjà |bien )?"
        r"(?:envoy|renvoy|rembours|expédi|réexpédi|relanc|prépar|contact|demand|lanc|ouvert|vérifi|command|offert|post)\w*)"
        r"|\bpréfér\w+[- ]vous|\bsouhaite[zr][- ]?(?:vous)?|\bvoici\b|^\s*(?:[-*•]|\d+[.)])\s|\bau choix\b|\bd'ici\b"
        r"|\b(?:sera|seront|partira|repart|arrivera) |\bpart(?:ent)? (?:aujourd'hui|demain|ce |dès |lundi|mardi|mercredi|jeudi|vendredi)"
        r"|\bvous (?:l'|le |la |les )?(?:recevrez|aurez)\b"
    ),
    jolly=r"[\U0001F300-\U0001FAFF☺-☻]|!{2,}|\b(?:haha|lol|mdr|ptdr|oups+|hop)\b|[:;]-?[)DP]",
    erare={
        "acknowledge": r"\b(?:compren\w+|désolée?s?|navrée?s?|excus\w+|regrett\w+|légitime|imagine|conçois)\b",
        "act": "",  # next_step
        "thank": r"\bmerci\b|\bremerci\w+",
        "explain": r"\b(?:parce que|car|en effet|à cause|en raison|suite à|la raison|vient de|dû à|due à|s'explique|cause|c'est que)\b",
        "listen": r"\bvotre (?:message|commande|colis|demande|remarque|retour|mail|appel|déception|expérience|signalement|photo)\b|\bvous (?:avez|me|nous|attend\w+)\b",
    },
)
