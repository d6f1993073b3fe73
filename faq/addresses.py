"""Public addresses of a shop's help centre; absolute ones never come from the Host header."""

from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse

from accounts.models import Shop
from faq.models import ArticleTranslation, HelpCentre


def home(shop: Shop, language: str = "") -> str:
    if language:
        return reverse("help-home-in", kwargs={"shop": shop.key, "language": language})
    return reverse("help-home", kwargs={"shop": shop.key})


def article(shop: Shop, translation: ArticleTranslation) -> str:
    return reverse(
        "help-article",
        kwargs={
            "shop": shop.key,
            "language": translation.language,
            "number": translation.article_id,
            "slug": translation.slug,
        },
    )


def category(shop: Shop, language: str, slug: str) -> str:
    """Absolute."""
    path = reverse("help-category", kwargs={"shop": shop.key, "language": language, "topic": slug})
    return absolute(shop, path)


def product(shop: Shop, sku: str, language: str = "") -> str:
    """Absolute: what a QR code on a product carries; without a language the visitor's decides."""
    if language:
        kwargs = {"shop": shop.key, "language": language, "sku": sku}
        return absolute(shop, reverse("help-product-in", kwargs=kwargs))
    return absolute(shop, reverse("help-product", kwargs={"shop": shop.key, "sku": sku}))


def absolute(shop: Shop, path: str) -> str:
    """`path` on the shop's own domain, else on PUBLIC_URL."""
    centre = centre_of(shop)
    host = centre.host if centre else None
    return f"{urlsplit(settings.PUBLIC_URL).scheme}://{host}{path}" if host else settings.PUBLIC_URL + path


def centre_of(shop: Shop) -> HelpCentre | None:
    """The shop's theme and domain, if it has any."""
    return getattr(shop, "help_centre", None)
