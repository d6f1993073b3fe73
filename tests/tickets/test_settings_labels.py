"""The settings of reasons, tags, own fields and the desk."""

import pytest
from django.test import Client

from tests import factories as make
from tickets.models import BlockedSender, CustomField, DeskSettings, Reason, Tag, Ticket

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def admin(client: Client):
    user = make.admin()
    client.force_login(user)
    return user


def test_a_vague_reason_is_refused_and_an_older_one_marked(client: Client):
    fields = {"what": "Payment", "why": "Payment", "polarity": "-1"}
    answer = client.post("/settings/reasons/save/", fields)
    assert (answer.status_code, Reason.objects.count()) == (422, 0)
    assert "“Payment” says what, not why" in answer.content.decode()
    old = Reason.objects.create(key="payment", what="Payment", why="Payment")
    page = client.post("/settings/reasons/save/", fields | {"pk": old.pk}, follow=True).content.decode()
    old.refresh_from_db()
    assert (old.polarity, page.count("“Payment” says what, not why")) == (-1, 1)


@pytest.mark.parametrize("wrong", [{"why": ""}, {"what": ""}, {"polarity": "9"}, {"why": "late carrier"}])
def test_a_reason_without_both_levels_or_twice_is_refused(client: Client, wrong):
    Reason.objects.create(key="late", what="Delivery", why="Late carrier")
    fields = {"what": "Delivery", "why": "Lost parcel", "polarity": "0"} | wrong
    assert client.post("/settings/reasons/save/", fields).status_code == 422
    assert Reason.objects.count() == 1


def test_a_reason_is_named_in_every_language_of_the_shops(client: Client):
    make.shop(languages=["fr", "en"])
    fields = {"what": "Livraison", "why": "Retard", "polarity": "-1", "what_en": "Delivery", "why_en": ""}
    assert client.post("/settings/reasons/save/", fields).status_code == 302
    reason = Reason.objects.get()
    assert (reason.in_language("en"), reason.in_language("fr")) == (("Delivery", "Retard"), ("Livraison", "Retard"))
    page = client.get(f"/settings/reasons/?edit={reason.pk}").content.decode()
    assert ('value="Delivery"' in page, 'name="why_fr"' in page) == (True, False)


def test_reasons_are_listed_by_name(client: Client):
    for what, why in (("Livraison", "Retard"), ("Avant l’achat", "Question technique"), ("Livraison", "Casse")):
        Reason.objects.create(key=why, what=what, why=why)
    rows = client.get("/settings/reasons/").context["reasons"]
    assert [one.why for one, _vague in rows] == ["Question technique", "Casse", "Retard"]


def test_merging_reasons_moves_their_tickets(client: Client):
    one, two = (Reason.objects.create(key=key, what="Delivery", why=key) for key in ("late", "delay"))
    ticket = make.ticket()
    Ticket.objects.filter(pk=ticket.pk).update(reason=two)
    assert client.post("/settings/reasons/merge/", {"reason": two.pk, "into": one.pk}).status_code == 302
    assert (Ticket.objects.get().reason, Reason.objects.get(pk=two.pk).archived) == (one, True)
    assert client.post("/settings/reasons/merge/", {"reason": one.pk, "into": one.pk}).status_code == 422


def test_tags_are_renamed_and_merged_on_every_ticket(client: Client):
    vip, gold = Tag.objects.create(name="vip"), Tag.objects.create(name="gold")
    for tags in (["vip"], ["gold", "vip"], ["gold", "fragile"]):
        Ticket.objects.filter(pk=make.ticket().pk).update(tags=tags)
    client.post("/settings/tags/merge/", {"tag": gold.pk, "into": vip.pk})
    assert sorted(map(sorted, Ticket.objects.values_list("tags", flat=True))) == [["fragile", "vip"], ["vip"], ["vip"]]
    client.post("/settings/tags/rename/", {"tag": vip.pk, "name": "VIP gold"})
    assert Ticket.objects.filter(tags__contains=["VIP gold"]).count() == 3
    assert list(Tag.objects.values_list("name", flat=True)) == ["VIP gold"]


def test_own_fields(client: Client):
    fields = {"label": "Size", "key": "size", "kind": "choice", "choices": "S\nM\n\nL", "position": "1"}
    assert client.post("/settings/fields/save/", fields).status_code == 302
    field = CustomField.objects.get()
    assert field.choices == ["S", "M", "L"]
    assert client.post("/settings/fields/save/", fields).status_code == 422  # the key is taken
    assert client.post("/settings/fields/save/", fields | {"pk": field.pk, "label": "Your size"}).status_code == 302
    assert client.get(f"/settings/fields/?edit={field.pk}").content.decode().count("Your size") > 1
    client.post("/settings/fields/delete/", {"pk": field.pk})
    assert CustomField.objects.count() == 0


def desk(**fields):
    start = {"shop": make.shop().key, "assignment": "turn", "undo_email": "20", "undo_form": "10"}
    start |= {"undo_sms": "0", "undo_whatsapp": "5"}
    return start | fields


def test_how_the_desk_behaves(client: Client):
    form = desk(reason_required="on", banned_fr="pas possible\nhélas", rewrites_fr="vous devez => pouvez-vous")
    assert client.post("/settings/desk/save/", form).status_code == 302
    row = DeskSettings.of(make.shop())
    assert (row.assignment, row.reason_required, row.undo_for("email"), row.undo_for("sms")) == ("turn", True, 20, 0)
    assert row.phrases["fr"] == {"banned": ["pas possible", "hélas"], "rewrites": [["vous devez", "pouvez-vous"]]}
    assert client.get("/settings/desk/").content.decode().count("vous devez =&gt; pouvez-vous") == 1


@pytest.mark.parametrize("wrong", [{"undo_email": "9999"}, {"assignment": "magic"}, {"rewrites_fr": "only half"}])
def test_what_the_desk_cannot_do_is_refused(client: Client, wrong):
    assert client.post("/settings/desk/save/", desk(**wrong)).status_code == 422
    assert DeskSettings.objects.count() == 0


def test_blocked_senders(client: Client):
    make.shop()
    client.post("/settings/desk/block/", {"value": "@Junk.example", "why": "spam"})
    assert BlockedSender.objects.get().value == "@junk.example"
    client.post("/settings/desk/unblock/", {"value": "@junk.example"})
    assert BlockedSender.objects.count() == 0
