"""What search engines read of a page: schema.org as JSON-LD, a data block that no browser executes."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Shop
from faq import addresses
from faq.models import ArticleTranslation


def article(shop: Shop, translation: ArticleTranslation) -> list[dict[str, Any]]:
    """The article itself and where it stands."""
    category = translation.article.category
    home = addresses.absolute(shop, addresses.home(shop, translation.language))
    url = addresses.absolute(shop, addresses.article(shop, translation))
    steps = [(_("Help"), home)]
    if category is not None:
        theme = addresses.category(shop, translation.language, category.slug)
        steps.append((category.name_in(translation.language), theme))
    about = {
        "@context": "https://schema.org",
        "@type": "Article",
        "headline": translation.title[:110],
        "description": translation.summary,
        "inLanguage": translation.language,
        "url": url,
        "dateModified": translation.updated_at.isoformat(),
        "datePublished": (translation.published_at or translation.updated_at).isoformat(),
        "publisher": {"@type": "Organization", "name": shop.legal_name or shop.name},
    }
    return [about, _breadcrumbs([*steps, (translation.title, url)])]


def questions(shop: Shop, answers: Iterable[ArticleTranslation]) -> list[dict[str, Any]]:
    """A list of questions with their short answers; [] when none has one."""
    entries = [
        {
            "@type": "Question",
            "name": one.title,
            "acceptedAnswer": {"@type": "Answer", "text": one.summary},
            "url": addresses.absolute(shop, addresses.article(shop, one)),
        }
        for one in answers
        if one.summary
    ]
    return [{"@context": "https://schema.org", "@type": "FAQPage", "mainEntity": entries}] if entries else []


def _breadcrumbs(steps: list[tuple[str, str]]) -> dict[str, Any]:
    places = [
        {"@type": "ListItem", "position": place, "name": name, "item": url}
        for place, (name, url) in enumerate(steps, 1)
    ]
    return {"@context": "https://schema.org", "@type": "BreadcrumbList", "itemListElement": places}
