"""The nightly check (S38): whether the links in articles still lead somewhere, the shop's own page to the help, and
whether the shop says how to reach it.
"""

from collections.abc import Iterator
from html import unescape
from itertools import islice
from re import compile as pattern
from urllib.parse import unquote

import httpx
from django.db import transaction
from django.urls import Resolver404, resolve
from django.utils import timezone

from accounts.models import Shop
from faq import addresses
from faq.models import ArticleImage, ArticleTranslation, Category, LinkFault
from helpdesk.lib import net
from helpdesk.lib.urls import parts

LINK = pattern(r'<a [^>]*?href="([^"]*)"')
MOST_ABROAD = 500  # addresses of others in one night
PATIENCE = 5.0  # seconds
MOST_READ = 512 * 1024  # bytes of a shop's page
GONE = frozenset({404, 410})
Kind = LinkFault.Kind


def check() -> int:
    """Look at every link of every published article and at every shop's page. Returns how many lead nowhere."""
    found = [
        fault
        for shop in Shop.objects.select_related("help_centre")
        for fault in (*_articles(shop), *_page(shop), *_reach(shop))
    ]
    with transaction.atomic():
        LinkFault.objects.all().delete()
        LinkFault.objects.bulk_create(found)
    return len(found)


def _articles(shop: Shop) -> Iterator[LinkFault]:
    known: dict[str, Kind | None] = {}
    rows = ArticleTranslation.objects.filter(shop=shop).published().only("html", "shop_id", "language")
    for translation in rows.iterator():
        for address in dict.fromkeys(unescape(one) for one in LINK.findall(translation.html)):
            kind = _kind(shop, translation, address, known)
            if kind:
                yield _fault(shop, address, kind, translation)


def _kind(shop: Shop, translation: ArticleTranslation, address: str, known: dict[str, Kind | None]) -> Kind | None:
    """What is wrong with a link; None when nothing is, or nobody can tell."""
    if address.startswith("#"):
        return None if f'id="{unquote(address[1:])}"' in translation.html else Kind.PART
    path = _own_path(shop, address)
    if path is not None:
        return None if _is_there(shop, path) else Kind.GONE
    if not address.startswith(("https://", "http://")):
        return None
    if address not in known and len(known) < MOST_ABROAD:
        known[address] = _abroad(address)
    return known.get(address)


def _own_path(shop: Shop, address: str) -> str | None:
    """The path of an address of ours; None for one of somebody else."""
    if address.startswith("/"):
        return parts(address).path
    ours = addresses.absolute(shop, "/")
    return parts(address).path if address.startswith(ours) else None


def _is_there(shop: Shop, path: str) -> bool:
    try:
        match = resolve(path)
    except Resolver404:
        return False
    named = match.kwargs
    if named.get("shop", shop.key) != shop.key:
        return Shop.objects.filter(key=named["shop"]).exists()
    if "number" in named:
        rows = ArticleTranslation.objects.of(shop, named["language"]).published()
        return rows.filter(article=named["number"]).exists()
    if match.url_name == "help-category":
        return Category.objects.filter(shop=shop, slug=named["topic"]).exists()
    if match.url_name == "help-image":
        return ArticleImage.objects.filter(shop=shop, uuid=named["uuid"]).exists()
    return True


def _abroad(address: str) -> Kind | None:
    """Only what is surely gone counts: who asks for a login or turns robots away is there."""
    try:
        with net.client(timeout=PATIENCE) as session, session.stream("GET", address) as answer:
            return Kind.REFUSED if answer.status_code in GONE else None
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError):
        return Kind.SILENT


def _page(shop: Shop) -> Iterator[LinkFault]:
    """The shop's own website must lead to the help centre, or carry the chat."""
    if parts(shop.website).scheme not in ("http", "https"):
        return
    try:
        with net.client(timeout=PATIENCE) as session, session.stream("GET", shop.website) as answer:
            gone = answer.status_code in GONE
            html = b"".join(islice(answer.iter_bytes(64 * 1024), MOST_READ // (64 * 1024))).decode("utf-8", "replace")
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError):
        yield _fault(shop, shop.website, Kind.SILENT)
        return
    ways = (addresses.absolute(shop, addresses.home(shop)), f"/help/{shop.key}/", f"/widget/{shop.key}.js")
    if gone:
        yield _fault(shop, shop.website, Kind.REFUSED)
    elif not any(way in html for way in ways):
        yield _fault(shop, shop.website, Kind.NO_WAY)


def _reach(shop: Shop) -> Iterator[LinkFault]:
    """Every mail and public page ends with the shop's phone and e-mail, where it has told them (S125)."""
    if not (shop.phone and shop.email):
        yield _fault(shop, shop.name, Kind.NO_REACH)


def _fault(shop: Shop, address: str, kind: Kind, translation: ArticleTranslation | None = None) -> LinkFault:
    at = timezone.now()
    return LinkFault(shop=shop, translation=translation, address=address[:2000], kind=kind, checked_at=at)
