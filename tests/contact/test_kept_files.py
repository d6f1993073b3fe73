"""A refused form keeps its files: they go with the next try, for an hour, and with nobody else's."""

import re
import uuid
from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from tests import factories as make
from tests.faq.test_safety import png
from tickets.kept_files import forget_kept_files
from tickets.models import Attachment, Ticket

pytestmark = pytest.mark.django_db
PLACE = "/help/main/contact/"
SAID = {"text": "Le globe est cassé.", "name": "Jasmine Roy", "email": "jasmine@example.org"}
REFERENCE = re.compile(r'name="kept" value="([^"]+)"')


@pytest.fixture
def shopper() -> Client:
    cache.clear()
    make.channel()
    return Client()


def photo(name: str = "photo.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, png(), "image/png")


def refused(shopper: Client, submission: str, *files: SimpleUploadedFile, **changed: object) -> list[str]:
    """The references on the page that answers a form without a complete address."""
    answer = shopper.post(PLACE, SAID | {"submission": submission, "email": "no", "uploads": files} | changed)
    assert answer.status_code == 422
    return REFERENCE.findall(answer.content.decode())


def names() -> list[str]:
    return sorted(Attachment.objects.values_list("name", flat=True))


def test_what_was_chosen_goes_with_the_next_try_beside_what_is_added(shopper: Client):
    one = str(uuid.uuid4())
    kept = refused(shopper, one, photo("a.png"), photo("b.png"))
    assert len(kept) == 2
    assert refused(shopper, one, kept=kept) == kept  # refused once more: still there, stored once
    form = SAID | {"submission": one, "kept": kept}
    pressed = [shopper.post(PLACE, form | {"uploads": photo("c.png")}).status_code for _twice in range(2)]
    assert pressed == [302, 302]
    assert (names(), Ticket.objects.count()) == (["a.png", "b.png", "c.png"], 1)


def test_what_is_taken_out_does_not_go(shopper: Client):
    one = str(uuid.uuid4())
    first, _second = refused(shopper, one, photo("a.png"), photo("b.png"))
    shopper.post(PLACE, SAID | {"submission": one, "kept": [first]})
    assert names() == ["a.png"]


def test_of_a_bad_choice_the_good_files_stay(shopper: Client):
    page = shopper.post(PLACE, SAID | {"submission": str(uuid.uuid4()), "uploads": [photo(), script()]})
    assert (page.status_code, len(REFERENCE.findall(page.content.decode()))) == (422, 1)


@pytest.mark.parametrize("hostile", ["forged", "another form", "too late", "gone"])
def test_a_reference_that_is_not_this_forms_is_refused(shopper: Client, hostile: str):
    one = str(uuid.uuid4())
    (kept,) = refused(shopper, one, photo())
    form = SAID | {"submission": one, "kept": [kept]}
    at = timezone.now()
    if hostile == "forged":
        form["kept"] = [f"{kept[:-2]}xx", "../../secret_key"]
    elif hostile == "another form":
        form["submission"] = str(uuid.uuid4())
    elif hostile == "too late":
        at += timedelta(minutes=61)
    else:
        for folder in default_storage.listdir("kept")[0]:
            for name in default_storage.listdir(f"kept/{folder}")[1]:
                default_storage.delete(f"kept/{folder}/{name}")
    with time_machine.travel(at):
        page = shopper.post(PLACE, form)
    assert (page.status_code, 'id="uploads-error"' in page.content.decode()) == (422, True)
    assert (Ticket.objects.count(), REFERENCE.findall(page.content.decode())) == (0, [])


def test_they_are_forgotten_when_nobody_can_name_them_any_more(shopper: Client):
    forget_kept_files()
    refused(shopper, str(uuid.uuid4()), photo("a.png"), photo("b.png"))
    assert forget_kept_files() == 0
    with time_machine.travel(timezone.now() + timedelta(hours=3)):
        assert (forget_kept_files(), forget_kept_files()) == (2, 0)


def test_a_flood_is_refused_without_keeping_its_files(shopper: Client):
    kept = [len(refused(shopper, str(uuid.uuid4()), photo())) for _try in range(12)]
    assert kept == [1] * 10 + [0] * 2


def script() -> SimpleUploadedFile:
    return SimpleUploadedFile("page.html", b"<html><body onload=alert(1)>", "image/png")
