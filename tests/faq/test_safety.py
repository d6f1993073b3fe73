"""Hostile Markdown, names, files, hosts: shown as text or refused."""

import struct
import zlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings

from faq import actions, colours, images, markdown
from faq.actions import Text
from faq.models import ArticleImage
from helpdesk.lib.refused import Refused
from tests import factories as make
from tests.faq import makers

HOSTILE = [
    "<script>alert(1)</script>",
    '<img src=x onerror="alert(1)">',
    "<svg onload=alert(1)>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](data:text/html,<script>alert(1)</script>)",
    "[x](vbscript:x)",
    "[x](//evil.example/)",
    "[x](/\\evil.example)",
    "![x](https://evil.example/pixel.gif)",
    "![x](data:image/svg+xml,<svg onload=alert(1)>)",
    '[x](https://a.example "t\\" onmouseover=\\"alert(1)")',
    '<https://a.example/"onmouseover=alert(1)>',
    "`</code><script>alert(1)</script>`",
    "# <img src=x onerror=alert(1)>",
    "| <script>x</script> |\n|---|\n| <iframe src=x> |",
]


def png(width: int = 3, height: int = 2) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 20)) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_in_markdown_runs_or_leads_astray(text: str):
    tree = markdown.lxml_html.fragment_fromstring(markdown.to_html(text), create_parent="div")
    tags = {node.tag for node in tree.iter()} - {"div"}
    assert tags <= markdown.TAGS - {"img"}
    for node in tree.iter():
        assert not [name for name in node.attrib if name.startswith("on") or name == "style"]
        assert node.get("href", "#").startswith(("https://a.example", "#", "/%5Cevil"))  # the last is a path of ours


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("**gras** [lien](tel:3)", '<p><strong>gras</strong> <a href="tel:3" rel="noopener">lien</a></p>'),
        ("## Deux\n\n## Deux", '<h2 id="deux">Deux</h2>\n<h2 id="deux-2">Deux</h2>'),
        ("1. ### Un\n\n   texte", '<ol class="steps">\n<li>\n<h3 id="un">Un</h3>\n<p>texte</p>\n</li>\n</ol>'),
        ("> **Bon** à", '<blockquote class="callout">\n<p><strong>Bon</strong> à</p>\n</blockquote>'),
        ("", ""),
    ],
)  # fmt: skip
def test_markdown_as_articles_use_it(text: str, html: str):
    assert markdown.to_html(text).strip() == html


def test_deep_nesting_is_quick():
    assert len(markdown.to_html("> " * 5000 + "x")) < 100_000
    assert markdown.to_html("[" * 50_000)


def test_own_images_say_their_size():
    uuid = "6f1e4d1c-5d39-4a9f-9f31-6c8a0a3f3a11"
    html = markdown.to_html(f"![une lampe](/help/main/images/{uuid}/)", {uuid: (30, 20)})
    assert f'src="/help/main/images/{uuid}/"' in html
    assert 'width="30" height="20"' in html
    assert 'alt="une lampe"' in html


@pytest.mark.parametrize(
    ("data", "picture"),
    [
        (png(30, 20), images.Picture("image/png", 30, 20)),
        (b"GIF89a" + struct.pack("<HH", 7, 5) + b"\0" * 20, images.Picture("image/gif", 7, 5)),
        (b"\xff\xd8\xff\xe0\0\x04ab\xff\xc0\0\x11\x08\0\x28\0\x32" + b"\0" * 20, images.Picture("image/jpeg", 50, 40)),
        (b"RIFF\0\0\0\0WEBPVP8X" + b"\0" * 8 + b"\x09\0\0\x13\0\0", images.Picture("image/webp", 10, 20)),
    ],
)  # fmt: skip
def test_pictures_are_known_by_their_content(data: bytes, picture: images.Picture):
    assert images.read(data) == picture


@pytest.mark.parametrize(
    "data",
    [
        b"", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", b"<html>", b"%PDF-1.7",
        b"\x89PNG\r\n\x1a\n<svg>", b"\xff\xd8\xff", b"\xff\xd8\xff\xe0\0\0", b"GIF89a", png(0, 2), png(50_000, 50_000),
        b"RIFF1234WEBPVP8X", b"x" * (images.MOST_BYTES + 1),
    ],
)  # fmt: skip
def test_what_is_no_picture_is_refused(data: bytes):
    with pytest.raises(Refused, match="image"):
        images.read(data)


@pytest.mark.django_db
def test_a_picture_goes_up_and_comes_down_under_its_true_type(client: Client):
    makers.help_centre()
    client.force_login(make.user(role="lead"))
    upload = SimpleUploadedFile("x.svg.html", png(), "image/svg+xml")
    answer = client.post("/settings/articles/images/", {"shop": "main", "image": upload})
    image = ArticleImage.objects.get()
    assert (answer.status_code, f"/help/main/images/{image.uuid}/" in answer.content.decode()) == (200, True)
    shown = Client().get(f"/help/main/images/{image.uuid}/")
    assert (shown.headers["Content-Type"], shown.headers["X-Content-Type-Options"]) == ("image/png", "nosniff")
    assert (shown.headers["Content-Security-Policy"], b"".join(shown.streaming_content)) == (
        "default-src 'none'; sandbox",
        png(),
    )
    svg = SimpleUploadedFile("x.png", b"<svg onload=alert(1)>", "image/png")
    assert client.post("/settings/articles/images/", {"shop": "main", "image": svg}).status_code == 422
    assert client.post("/settings/articles/images/", {"shop": "main"}).status_code == 422
    assert ArticleImage.objects.count() == 1


