"""Pictures in articles, and the theme of the public pages."""

import uuid

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Shop, User
from faq import colours, images
from faq.middleware import forget
from faq.models import ArticleImage, HelpCentre
from helpdesk.lib.refused import Refused


def add_image(shop: Shop, data: bytes, *, by: User) -> ArticleImage:
    """Keep a picture for articles. Refused (field "image") unless it is a PNG, JPEG, GIF or WebP of a sane size."""
    picture = images.read(data)
    image = ArticleImage(
        shop=shop, by=by, content_type=picture.content_type, width=picture.width, height=picture.height
    )
    image.file.save(f"{image.uuid}.{picture.ending}", ContentFile(data), save=False)
    image.save()
    return image


@transaction.atomic
def wear(
    shop: Shop, *, accent: str = "", accent_dark: str = "", host: str = "", logo: bytes | None = None
) -> HelpCentre:
    """Set the theme and domain of a shop's public pages; `logo` None keeps the logo, b"" removes it.

    Refused when a colour could not be read on the page (4.5:1), the logo is no picture or the host is taken.
    """
    centre = HelpCentre.objects.get_or_create(shop=shop)[0]
    hosts = {centre.host, host.strip().lower()}
    transaction.on_commit(lambda: forget(*hosts))
    centre.accent, centre.accent_dark = accent.lower(), accent_dark.lower()
    centre.host = host.strip().lower() or None
    if logo == b"":
        centre.logo, centre.logo_type = "", ""
    elif logo is not None:
        picture = images.read(logo, "logo")
        centre.logo_type = picture.content_type
        centre.logo.save(f"{uuid.uuid4()}.{picture.ending}", ContentFile(logo), save=False)
    _check(centre)
    centre.save()
    return centre


def _check(centre: HelpCentre) -> None:
    try:
        centre.full_clean()
    except ValidationError as error:
        field, words = next(iter(error.message_dict.items()))
        raise Refused(field, words[0]) from None
    if centre.accent and colours.contrast(centre.accent, colours.PAPER) < colours.READABLE:
        raise Refused("accent", _("Too pale: white words on it and links in it must be readable (4.5:1)."))
    if centre.accent_dark and colours.contrast(centre.accent_dark, colours.PAPER_DARK) < colours.READABLE:
        raise Refused("accent_dark", _("Too dark to be read on the dark page (4.5:1)."))
