"""Exports of other helpdesks, converted and imported end to end: dates, tags, authors and channels are kept (S60)."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from surveys.models import Survey
from tests import factories
from tickets.models import Ticket

pytestmark = pytest.mark.django_db
DATA = Path(__file__).parents[2] / "data" / "archive"


@pytest.fixture
def take_over(archive):
    """Converts a vendor's sample and imports it."""

    def run(kind):
        factories.shop()
        out = StringIO()
        call_command("convert_archive", kind, *map(str, sorted((DATA / kind).glob("*.json"))), stdout=out)
        archive.load(out.getvalue().splitlines())

    return run


def told(ticket):
    """What was said: when (UTC), by whom, whether public, the words."""
    return [
        (f"{one.at:%m-%d %H:%M:%S}", one.user.full_name if one.user else one.author, one.public, one.text)
        for one in ticket.messages.select_related("user")
    ]


def changed(ticket):
    return [(f"{one.at:%m-%d %H:%M:%S}", one.actor, one.data["to"]) for one in ticket.events.filter(kind="state")]


def head(ticket):
    return ticket.channel_kind, ticket.subject, ticket.tags, ticket.state, ticket.customer.email


def test_zendesk(take_over):
    take_over("zendesk")

    parcel, size = Ticket.objects.order_by("key")

    assert head(parcel) == ("email", "Où est mon colis ?", ["colis", "vip_client"], "closed", "jasmine@example.com")
    assert told(parcel) == [
        ("03-02 08:15:30", "customer", True, "Bonjour, je n'ai rien reçu."),
        ("03-02 09:00:00", "Michèle Durand", False, "Voir avec le transporteur."),
        ("03-02 10:00:00", "Michèle Durand", True, "Il arrive demain."),
    ]
    assert changed(parcel) == [
        ("03-02 09:00:00", "agent", "open"),
        ("03-02 10:00:00", "agent", "solved"),
        ("03-05 09:00:00", "system", "closed"),
    ]
    assert (parcel.assignee.email, parcel.team.name, parcel.priority) == ("michele@example.com", "Livraison", 3)
    assert list(Survey.objects.values_list("score", "comment", "agent__email")) == [
        (5, "Merci !", "michele@example.com")
    ]
    assert head(size) == ("whatsapp", "Conversation with Paul", [], "on_hold", "")
    assert told(size) == [("03-03 10:00:00", "customer", True, "Taille 42 ?")]


def test_gorgias(take_over):
    take_over("gorgias")

    refund, spam = Ticket.objects.order_by("key")

    assert head(refund) == ("email", "Remboursement", ["remboursement", "urgent"], "solved", "jasmine@example.com")
    assert told(refund) == [
        ("04-01 07:00:00", "customer", True, "Où est mon argent ?"),
        ("04-01 07:00:11", "auto", True, "Nous avons bien reçu votre message."),
        ("04-01 09:00:00", "Michèle Durand", True, "C'est fait."),
    ]
    assert changed(refund) == [("04-01 09:00:05", "system", "solved")]
    assert (refund.customer.phone, refund.team.name, refund.priority) == ("+33612345678", "Retours", 4)
    assert list(Survey.objects.values_list("score", "comment")) == [(4, "Rapide")]
    assert (spam.channel_kind, spam.spam, spam.state) == ("instagram", True, "open")


def test_helpscout(take_over):
    take_over("helpscout")

    ticket = Ticket.objects.get()

    assert head(ticket) == ("email", "Colis abîmé", ["abîmé"], "solved", "jasmine@example.com")
    assert told(ticket) == [
        ("05-04 12:34:12", "customer", True, "Bonjour,\nle carton est ouvert."),
        ("05-04 13:00:00", "Michèle Durand", False, "Photo reçue"),
        ("05-05 08:00:00", "Michèle Durand", True, "Voici un nouveau colis."),
    ]
    assert changed(ticket) == [
        ("05-04 13:00:00", "agent", "open"),
        ("05-05 08:00:00", "agent", "pending"),
        ("05-05 09:10:00", "agent", "solved"),
    ]
    assert ticket.assignee.email == "michele@example.com"


def test_freescout(take_over):
    take_over("freescout")

    ticket = Ticket.objects.get()

    assert head(ticket) == ("email", "Taille du pull", ["taille"], "open", "jasmine@example.com")
    assert told(ticket) == [
        ("06-15 22:46:22", "customer", True, "Bonjour, quelle taille ?"),
        ("06-16 09:00:00", "Michèle Durand", True, "Prenez du 40."),
    ]
    assert changed(ticket) == [("06-16 09:00:00", "agent", "open")]


def test_chatwoot(take_over):
    take_over("chatwoot")

    ticket = Ticket.objects.get()

    assert head(ticket) == ("chat", "", ["retour"], "solved", "jasmine@example.com")
    assert told(ticket) == [
        ("07-06 10:00:00", "customer", True, "Bonjour, comment renvoyer ma lampe ?"),
        ("07-06 10:00:01", "auto", True, "Nous répondons en quelques minutes."),
        ("07-06 10:05:00", "Michèle Durand", True, "Voici l'étiquette."),
        ("07-06 10:06:00", "Michèle Durand", False, "Cliente fidèle"),
    ]
    assert changed(ticket) == [("07-06 10:10:00", "system", "solved")]
    assert (ticket.assignee.email, ticket.team.name) == ("michele@example.com", "Retours")
    assert list(Survey.objects.values_list("score", "comment", "agent__email")) == [
        (5, "Parfait", "michele@example.com")
    ]


def test_a_file_of_another_kind_is_one_clear_line():
    with pytest.raises(CommandError, match="These files are no gorgias export: KeyError 'data'"):
        call_command("convert_archive", "gorgias", str(DATA / "zendesk" / "users.json"), stdout=StringIO())