@pytest.mark.django_db
def test_hostile_names_stay_text_everywhere(client: Client):
    evil = "</script><script>alert(1)</script>"
    shop = makers.help_centre(
        name=evil, legal_name=evil, phone=evil, registered_office=evil, website="javascript:alert(1)"
    )
    article = makers.article(Text(evil, evil, "x"), shop=shop, skus=[evil[:20]])
    actions.announce(shop, titles={"fr": evil}, texts={"fr": evil}, article=article)
    slug = article.translations.get().slug
    for path in (
        "",
        "fr/topics/returns/",
        f"fr/articles/{article.pk}-{slug}/",
        "search/?q=script",
        "sitemap.xml",
        "fr/feed.xml",
    ):
        page = client.get(f"/help/main/{path}").content.decode()
        assert "<script>alert" not in page, path
        assert "javascript:" not in page, path


# --- Host and domain -----------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_addresses_never_come_from_the_host_header(client: Client):
    article = makers.article()
    assert client.get("/help/main/", headers={"Host": "evil.example"}).status_code == 400
    with override_settings(ALLOWED_HOSTS=["*"]):
        slug = article.translations.get().slug
        page = client.get(f"/help/main/fr/articles/{article.pk}-{slug}/", headers={"Host": "evil.example"})
    assert b"evil.example" not in page.content


@pytest.mark.django_db
@override_settings(ALLOWED_HOSTS=["help.lune.example", "testserver"])
def test_an_own_domain_shows_one_shops_help_and_nothing_else(client: Client, django_capture_on_commit_callbacks):
    shop = makers.help_centre()
    article = makers.article()
    actions.furnish(make.shop("other"))
    with django_capture_on_commit_callbacks(execute=True):
        actions.wear(shop, host="Help.Lune.Example")
    own = {"Host": "help.lune.example"}
    statuses = {
        path: client.get(path, headers=own).status_code
        for path in ("/help/main/", "/help/other/", "/accounts/login/", "/api/v1/docs/", "/settings/articles/")
    }
    assert statuses == {
        "/help/main/": 200,
        "/help/other/": 404,
        "/accounts/login/": 404,
        "/api/v1/docs/": 404,
        "/settings/articles/": 404,
    }
    assert client.get("/", headers=own).headers["Location"] == "/help/main/"
    slug = article.translations.get().slug
    page = client.get(f"/help/main/fr/articles/{article.pk}-{slug}/").content.decode()
    assert f'href="http://help.lune.example/help/main/fr/articles/{article.pk}-{slug}/"' in page


# --- Theme ---------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_theme_is_a_style_sheet_of_its_own(client: Client):
    shop = makers.help_centre()
    assert client.get("/help/main/theme.css").content == b""
    actions.wear(shop, accent="#7A1F3D", accent_dark="#f0a8c0", logo=png())
    sheet = client.get("/help/main/theme.css")
    assert sheet.headers["Content-Type"] == "text/css; charset=utf-8"
    assert "--accent: light-dark(#7a1f3d, #f0a8c0)" in sheet.content.decode()
    page = client.get("/help/main/").content.decode()
    assert "/help/main/theme.css?v=" in page
    assert client.get("/help/main/logo/").headers["Content-Type"] == "image/png"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("worn", "field"),
    [
        ({"accent": "red"}, "accent"),
        ({"accent": "#fff}body{x"}, "accent"),
        ({"accent": "#ffe08a"}, "accent"),
        ({"accent": "#0f6b5c", "accent_dark": "#101010"}, "accent_dark"),
        ({"host": "evil.example/path"}, "host"),
        ({"host": "localhost"}, "host"),
        ({"logo": b"<svg>"}, "logo"),
    ],
)
def test_a_theme_that_nobody_could_read_or_that_is_none_is_refused(worn, field: str):
    with pytest.raises(Refused) as refusal:
        actions.wear(make.shop(), **worn)
    assert refusal.value.field == field


def test_contrast_as_wcag_counts_it():
    assert round(colours.contrast("#000000", "#ffffff"), 2) == 21
    assert round(colours.contrast("#767676", "#ffffff"), 2) == 4.54


@pytest.mark.django_db
@pytest.mark.parametrize("broken", ["http://[x", "//[", "https://a\u2100b/"])
def test_an_address_that_no_browser_could_open_stops_no_page(client: Client, broken: str):
    """`urlsplit` raises for these: in an article, and as a shop's website."""
    makers.article(
        Text("Broken", "", f"[here]({broken}) and ![there]({broken})"), shop=makers.help_centre(website=broken)
    )
    assert client.get("/help/main/fr/").status_code == 200
