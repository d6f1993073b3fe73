"""Find anything (S138): accents, endings and typos are forgiven; nobody finds what they may not see."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.models import Role
from helpdesk.celery import app
from tests import factories as make
from tickets import actions
from tickets.actors import SYSTEM
from tickets.models import Priority, SearchEntry, Ticket
from tickets.search import ask, customers_like, learn, tickets_like
from tickets.search.highlight import marked

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin():
    return make.admin()


def said(text: str, *, subject: str = "Bonjour", language: str = "fr", **fields) -> Ticket:
    ticket = make.ticket(subject=subject, language=language, **fields)
    make.message(ticket, text=text)
    return ticket


def found(words: str, user) -> list[int]:
    return tickets_like(ask(words), user).numbers


@pytest.mark.parametrize("words", ["remboursé", "remboursée", "rembourses", "REMBOURSER", "remboursement", "rembourse"])
def test_french_endings_and_accents(words: str, admin):
    """The trap: unaccented, the stemmer parts "remboursé" from "remboursée"."""
    tickets = [said(text) for text in ("Ai-je été remboursée ?", "Il sera remboursé.", "Pour rembourser, merci.")]
    said("Où est ma lampe ?")
    assert sorted(found(words, admin)) == sorted(ticket.pk for ticket in tickets)


@pytest.mark.parametrize(
    ("words", "text"), [("livree", "La lampe est livrée"), ("coeur", "Un cœur gravé"), ("noel", "Avant Noël")]
)
def test_typed_without_accents(words: str, text: str, admin):
    ticket = said(text)
    assert found(words, admin) == [ticket.pk]


def test_english_endings(admin):
    ticket = said("My parcels were damaged.", language="en")
    assert found("parcel damage", admin) == [ticket.pk]


def test_the_subject_counts_more_than_the_text(admin):
    text = said("Une question sur la facture.")
    title = said("Voilà.", subject="Facture")
    assert found("facture", admin) == [title.pk, text.pk]


def test_all_words_are_wanted_quotes_keep_them_together(admin):
    together = said("le colis perdu est revenu")
    apart = said("perdu, ce colis ?")
    said("un colis")
    assert sorted(found("colis perdu", admin)) == [together.pk, apart.pk]
    assert found('"colis perdu"', admin) == [together.pk]


def test_a_page_seeks_a_phrase_of_common_words_among_the_newest_messages_and_offers_to_read_the_rest(
    admin, client: Client, monkeypatch
):
    cache.clear()
    old, _new = said("Une lampe cassée."), said("Cassée, la lampe.")
    SearchEntry.objects.filter(ticket=old).update(at=timezone.now() - timedelta(days=400))
    for name, value in {"LOOK": 0, "WALK": 2, "PART": 0}.items():  # as if there were millions
        monkeypatch.setattr(f"tickets.search.tickets.{name}", value)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE tickets_searchentry")
    client.force_login(admin)
    first = client.get("/", {"q": '"lampe cassée"'}).context["list"]
    assert ([row.number for row in first.rows], first.found.older) == ([], True)
    palette = client.get("/palette/", {"q": '"lampe cassée"'}).content.decode()
    assert 'href="/?q=%22lampe+cass%C3%A9e%22&amp;patient=1"' in palette
    beside = client.get(f"/tickets/{old.pk}/{first.patiently}").context["list"]
    assert ([row.number for row in beside.rows], beside.found.older) == ([], True)
    patient = client.get(f"/{first.patiently}").context["list"]
    assert ([row.number for row in patient.rows], patient.found.older) == ([old.pk], False)
    monkeypatch.setattr("tickets.views.listing.tickets_like", None)  # what was found is gone through, not sought again
    assert [row.number for row in client.get(patient.rows[0].url).context["list"].rows] == [old.pk]


def test_a_phrase_found_often_among_the_newest_says_that_older_ones_are_left_and_patience_reads_all(admin, monkeypatch):
    for name in ("LOOK", "ENOUGH"):  # as if there were thousands
        monkeypatch.setattr(f"tickets.search.tickets.{name}", 1)
    old = [said("Une lampe cassée.") for _n in range(6)]
    SearchEntry.objects.update(at=timezone.now() - timedelta(days=400))
    other, new = said("Cassée, la lampe."), said("La lampe cassée !")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE tickets_searchentry")
    hasty = tickets_like(ask('"lampe cassée"'), admin, patient=False)
    assert (hasty.numbers, hasty.older) == ([new.pk], True)
    assert sorted(found('"lampe cassée"', admin)) == [*(one.pk for one in old), new.pk]
    Ticket.objects.filter(pk=new.pk).update(priority=Priority.URGENT)
    assert sorted(found('"lampe cassée" priority:normal', admin)) == [one.pk for one in old]
    assert found('"cassée la lampe"', admin) == [other.pk]


def test_a_misspelt_word_is_corrected_and_told(admin):
    cache.clear()
    ticket = said("Je demande un remboursement complet")
    learn()
    answer = tickets_like(ask("remboursemnt complet"), admin)
    assert (answer.numbers, answer.corrected) == ([ticket.pk], "remboursement complet")
    assert "<mark>remboursement</mark>" in answer.excerpts[ticket.pk].html


def test_the_beginning_of_a_word_finds_what_it_becomes(admin):
    cache.clear()
    ticket = said("Je demande un remboursement complet, à me remettre")
    said("Il me l’a remis")
    learn()
    answer = tickets_like(ask("remb"), admin)
    assert (answer.numbers, answer.corrected) == ([ticket.pk], "remboursement")


def test_the_worker_learns_the_words_that_are_written():
    """Nothing else calls it: without the clock no misspelt word is ever corrected."""
    app.loader.import_default_modules()
    assert learn.name in {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert learn.name in app.tasks


@pytest.mark.parametrize(
    "words",
    [
        "#{number}",
        "Fabre",
        "helene fabre",
        "Fabre 75011",
        "75011",
        "helene@fabre.example",
        "06 12 34 56 78",
        "MLX-77",
        "Fabrre",
    ],
)
def test_people_are_found_by_whatever_is_known_of_them(words: str, admin):
    customer = make.customer("helene@fabre.example", name="Hélène Fabre", postcode="75011")
    customer.identities.create(kind="phone", value="+33612345678")
    make.order(customer, number="MLX-77")
    ticket = make.ticket(customer)
    make.ticket(make.customer(name="Paul Roy", postcode="69001"))
    assert found(words.format(number=ticket.pk), admin) == [ticket.pk]


def test_each_word_is_looked_for_among_whom_the_others_name(admin, monkeypatch):
    """Cut off one by one, the five Martins and the first five of the 11th would have nobody in common."""
    monkeypatch.setattr("tickets.search.customers.MOST_FIRST", 5)
    for number in range(8):
        make.customer(f"a{number}@x.example", name=f"Anna {number}", postcode="75011")
    for number in range(4):
        make.customer(f"m{number}@x.example", name="Léa Martin", postcode="69001")
    theirs = make.customer("martin@x.example", name="Paul Martin", postcode="75011")
    assert customers_like("martin 75011", admin) == customers_like("75011 Martin", admin) == [theirs.pk]


def test_a_postcode_of_two_words_is_one(admin):
    near = make.customer("s@x.example", name="Ann Smith", postcode="SW1A 1AA")
    make.customer("t@x.example", name="Ann Smith", postcode="SW1A 2AA")
    assert customers_like("sw1a 1aa", admin) == customers_like("smith SW1A 1AA", admin) == [near.pk]


def test_filters_narrow(admin):
    tagged = said("la lampe", tags=["vip"])
    said("la lampe")
    assert found("lampe tag:vip", admin) == [tagged.pk]
    assert found("tag:vip", admin) == [tagged.pk]
    assert found(f"lampe before:{timezone.now() - timedelta(days=3):%Y-%m-%d}", admin) == []
    assert found("lampe priority:nonsense", admin) == []


def test_nobody_finds_what_they_may_not_see():
    secret = said("la lampe secrète", team=make.team("secret"))
    agent, member = make.user(), make.user(teams=(make.team("secret"),))
    assert found("lampe", agent) == []
    assert found("lampe", member) == [secret.pk]
    assert found(f"#{secret.pk}", agent) == []


def test_a_partner_finds_nobody_by_address():
    team = make.team("partner")
    partner = make.user(role=Role.PARTNER, teams=(team,))
    ticket = make.ticket(make.customer("helene@fabre.example", name="Hélène Fabre"), team=team)
    assert found("helene@fabre.example", partner) == []
    assert found("Fabre", partner) == [ticket.pk]


@pytest.mark.parametrize("words", ["'", '"', "a & | !", "%", "\\", ":*", "<->", "-", "()", "é" * 30, "x:y", "#"])
def test_no_input_breaks_it(words: str, admin):
    said("la lampe")
    assert isinstance(found(words, admin), list)
    assert isinstance(customers_like(words, admin), list)


def test_a_changed_subject_is_found_and_the_old_one_not(admin):
    ticket = said("Voilà.", subject="Lanterne")
    Ticket.objects.filter(pk=ticket.pk).update(subject="Bougeoir")
    assert (found("lanterne", admin), found("bougeoir", admin)) == ([], [ticket.pk])


def test_highlights_are_escaped():
    assert marked("<b>été</b> & colis", "ete") == "&lt;b&gt;<mark>été</mark>&lt;/b&gt; &amp; colis"


def test_namesakes_whom_one_may_not_know_take_nobodys_place():
    """What is shown is cut off after the reader's rights, not before."""
    agent, elsewhere = make.user(), make.team("elsewhere")
    for number in range(7):
        make.ticket(make.customer(f"v{number}@x.example", name="Ville"), team=elsewhere)
    theirs = make.ticket(make.customer("mc@x.example", name="Marie-Clémence de Villeneuve-Saint-Aubin"))
    assert customers_like("ville", agent, limit=6) == [theirs.customer_id]
    assert tickets_like(ask("ville"), agent, limit=6).numbers == [theirs.pk]


def test_what_was_merged_is_found_where_it_is_read(admin):
    first, second, third = said("Un abat-jour cabossé."), said("Rien."), said("Rien non plus.")
    actions.merge(first, into=second, by=SYSTEM)
    actions.merge(second, into=third, by=SYSTEM)
    assert found(f"#{first.pk}", admin) == [third.pk]
    result = tickets_like(ask("cabossé"), admin)
    assert (result.numbers, str(result.excerpts[third.pk].html)) == ([third.pk], "Un abat-jour <mark>cabossé</mark>.")
