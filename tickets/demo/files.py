"""The files that customers attach: small pictures and one-page PDFs, drawn here."""

import struct
import zlib
from functools import cache

from channels_app.base import File

WIDTH, HEIGHT = 200, 150


def draw(name: str) -> File:
    """A file with this name: .png a picture, .pdf a page with the name on it."""
    if name.endswith(".pdf"):
        return File(name, "application/pdf", _pdf(name.removesuffix(".pdf").replace("-", " ")))
    return File(name, "image/png", _png(sum(name.encode()) % 3))


@cache
def _png(palette: int) -> bytes:
    """A vessel on a table in warm light, with a crack down its side."""
    light = ((226, 205, 178), (206, 214, 200), (214, 200, 210))[palette]
    rows = b"".join(b"\0" + bytes(value for x in range(WIDTH) for value in _pixel(x, y, light)) for y in range(HEIGHT))
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def _pixel(x: int, y: int, light: tuple[int, int, int]) -> tuple[int, int, int]:
    inside = ((x - 100) / 42) ** 2 + ((y - 80) / 52) ** 2 < 1
    if inside and abs(x - 108 - (y * 7 % 13 - 6)) < 2 and y < 96:
        return 70, 58, 50
    if inside:
        shade = (x - 58) // 3
        return 120 + shade, 104 + shade, 92 + shade
    if y > 112:
        return 150 - (y - 112), 118 - (y - 112), 88 - (y - 112) // 2
    fall = (x + y) // 9
    return max(light[0] - fall, 0), max(light[1] - fall, 0), max(light[2] - fall, 0)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _pdf(title: str) -> bytes:
    content = f"BT /F1 20 Tf 60 760 Td (Maison Lune) Tj 0 -36 Td /F1 13 Tf ({title}) Tj ET".encode("latin-1", "replace")
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    )
    body, offsets = b"%PDF-1.4\n", []
    for number, text in enumerate(objects, 1):
        offsets.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, text)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    trailer = b"trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % len(body)
    return body + b"xref\n0 6\n0000000000 65535 f \n" + table + trailer
