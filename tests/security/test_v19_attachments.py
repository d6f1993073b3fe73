"""V19: a file that is a page in disguise runs in our name (CVE-2026-32753 FreeScout, CVE-2021-3741 Chatwoot)."""

from email import policy
from email.message import EmailMessage

import pytest
from django.http import FileResponse
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Error, Page

from accounts.models import User
from tests import factories
from tests.caller import Caller
from tests.mailroom import JASMINE, SUPPORT, receive, taken_in_as
from tickets.models import Message, Ticket

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>'
PAGE = b"<!doctype html><html><body><script>alert(1)</script><img src=x onerror=alert(1)></body></html>"
XHTML = b'<html xmlns="http://www.w3.org/1999/xhtml"><script>alert(1)</script></html>'
XSLT = b'<?xml version="1.0"?><?xml-stylesheet type="text/xsl" href="#s"?>' + XHTML
GIF_SCRIPT = b"GIF89a=1;alert(1)//" + PAGE
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8cfc00000030101"
    "00c9fe92ef0000000049454e44ae426082"
)
FILES = [  # name, the type that the mail claims, content
    ("x.svg", "image/svg+xml", SVG),
    ("x.png", "image/svg+xml", SVG),
    ("x.svg", "image/png", SVG),
    ("x.png", "image/png", SVG),
    ("x.png", "image/png", PAGE),
    ("x.jpg", "image/jpeg", PAGE),
    ("x.gif", "image/gif", GIF_SCRIPT),
    ("x.webp", "image/webp", PAGE),
    ("x.png", "image/png", PNG),
    ("x.png", "image/png", PNG + PAGE),
    ("x.html", "text/html", PAGE),
    ("x.htm", "text/html", PAGE),
    ("x.txt", "text/html", PAGE),
    ("x.html", "text/plain", PAGE),
    ("x.xhtml", "application/xhtml+xml", XHTML),
    ("x.xml", "text/xml", XSLT),
    ("x.xml", "application/xml", XHTML),
    ("x.xsl", "text/xsl", XSLT),
    ("x.js", "text/javascript", b"alert(1)"),
    ("x.mjs", "application/javascript", b"alert(1)"),
    ("x.css", "text/css", b"*{background:url(https://evil.example/)}"),
    ("x.pdf", "application/pdf", b"%PDF-1.4\n1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj"),
    ("x.swf", "application/x-shockwave-flash", b"FWS\x05"),
    ("x.mht", "multipart/related", PAGE),
    ("x.eml", "application/octet-stream", b"Content-Type: text/html\n\n" + PAGE),
    ("x.hta", "application/hta", PAGE),
    ("x.svgz", "image/svg+xml", SVG),
    ("x", "image/*", PAGE),
    ("x.bin", "application/octet-stream", PAGE),
    ("x.ico", "image/x-icon", SVG),
    ("x.bmp", "image/bmp", PAGE),
    ("x.manifest", "text/cache-manifest", b"CACHE MANIFEST\n"),
    ("../../x.html", "text/html", PAGE),
    ("x.html%00.png", "image/png", PAGE),
    ("x.png\u202elmth", "text/html", PAGE),
    ('x".html;y="', "text/html", PAGE),
]

# As the desk itself would show them: an image and a frame each.
EMBED = """addresses => Promise.all(addresses.flatMap(address => [new Image(), document.createElement("iframe")].map(
    element => new Promise(done => {
        element.onload = element.onerror = done;
        element.src = address;
        document.body.append(element);
        setTimeout(done, 1000);
    }))))"""


def ticket_with_files() -> Ticket:
    made = EmailMessage(policy=policy.SMTP)
    made["From"], made["To"], made["Subject"], made["Message-ID"] = JASMINE, SUPPORT, "Files", "<f@example.org>"
    made.set_content("Voici.")
    made.add_alternative("".join(f'<img src="cid:f{n}@x">' for n in range(len(FILES))), subtype="html")
    for number, (name, kind, data) in enumerate(FILES):
        main, _slash, sub = kind.replace("*", "x").partition("/")
        main = main if main != "multipart" else "application"
        made.add_attachment(data, maintype=main, subtype=sub, filename=name, cid=f"<f{number}@x>")
    return taken_in_as(receive(made.as_bytes())).ticket


def addresses(ticket: Ticket) -> list[str]:
    files = Message.objects.get(ticket=ticket, author="customer").attachments.order_by("pk")
    plain = [reverse("attachment", args=[ticket.pk, file.uuid]) for file in files]
    return plain + [f"{address}?show" for address in plain]


@pytest.mark.django_db
def test_every_file_is_a_download_except_true_images_in_their_place() -> None:
    ticket = ticket_with_files()
    client = Client()
    client.force_login(factories.user())
    all_addresses = addresses(ticket)
    assert len(all_addresses) == 2 * len(FILES)
    shown = 0
    for address in all_addresses:
        answer = client.get(address)
        assert isinstance(answer, FileResponse) or answer.streaming, address
        start = b"".join(answer.streaming_content)[:12]
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox; frame-ancestors 'none'"
        assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
        if answer["Content-Type"] == "application/octet-stream":
            assert answer["Content-Disposition"].startswith("attachment"), address
            continue
        shown += 1
        assert address.endswith("?show")
        assert (answer["Content-Type"], start[:4]) in (("image/png", b"\x89PNG"), ("image/gif", b"GIF8")), address
    assert shown == 3


@pytest.mark.django_db
def test_the_api_gives_them_as_downloads_too() -> None:
    ticket = ticket_with_files()
    api = Caller(factories.token(factories.user()))
    for file in Message.objects.get(ticket=ticket, author="customer").attachments.all():
        answer = api.get(f"/tickets/{ticket.pk}/attachments/{file.uuid}/")
        assert answer.status_code == 200
        assert answer["Content-Type"] == "application/octet-stream"
        assert answer["Content-Disposition"].startswith("attachment")
        assert answer["X-Content-Type-Options"] == "nosniff"


@pytest.mark.django_db
def test_what_an_agent_uploads_is_no_better() -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    ticket, agent = factories.ticket(), factories.user()
    client = Client()
    client.force_login(agent)
    form = {"kind": "note", "text": "x", "submission": "5f8f1c0a-50d4-4a0b-9b43-0a0f3c8f6a11"}
    client.post(f"/tickets/{ticket.pk}/say/", form | {"uploads": SimpleUploadedFile("x.png", PAGE, "image/png")})
    (file,) = Message.objects.get(ticket=ticket, public=False).attachments.all()
    address = reverse("attachment", args=[ticket.pk, file.uuid])
    for answer in (client.get(address), client.get(f"{address}?show")):
        headers = (answer["X-Content-Type-Options"], answer["Content-Security-Policy"].split(";")[0])
        assert headers == ("nosniff", "default-src 'none'")
        assert answer["Content-Type"] in ("application/octet-stream", "image/png")
    assert client.get(address)["Content-Disposition"].startswith("attachment")


@pytest.mark.browser
@pytest.mark.timeout(90)
def test_a_browser_that_opens_them_runs_nothing(page: Page, agent: User, ran: list[str], outside: list[str]) -> None:
    ticket = ticket_with_files()
    opened = saved = 0
    for address in addresses(ticket):
        try:
            page.goto(address)
            opened += 1
        except Error as error:
            assert "Download is starting" in str(error), address
            saved += 1
    assert (opened, saved) == (3, 2 * len(FILES) - 3)
    page.goto(f"/tickets/{ticket.pk}/")
    page.evaluate(EMBED, addresses(ticket)[len(FILES) :])
    assert (ran, outside) == ([], [])
