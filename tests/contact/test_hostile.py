"""Bad input at the shopper's doors: refused clearly, nothing leaked, the desk unaffected (issue 5, "Bad input")."""

import re
import uuid

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from time_machine import TimeMachineFixture

from channels_app.models import InboundMessage, OutboundMessage
from customers import passes
from tests import factories as make
from tests.faq.test_safety import png
from tickets import reactions
from tickets.models import Attachment, Event, Ticket

pytestmark = pytest.mark.django_db
PLACE = "/help/main/contact/"
SAID = {"text": "Le globe est cassé.", "name": "Jasmine Roy", "email": "jasmine@example.org"}
SCRIPT = "<script>alert(1)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'


@pytest.fixture
def shopper() -> Client:
    cache.clear()
    make.channel()
    return Client()


def sent(shopper: Client, *files: SimpleUploadedFile, address: str = "192.0.2.1", **changed: object):
    values = SAID | {"submission": str(uuid.uuid4())} | changed | ({"uploads": files} if files else {})
    return shopper.post(PLACE, values, REMOTE_ADDR=address)


def letters() -> int:
    for event in Event.objects.filter(reacted_at=None).order_by("pk"):
        reactions.react(event.pk)
    return OutboundMessage.objects.count()


# --- Scripts and files ------------------------------------------------------------------------------------------------


def test_scripts_in_every_field_are_words(shopper: Client) -> None:
    place = sent(shopper, text=SCRIPT, name=SCRIPT, order=SCRIPT)["Location"]
    page = shopper.get(place).content.decode()
    assert (SCRIPT in page, "&lt;script&gt;alert(1)" in page) == (False, True)
    again = sent(shopper, text=SCRIPT, name=SCRIPT, order=SCRIPT, email="no").content.decode()
    assert (SCRIPT in again, "&lt;script&gt;alert(1)" in again) == (False, True)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("dessin.svg", SVG),
        ("photo.png", SVG),
        ("photo.jpg", b"<!doctype html><script>alert(1)</script>"),
        ("facture.pdf", b"MZ\x90\x00" + b"\0" * 200),
        ("page.html", b"<html><body onload=alert(1)>"),
    ],
)
def test_files_that_could_run_are_refused_whatever_their_name(shopper: Client, name: str, data: bytes) -> None:
    answer = sent(shopper, SimpleUploadedFile(name, data, "image/png"))
    page = answer.content.decode()
    assert (answer.status_code, 'id="uploads-error"' in page, name in page) == (422, True, True)
    assert ("Le globe est cassé." in page, InboundMessage.objects.count()) == (True, 0)


def test_a_hostile_file_name_is_a_label_without_a_path(shopper: Client) -> None:
    place = sent(shopper, SimpleUploadedFile("../../x\u202egnp.<script>.png", png(), "image/png"))["Location"]
    file = Attachment.objects.get()
    assert (file.name, file.content_type) == ("xgnp.script.png", "image/png")
    assert ".." not in file.file.name
    assert "<script>" not in re.sub(r'<script type="module" [^>]*>', "", shopper.get(place).content.decode())


def test_a_hundred_megabytes_are_refused_before_a_byte_is_read(shopper: Client) -> None:
    place = sent(shopper)["Location"]
    for address in (PLACE, place):
        answer = shopper.generic(
            "POST", address, b"", "multipart/form-data; boundary=x", CONTENT_LENGTH=str(100 * 1024 * 1024)
        )
        assert (answer.status_code, "20" in answer.content.decode()) == (413, True)
    assert InboundMessage.objects.count() == 1


# --- Floods and robots ------------------------------------------------------------------------------------------------


def test_a_flood_from_one_address_stops_and_others_pass(shopper: Client, time_machine: TimeMachineFixture) -> None:
    time_machine.move_to(timezone.now(), tick=False)  # a flood is counted minute by minute
    codes = [sent(shopper, email=f"j{n}@example.org").status_code for n in range(11)]
    assert codes == [302] * 10 + [429]
    assert sent(shopper, address="192.0.2.2").status_code == 302


def test_a_flood_in_one_name_from_many_addresses_stops(shopper: Client, time_machine: TimeMachineFixture) -> None:
    time_machine.move_to(timezone.now(), tick=False)  # a flood is counted minute by minute
    codes = [sent(shopper, address=f"192.0.2.{n}").status_code for n in range(11)]
    assert codes == [302] * 10 + [429]


@pytest.mark.parametrize(
    "changed",
    [{"website": "https://spam.example"}, {"text": "Buy at https://spam.example"}, {"text": "www.x.example " * 6}],
)
def test_what_a_robot_sends_is_kept_in_spam_and_not_answered(shopper: Client, changed: dict[str, str]) -> None:
    assert sent(shopper, **changed).status_code == 302
    assert (Ticket.objects.get().spam, letters()) == (True, 0)


def test_a_person_without_a_link_is_no_robot_however_fast(shopper: Client) -> None:
    sent(shopper)
    assert (Ticket.objects.get().spam, letters()) == (False, 1)


# --- Pages that hold ours ---------------------------------------------------------------------------------------------


def test_no_page_of_a_shopper_can_be_framed_or_runs_what_is_not_ours(shopper: Client) -> None:
    order = make.order(make.customer("jasmine@example.org"), number="ML-7", status="paid")
    places = [PLACE, sent(shopper)["Location"], "/help/main/orders/", "/help/main/orders/code/", "/help/main/"]
    for place in [*places, f"/help/main/orders/{passes.for_order(order)}/"]:
        answer = shopper.get(place)
        rules = answer.headers["Content-Security-Policy"]
        page = answer.content.decode()
        assert (answer.status_code, answer.headers["X-Frame-Options"]) == (200, "DENY"), place
        for rule in ("frame-ancestors 'none'", "default-src 'none'", "script-src 'self'", "style-src 'self'"):
            assert rule in rules, place
        inline = re.findall(r"<script(?![^>]*\bsrc=)(?![^>]*ld\+json)|\sstyle=|\son\w+=|<style", page)
        assert inline == [], place


@pytest.mark.parametrize("place", [PLACE, f"{PLACE}settled/", "/help/main/orders/", "/help/main/orders/code/"])
def test_a_form_sent_from_another_site_changes_nothing(shopper: Client, place: str) -> None:
    values = SAID | {"submission": str(uuid.uuid4()), "article": "1", "number": "ML-7", "proof": "75011"}
    answer = shopper.post(place, values, headers={"Origin": "https://evil.example"})
    assert answer.status_code in (403, 422)
    assert InboundMessage.objects.count() == 0
