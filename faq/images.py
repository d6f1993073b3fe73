"""Which pictures may stand in an article or as a logo: PNG, JPEG, GIF and WebP by their content, never SVG."""

import struct
from dataclasses import dataclass

from django.utils.translation import gettext as _

from helpdesk.lib.refused import Refused

MOST_BYTES = 5 * 1024 * 1024
MOST_PIXELS = 40_000_000
ENDINGS = {"image/png": "png", "image/jpeg": "jpg", "image/gif": "gif", "image/webp": "webp"}


@dataclass(frozen=True)
class Picture:
    content_type: str
    width: int
    height: int

    @property
    def ending(self) -> str:
        return ENDINGS[self.content_type]


def read(data: bytes, field: str = "image") -> Picture:
    """Type and size in pixels of a raster image, from its first bytes. Refused for anything else."""
    if len(data) > MOST_BYTES:
        raise Refused(field, _("The picture is larger than 5 MB."))
    try:
        picture = _png(data) or _gif(data) or _webp(data) or _jpeg(data)
    except (struct.error, IndexError):
        picture = None
    if picture is None or not picture.width or not picture.height:
        raise Refused(field, _("This is no PNG, JPEG, GIF or WebP picture."))
    if picture.width * picture.height > MOST_PIXELS:
        raise Refused(field, _("The picture has too many pixels."))
    return picture


def _png(data: bytes) -> Picture | None:
    if data[:8] != b"\x89PNG\r\n\x1a\n" or data[12:16] != b"IHDR":
        return None
    return Picture("image/png", *struct.unpack(">II", data[16:24]))


def _gif(data: bytes) -> Picture | None:
    if data[:6] not in (b"GIF87a", b"GIF89a"):
        return None
    return Picture("image/gif", *struct.unpack("<HH", data[6:10]))


def _webp(data: bytes) -> Picture | None:
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP" or len(data) < 30:
        return None
    kind = data[12:16]
    if kind == b"VP8 ":
        width, height = struct.unpack("<HH", data[26:30])
        return Picture("image/webp", width & 0x3FFF, height & 0x3FFF)
    if kind == b"VP8L":
        bits = struct.unpack("<I", data[21:25])[0]
        return Picture("image/webp", (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
    if kind == b"VP8X":
        width, height = (int.from_bytes(data[at : at + 3], "little") + 1 for at in (24, 27))
        return Picture("image/webp", width, height)
    return None


def _jpeg(data: bytes) -> Picture | None:
    if data[:3] != b"\xff\xd8\xff":
        return None
    at = 2
    while at < len(data):
        marker, length = data[at + 1], struct.unpack(">H", data[at + 2 : at + 4])[0]
        if data[at] != 0xFF or length < 2:
            return None
        if marker in (0xC0, 0xC1, 0xC2, 0xC3):  # the frame header holds the size
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return Picture("image/jpeg", width, height)
        at += 2 + length
    return None
