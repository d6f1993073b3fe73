"""Banners: known problems and special occasions, between two dates."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Shop
from faq.models import Article, Banner
from helpdesk.lib.refused import Refused


@transaction.atomic
def announce(
    shop: Shop,
    *,
    titles: Mapping[str, str],
    texts: Mapping[str, str],
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    article: Article | None = None,
) -> Banner:
    """Show a banner on every public page of a shop from `starts_at` (now) to `ends_at` (until it is withdrawn).

    A language without a title shows none. Refused (field "title", "language" or "ends_at").
    """
    starts_at = starts_at or timezone.now()
    titles = {language: words.strip()[:160] for language, words in titles.items() if words.strip()}
    texts = {language: words.strip()[:400] for language, words in texts.items() if words.strip()}
    if not titles:
        raise Refused("title", _("A banner needs a title."))
    if not set(titles) <= set(shop.languages):
        raise Refused("language", _("The shop does not speak this language."))
    if ends_at is not None and ends_at <= starts_at:
        raise Refused("ends_at", _("The end must come after the beginning."))
    return Banner.objects.create(
        shop=shop, titles=titles, texts=texts, starts_at=starts_at, ends_at=ends_at, article=article
    )


@transaction.atomic
def withdraw_banner(banner: Banner, *, at: datetime | None = None) -> None:
    """Stop showing it now; one that has not begun is deleted, unless customers have been written about it."""
    at = at or timezone.now()
    if banner.starts_at >= at and not banner.notices.exists():
        banner.delete()
        return
    banner.starts_at, banner.ends_at = min(banner.starts_at, at - timedelta(seconds=1)), at
    banner.save()
