"""Whether somebody only says thank you: then a solved ticket stays solved. French and English; strict on purpose, for
a missed thanks costs one click and a missed question costs a customer."""

import re
import unicodedata

LONGEST = 240  # characters
THANKS = frozenset(["merci", "thanks", "thank", "thx", "ty", "cheers", "mercii", "remercie", "remercions"])
POLITE = """
    bonjour bonsoir salut coucou madame monsieur a vous toi te beaucoup bcp mille infiniment grand un tres bien bon
    bonne journee soiree week end weekend fin de semaine pour votre ton ta la le les l aide reponse rapidite efficacite
    gentillesse reactivite retour super parfait genial top nickel excellent impeccable formidable ok okay d accord tout
    c est cool cordialement je suis ravie ravi contente content et en ce cette vos service rapide efficace recu note oui
    hello hi dear you your so very much many lots of all the for help reply answer quick fast kind kindness great
    perfect awesome wonderful good nice have day evening best regards sincerely it s that is was got received
    noted yes again everything team really appreciated appreciate i we and"""
ALLOWED = THANKS | frozenset(POLITE.split())
DOUBT = re.compile(
    r"[?]|\b(?:mais|but|however|cependant|toutefois|sauf|pas|not|no|non|jamais|never|encore pas|still)\b"
)


def only_thanks(text: str, *, name: str = "") -> bool:
    """Whether these words thank and say nothing else; `name` is how the writer may sign."""
    if len(text) > LONGEST or "?" in text:
        return False
    words = re.findall(r"[a-z0-9]+", _bare(text))
    allowed = ALLOWED | set(re.findall(r"[a-z0-9]+", _bare(name)))
    return bool(THANKS & set(words)) and all(word in allowed for word in words)


def _bare(text: str) -> str:
    spread = unicodedata.normalize("NFKD", text.lower())
    return "".join(letter for letter in spread if not unicodedata.combining(letter))
