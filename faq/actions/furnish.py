"""What a new shop's help centre begins with: five themes, most asked first, and common synonyms (S70)."""

from itertools import chain

from django.db import transaction

from accounts.models import Shop
from faq import spelling
from faq.models import Category, Synonyms

THEMES = (
    ("billing", "receipt", {"fr": "Facturation", "en": "Billing"},
     {"fr": "Paiement, facture, remboursement, code promo", "en": "Payment, invoices, refunds, promo codes"}),
    ("orders", "bag", {"fr": "Commandes en cours", "en": "Orders in progress"},
     {"fr": "Modifier, annuler, article en rupture", "en": "Change, cancel, items out of stock"}),
    ("shipping", "truck", {"fr": "Livraison", "en": "Shipping"},
     {"fr": "Délais, prix, point relais, colis retardé", "en": "Times, prices, pick-up points, late parcels"}),
    ("returns", "back", {"fr": "Retours et échanges", "en": "Returns and exchanges"},
     {"fr": "Délais, étiquette, casse, échange", "en": "Deadlines, labels, breakage, exchanges"}),
    ("account", "user", {"fr": "Compte", "en": "Account"},
     {"fr": "Connexion, adresses, fidélité, vos données", "en": "Signing in, addresses, rewards, your data"}),
)  # fmt: skip
SYNONYMS = {
    "fr": (
        ("retour", "retourner", "renvoi", "renvoyer"),
        ("colis", "paquet", "livraison"),
        ("remboursement", "rembourser", "rembourse"),
        ("facture", "recu"),
        ("casse", "abime", "fele", "defectueux"),
        ("annuler", "annulation"),
        ("code", "coupon", "bon", "promo"),
    ),
    "en": (
        ("parcel", "package", "delivery", "shipping"),
        ("invoice", "receipt", "bill"),
        ("broken", "damaged", "faulty", "defective"),
        ("cancel", "cancellation"),
        ("coupon", "voucher", "promo", "discount"),
    ),
}


@transaction.atomic
def furnish(shop: Shop) -> bool:
    """Give a shop without any theme the five that shoppers ask about. False when it has themes already."""
    Shop.objects.select_for_update().get(pk=shop.pk)
    if shop.categories.exists():
        return False
    Category.objects.bulk_create(
        Category(
            shop=shop, slug=slug, icon=icon, position=place,
            names=_spoken(names, shop), abouts=_spoken(abouts, shop),
        )
        for place, (slug, icon, names, abouts) in enumerate(THEMES)
    )  # fmt: skip
    Synonyms.objects.bulk_create(
        Synonyms(shop=shop, language=language, words=list(words))
        for language in shop.languages
        for words in SYNONYMS.get(language, ())
    )
    for language in shop.languages:
        spelling.learn(shop, language, chain.from_iterable(SYNONYMS.get(language, ())))
    return True


def _spoken(texts: dict[str, str], shop: Shop) -> dict[str, str]:
    """In the shop's languages; English for one that we do not know."""
    return {language: texts.get(language, texts["en"]) for language in shop.languages or ["en"]}
