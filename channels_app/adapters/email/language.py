"""A guess at the language of a few sentences, good enough to choose that of the acknowledgement."""

import re

ENOUGH = 2  # words that tell
_WORD = re.compile(r"[^\W\d_]+")
_FRENCH = """
    bonjour bonsoir merci je vous nous est pas que qui une un le la les des du pour avec dans sur mon ma mes votre vos
    commande colis livraison cordialement été reçu toujours depuis pouvez avez suis ai ne où très madame monsieur
"""
_ENGLISH = """
    hello hi dear thanks thank i you we is not that who a an the of for with in on my your our order parcel delivery
    regards been received still since could would can have am was are please where very it this
"""
_TELLING = {"fr": frozenset(_FRENCH.split()), "en": frozenset(_ENGLISH.split())}


def guess(text: str) -> str:
    """ "fr", "en", or "" when the words do not tell."""
    words = [word.lower() for word in _WORD.findall(text[:4000])]
    counts = {language: sum(word in telling for word in words) for language, telling in _TELLING.items()}
    best, other = sorted(counts, key=counts.__getitem__, reverse=True)
    return best if counts[best] >= ENOUGH and counts[best] > 1.3 * counts[other] else ""
