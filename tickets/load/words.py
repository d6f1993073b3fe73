"""Made-up messages: a few words that everybody writes and many that hardly anybody does (Zipf), as in real mail."""

import random

FRENCH = [
    "bonjour", "colis", "commande", "livraison", "retour", "remboursement", "facture", "merci", "suivi",
    "transporteur", "adresse", "paiement", "délai", "réponse", "produit", "lampe", "linge", "taie",
    "housse", "bougie", "abîmé", "cassé", "manquant", "reçu", "perdu", "remboursée", "échange",
    "garantie", "relais", "code", "promotion", "compte", "carte", "mail", "numéro", "question",
    "problème", "toujours", "semaine", "jours", "encore", "cordialement",
]  # fmt: skip
ENGLISH = [
    "hello", "parcel", "order", "delivery", "return", "refund", "invoice", "thanks", "tracking",
    "carrier", "address", "payment", "delay", "answer", "product", "lamp", "linen", "pillowcase",
    "cover", "candle", "damaged", "broken", "missing", "received", "lost", "refunded", "exchange",
    "warranty", "pickup", "code", "discount", "account", "card", "email", "number", "question",
    "problem", "still", "week", "days", "again", "regards",
]  # fmt: skip
SYLLABLES = [
    "ba", "ce", "di", "fo", "gu", "la", "me", "ni", "po", "ru",
    "sa", "te", "vi", "lo", "mu", "ra", "ne", "ti", "co", "du",
]  # fmt: skip
RARE = 20_000  # words of each language that few write
POOL, SUBJECTS = 3_000, 2_000  # texts made once and used again


class Writer:
    """Texts and subjects of one language."""

    def __init__(self, rng: random.Random, common: list[str]) -> None:
        rare = ["".join(rng.choices(SYLLABLES, k=rng.randint(2, 5))) for _n in range(RARE)]
        words = common + rare
        weights = [1 / (rank + 3) for rank in range(len(words))]
        lengths = [min(400, max(5, int(rng.lognormvariate(3.9, 0.7)))) for _n in range(POOL)]
        stream = iter(rng.choices(words, weights, k=sum(lengths)))
        self.texts = [" ".join(next(stream) for _n in range(length)).capitalize() + "." for length in lengths]
        self.subjects = [" ".join(rng.choices(common, k=rng.randint(2, 6))).capitalize() for _n in range(SUBJECTS)]
