"""The shop's colours, logo, pictures and QR codes: small public files with addresses of their own."""

import io
from uuid import UUID

import qrcode
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe
from qrcode.image.svg import SvgPathFillImage

from accounts.access import PUBLIC, policy
from accounts.models import Shop
from faq import addresses
from faq.models import Article, ArticleImage, HelpCentre

FOREVER = "public, max-age=31536000, immutable"
NOTHING = "default-src 'none'; sandbox"  # should a browser ever take one of these for a page
THEME = """@layer theme {{ :root {{
  --accent: light-dark({light}, {dark}); --focus: light-dark({light}, {dark});
  --accent-ink: light-dark(#ffffff, #101214);
  --accent-tint: color-mix(in srgb, {light} 12%, var(--surface));
  --accent-line: color-mix(in srgb, {light} 45%, var(--surface));
}} }}
"""
MIXED_UP = 0.55  # towards white: the dark page's accent when only the light one is given


@policy(PUBLIC)
@require_safe
def theme(request: HttpRequest, shop: str) -> HttpResponse:
    """The shop's colours as a style sheet: values checked when they were set, so nothing else can stand in it."""
    centre = HelpCentre.objects.filter(shop__key=shop).first()
    css = ""
    if centre and centre.accent:
        css = THEME.format(light=centre.accent, dark=centre.accent_dark or _paler(centre.accent))
    headers = {"Cache-Control": FOREVER if "v" in request.GET else "public, max-age=60"}
    return HttpResponse(css, content_type="text/css; charset=utf-8", headers=headers)


@policy(PUBLIC)
@require_safe
def logo(request: HttpRequest, shop: str) -> FileResponse:
    centre = get_object_or_404(HelpCentre, shop__key=shop)
    if not centre.logo:
        raise Http404
    return _picture(centre.logo.open("rb"), centre.logo_type)


@policy(PUBLIC)
@require_safe
def image(request: HttpRequest, shop: str, uuid: UUID) -> FileResponse:
    """A picture of an article, under the type that its content has."""
    found = get_object_or_404(ArticleImage, shop__key=shop, uuid=uuid)
    return _picture(found.file.open("rb"), found.content_type)


@policy(PUBLIC)
@require_safe
def product_qr(request: HttpRequest, shop: str, sku: str) -> HttpResponse:
    """The QR code to print on a product: its page in whatever language the reader speaks. 404 without articles."""
    found = get_object_or_404(Shop.objects.select_related("help_centre"), key=shop)
    if not Article.objects.filter(shop=found, skus__contains=[sku], translations__state="published").exists():
        raise Http404
    drawn = io.BytesIO()
    qrcode.make(addresses.product(found, sku), image_factory=SvgPathFillImage, border=4).save(drawn)
    headers = {"Content-Security-Policy": NOTHING, "Cache-Control": "public, max-age=3600"}
    return HttpResponse(drawn.getvalue(), content_type="image/svg+xml", headers=headers)


def _picture(file: object, content_type: str) -> FileResponse:
    response = FileResponse(file, content_type=content_type)
    response["Content-Security-Policy"] = NOTHING
    response["Cross-Origin-Resource-Policy"] = "same-site"
    response["Cache-Control"] = FOREVER
    return response


def _paler(colour: str) -> str:
    parts = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return "#" + "".join(f"{round(part + (255 - part) * MIXED_UP):02x}" for part in parts)
