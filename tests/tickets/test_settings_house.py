"""Settings of the house: people, teams, shops, mailboxes, tokens. Admins alone; nothing secret is shown again."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import ApiToken, Role, Shop, Team, User
from channels_app.models import Channel
from tests import factories as make

pytestmark = pytest.mark.django_db
MAILBOX = {
    "name": "ventes",
    "address": "ventes@maison-lune.example",
    "imap_security": "tls",
    "smtp_security": "starttls",
    "imap_host": "imap.example.com",
    "imap_user": "ventes",
    "imap_password": "s3cret!",
    "imap_folder": "INBOX",
}
SHOP = {
    "name": "Lune Bleue",
    "key": "bleue",
    "languages": "fr, en",
    "timezone": "Europe/Paris",
    "currency": "EUR",
    "promised_reply": "4 h",
    "acknowledges": "on",
}


@pytest.fixture
def admin():
    return make.admin(language="en")


@pytest.fixture
def desk(admin):
    return login(admin)


def login(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def person(user: User | None = None, **fields: object) -> dict[str, object]:
    known = (
        {name: getattr(user, name) for name in ("first_name", "last_name", "email", "role", "capacity")} if user else {}
    )
    return {"timezone": "Europe/Paris", "is_active": "on", "capacity": 20, "role": "agent"} | known | fields


# --- people ----------------------------------------------------------------------------------------------------------


def test_an_invited_colleague_chooses_a_password_and_logs_in(desk):
    team = make.team("care")
    new = person(first_name="Zoé", last_name="Lang", email="Zoe@Maison-Lune.example", teams=[team.pk])
    assert desk.post("/settings/people/0/save/", new).status_code == 302
    zoe = User.objects.get(email="zoe@maison-lune.example")
    assert (zoe.has_usable_password(), list(zoe.teams.all())) == (False, [team])
    path = re.search(r"(/accounts/password/reset/key/\S+)", mail.outbox[0].body)
    browser = Client()
    form = browser.get(path[1], follow=True)
    browser.post(
        form.request["PATH_INFO"], {"password1": "un long mot de passe 42", "password2": "un long mot de passe 42"}
    )
    zoe.refresh_from_db()
    assert zoe.check_password("un long mot de passe 42")


def test_the_last_admin_stays(desk, admin):
    answer = desk.post(f"/settings/people/{admin.pk}/save/", person(admin, role="agent"))
    assert (answer.status_code, "This is the last admin" in answer.content.decode()) == (422, True)
    admin.refresh_from_db()
    assert admin.role == Role.ADMIN


def test_who_leaves_is_deactivated_and_an_address_is_used_once(desk):
    ines = make.user()
    fields = person(ines)
    fields.pop("is_active")
    desk.post(f"/settings/people/{ines.pk}/save/", fields)
    ines.refresh_from_db()
    assert ines.is_active is False
    twin = desk.post("/settings/people/0/save/", person(first_name="A", last_name="B", email=ines.email.upper()))
    assert (twin.status_code, User.objects.filter(email__iexact=ines.email).count()) == (422, 1)


@pytest.mark.parametrize("path", ["people", "teams", "channels", "tokens"])
def test_the_same_number_of_queries_for_1_3_and_30_rows(desk, admin, path):
    make.channel("first")
    counts, made = [], 0
    for rows in (1, 3, 30):
        while made < rows:
            colleague = make.user(teams=(make.team(f"team-{made}"),))
            make.channel(f"box-{made}")
            ApiToken.issue(colleague, "x")
            made += 1
        desk.get(f"/settings/{path}/")
        with CaptureQueriesContext(connection) as captured:
            assert desk.get(f"/settings/{path}/").status_code == 200
        counts.append(len(captured))
    assert counts == [counts[0]] * 3


# --- teams and shops -------------------------------------------------------------------------------------------------


def test_a_team_and_its_members(desk):
    ines, gone = make.user(), make.user()
    team = make.team("care", ines, gone)
    User.objects.filter(pk=gone.pk).update(is_active=False)
    desk.post(f"/settings/teams/{team.pk}/save/", {"name": "Après-vente", "key": "care", "members": []})
    team = Team.objects.get(pk=team.pk)
    assert (team.name, list(team.members.all())) == ("Après-vente", [gone])


def test_a_shop_without_its_legal_identity_is_red(desk):
    assert desk.post("/settings/shops/0/save/", SHOP).status_code == 302
    shop = Shop.objects.get(key="bleue")
    assert (shop.languages, shop.promised_reply) == (["fr", "en"], 4 * 3600)
    assert "Missing: legal name, registration number" in re.sub(
        r"\s+", " ", desk.get("/settings/shops/").content.decode()
    )


def test_a_wrong_shop_keeps_what_was_typed(desk):
    answer = desk.post("/settings/shops/0/save/", SHOP | {"currency": "euro", "timezone": "Europe/Lune"})
    html = answer.content.decode()
    assert (answer.status_code, "Lune Bleue" in html, Shop.objects.filter(key="bleue").exists()) == (422, True, False)


# --- channels --------------------------------------------------------------------------------------------------------


def test_a_mailbox_is_connected_and_its_password_never_shown(desk):
    assert desk.post("/settings/channels/0/save/", MAILBOX | {"shop": make.shop().pk}).status_code == 302
    box = Channel.objects.get(name="ventes")
    assert box.settings()["imap"]["password"] == "s3cret!"
    desk.post(f"/settings/channels/{box.pk}/save/", MAILBOX | {"imap_password": "", "imap_folder": "Clients"})
    box.refresh_from_db()
    assert (box.settings()["imap"]["password"], box.config["imap"]["folder"]) == ("s3cret!", "Clients")
    assert "s3cret!" not in desk.get(f"/settings/channels/{box.pk}/").content.decode()


def test_the_password_does_not_follow_to_another_server(desk):
    desk.post("/settings/channels/0/save/", MAILBOX | {"shop": make.shop().pk})
    box = Channel.objects.get(name="ventes")
    desk.post(f"/settings/channels/{box.pk}/save/", MAILBOX | {"imap_password": "", "imap_host": "imap.evil.example"})
    box.refresh_from_db()
    assert "password" not in box.settings()["imap"]


def test_the_test_tells_what_does_not_work_and_saves_nothing(desk):
    nowhere = {"imap_host": "127.0.0.1", "imap_port": 9, "shop": make.shop().pk, "test": "1"}
    answer = desk.post("/settings/channels/0/save/", MAILBOX | nowhere, headers={"HX-Request": "true"})
    html = answer.content.decode()
    assert (answer.status_code, "Receiving: the server cannot be reached" in html) == (200, True)
    assert ("Sending: no server is set" in html, Channel.objects.exists()) == (True, False)


def test_switched_off_it_keeps_its_tickets(desk):
    ticket = make.ticket()
    desk.post(f"/settings/channels/{ticket.channel_id}/switch/", {"enabled": "0"})
    assert Channel.objects.get(pk=ticket.channel_id).enabled is False
    assert desk.get(f"/tickets/{ticket.pk}/").status_code == 200


# --- tokens ----------------------------------------------------------------------------------------------------------


def test_a_token_is_shown_once_works_and_is_revoked(desk, admin):
    day = timezone.localdate() + timedelta(days=30)
    made = desk.post("/settings/tokens/create/", {"name": "ERP", "user": admin.pk, "scopes": ["read"], "until": day})
    secret = re.search(r"cmt_[\w-]+", made.content.decode())[0]
    token = ApiToken.objects.get(name="ERP")
    api = {"Authorization": f"Bearer {secret}"}
    assert (token.scopes, Client().get("/api/v1/tickets/", headers=api).status_code) == (["read"], 200)
    assert secret not in desk.get("/settings/tokens/").content.decode()
    desk.post(f"/settings/tokens/{token.pk}/revoke/")
    assert Client().get("/api/v1/tickets/", headers=api).status_code == 401


def test_a_second_team_with_the_same_key_is_refused_in_plain_words(desk):
    make.team("care")
    page = desk.post("/settings/teams/0/save/", {"name": "Care", "key": "care", "members": []})
    assert (page.status_code, page.content.decode().count("Another team has this key.")) == (422, 1)
