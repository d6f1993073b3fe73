"""Shops, people, teams, labels, channels and calendars through the API."""

import pytest

from accounts.models import Role, Shop, Team, User
from channels_app.models import Channel
from hours.models import Calendar
from tests import factories
from tests.caller import Caller, problems

pytestmark = pytest.mark.django_db
SERVER = {"host": "imap.example.org", "port": 993, "security": "tls", "user": "support", "password": "s3cret-imap"}
CONFIG = {"address": "support@shop.example", "imap": SERVER}


def test_shops(api: Caller) -> None:
    made = api.post("/shops/", {"key": "two", "name": "Deux", "languages": ["fr"]})
    assert (made.status_code, made.json()["timezone"]) == (201, "Europe/Paris")
    assert api.patch("/shops/two/", {"timezone": "Europe/Berlin"}).json()["timezone"] == "Europe/Berlin"
    for body, attr in (
        ({"timezone": "Mars"}, "timezone"), ({"currency": "euro"}, "currency"), ({"languages": []}, "languages"),
        ({"promised_reply": -1}, "promised_reply"), ({"promised_reply": 2**63}, "promised_reply"), ({"id": 1}, "id"),
    ):  # fmt: skip
        answer = api.patch("/shops/two/", body)
        assert (answer.status_code, [found for _code, found in problems(answer)]) == (400, [attr])
    assert problems(api.post("/shops/", {"key": "two", "name": "x", "languages": ["fr"]})) == [("unique", "key")]
    assert Shop.objects.get(key="two").currency == "EUR"


def test_people_and_teams(api: Caller) -> None:
    api.post("/teams/", {"key": "care", "name": "Service client"})
    body = {
        "email": "New@Example.org",
        "first_name": "Maëlle",
        "last_name": "Le Goff",
        "role": "lead",
        "teams": ["care"],
    }
    made = api.post("/users/", body)
    assert made.status_code == 201, made.content
    shown = made.json()
    assert (shown["email"], shown["name"], shown["teams"]) == ("new@example.org", "Maëlle Le Goff", ["care"])
    assert "password" not in shown
    assert not User.objects.get(pk=shown["id"]).has_usable_password()
    assert api.post("/users/", body).status_code in (400, 409)
    assert api.post("/users/", {"email": "x@example.org", "first_name": "", "last_name": "x"}).status_code == 400
    assert [one["id"] for one in api.get("/users/", team="care").json()["results"]] == [shown["id"]]
    gone = api.patch(f"/users/{shown['id']}/", {"is_active": False, "teams": []}).json()
    assert (gone["is_active"], gone["teams"]) == (False, [])
    members = api.patch("/teams/care/", {"members": ["new@example.org"]}).json()["members"]
    assert members == [shown["id"]]
    assert Team.objects.get().members.count() == 1


def test_the_last_admin_stays(api: Caller, admin: User) -> None:
    for change in ({"role": "agent"}, {"is_active": False}):
        answer = api.patch(f"/users/{admin.pk}/", change)
        assert (answer.status_code, problems(answer)) == (409, [("last_admin", next(iter(change)))])
    factories.admin()
    assert api.patch(f"/users/{admin.pk}/", {"role": "agent"}).status_code == 200


def test_labels(api: Caller) -> None:
    reason = api.post("/reasons/", {"key": "late", "what": "Livraison", "why": "Retard"})
    assert reason.status_code == 201
    assert reason.json()["warning"] == ""
    assert api.patch("/reasons/late/", {"why": "Livraison"}).status_code == 400
    assert api.patch("/reasons/late/", {"why": "Retard du transporteur"}).json()["why"] == "Retard du transporteur"
    ticket = factories.ticket()
    api.patch(f"/tickets/{ticket.pk}/", {"reason": "late"})
    refused = api.delete("/reasons/late/")
    assert (refused.status_code, problems(refused)) == (409, [("in_use", None)])
    tag = api.post("/tags/", {"name": "vip"}).json()
    assert api.post("/tags/", {"name": "VIP"}).status_code == 400
    assert api.delete(f"/tags/{tag['id']}/").status_code == 204
    assert api.get("/tags/").json()["results"] == []


def test_a_channel_keeps_its_secrets(api: Caller) -> None:
    factories.shop()
    made = api.post("/channels/", {"kind": "email", "name": "mail", "shop": "main", "config": CONFIG})
    assert made.status_code == 201, made.content
    shown = made.json()
    assert (shown["address"], shown["config"]["imap"]["user"]) == ("support@shop.example", "support")
    channel = Channel.objects.get()
    assert channel.settings()["imap"]["password"] == "s3cret-imap"
    assert "s3cret" not in str(channel.config) + str(channel.sealed)
    everything = [made, api.get(f"/channels/{channel.pk}/"), api.get("/channels/")]
    assert not [answer for answer in everything if b"s3cret" in answer.content]
    assert b"password" not in api.get("/channels/").content
    without = {name: value for name, value in SERVER.items() if name != "password"}
    api.patch(f"/channels/{channel.pk}/", {"config": CONFIG | {"imap": without | {"port": 143}}})
    assert Channel.objects.get().settings()["imap"] == SERVER | {"port": 143}
    api.patch(f"/channels/{channel.pk}/", {"config": CONFIG | {"imap": without | {"host": "evil.example"}}})
    assert "password" not in Channel.objects.get().settings()["imap"]


def test_agents_see_channels_without_their_settings(api: Caller) -> None:
    factories.channel()
    agent = Caller(factories.token(factories.user()))
    shown = agent.get("/channels/").json()["results"][0]
    assert (shown["name"], shown["config"]) == ("support", None)
    assert agent.patch(f"/channels/{shown['id']}/", {"enabled": False}).status_code == 403


@pytest.mark.parametrize(
    ("change", "attr"),
    [
        ({"kind": "fax"}, "kind"),
        ({"shop": "none"}, "shop"),
        ({"config": []}, "config"),
        ({"config": {"address": "nobody"}}, "config.address"),
        ({"config": {"address": 5}}, "config.address"),
        ({"config": CONFIG | {"imap": SERVER | {"port": 99999}}}, "config.imap.port"),
        ({"config": CONFIG | {"imap": SERVER | {"security": "maybe"}}}, "config.imap.security"),
        ({"config": CONFIG | {"imap": SERVER | {"password": 5}}}, "config.imap.password"),
        ({"config": CONFIG | {"imap": {"deep": {"deeper": {}}}}}, "config.imap"),
        ({"config": CONFIG | {"colour": "red"}}, "config.colour"),
        ({"sealed": {}}, "sealed"),
        ({"trouble": "x"}, "trouble"),
    ],
)
def test_a_wrong_channel_names_the_field(api: Caller, change: dict[str, object], attr: str) -> None:
    factories.shop()
    answer = api.post("/channels/", {"kind": "email", "name": "mail", "shop": "main", "config": CONFIG} | change)
    assert (answer.status_code, [found for _code, found in problems(answer)]) == (400, [attr])
    assert Channel.objects.count() == 0


def test_a_used_channel_is_switched_off_not_deleted(api: Caller) -> None:
    ticket = factories.ticket()
    assert api.delete(f"/channels/{ticket.channel_id}/").status_code == 409
    assert api.patch(f"/channels/{ticket.channel_id}/", {"enabled": False}).json()["enabled"] is False
    assert api.patch(f"/channels/{ticket.channel_id}/", {"kind": "email"}).status_code == 200
    factories.shop("other", name="Autre")
    assert problems(api.patch(f"/channels/{ticket.channel_id}/", {"shop": "other"})) == [("fixed", "shop")]


def test_calendars_count_open_time(api: Caller) -> None:
    factories.shop()
    weekly = {"mon": [["09:00", "12:00"], ["13:30", "18:00"]], "sat": [["22:00", "26:00"]]}
    exceptions = [{"date": "2026-07-13", "open": []}]
    body = {"key": "hours", "shop": "main", "timezone": "Europe/Paris", "weekly": weekly, "exceptions": exceptions}
    made = api.post("/calendars/", body | {"default": True})
    assert made.status_code == 201, made.content
    terms = {name: body[name] for name in ("timezone", "weekly", "exceptions")} | {"holidays": {}, "campaigns": []}
    versions = [{"valid_from": None, **terms}]
    assert made.json() == body | terms | {"default": True, "teams": [], "versions": versions}
    asked = {"start": "2026-07-06T11:00:00+02:00", "end": "2026-07-06T14:30:00+02:00"}
    assert api.post("/calendars/hours/elapsed/", asked).json() == {"seconds": 7200}
    due = {"start": "2026-07-06T11:00:00+02:00", "seconds": 7200}
    assert api.post("/calendars/hours/due/", due).json() == {"due_at": "2026-07-06T12:30:00Z"}
    now = api.get("/calendars/hours/now/").json()
    assert set(now) == {"at", "open", "next_opening"}
    assert (now["next_opening"] is None) == now["open"]
    never = api.post("/calendars/", body | {"key": "never", "weekly": {}, "exceptions": []})
    assert never.status_code == 201, never.content
    assert api.post("/calendars/never/due/", due).json() == {"due_at": None}
    assert problems(api.post("/calendars/", body | {"key": "second", "default": True}))[0][0] != "error"
    assert Calendar.objects.filter(default=True).count() == 1


@pytest.mark.parametrize(
    ("change", "attr"),
    [
        ({"weekly": {"lun": []}}, "weekly.lun"),
        ({"weekly": {"mon": [["9:00", "12:00"]]}}, "weekly"),
        ({"weekly": {"mon": [["12:00", "09:00"]]}}, "weekly"),
        ({"weekly": {"mon": [["09:00", "49:00"]]}}, "weekly"),
        ({"weekly": {"mon": "all day"}}, "weekly"),
        ({"weekly": {"mon": [["09:00", "12:00"]] * 30}}, "weekly"),
        ({"exceptions": [{"date": "2026-13-01", "open": []}]}, "exceptions"),
        ({"exceptions": [{"date": "2026-12-24"}]}, "exceptions"),
        ({"timezone": "Paris"}, "timezone"),
    ],
)
def test_a_wrong_calendar_names_the_field(api: Caller, change: dict[str, object], attr: str) -> None:
    factories.shop()
    body = {"key": "hours", "shop": "main", "timezone": "Europe/Paris", "weekly": {}}
    answer = api.post("/calendars/", body | change)
    assert (answer.status_code, [found for _code, found in problems(answer)]) == (400, [attr])


@pytest.mark.parametrize(
    ("path", "body", "attr"),
    [
        ("elapsed", {"start": "2026-07-06", "end": "2026-07-06T14:30:00Z"}, "start"),
        ("elapsed", {"start": "0001-01-01T00:00:00Z", "end": "2026-07-06T14:30:00Z"}, "start"),
        ("elapsed", {"start": "2020-01-01T00:00:00Z", "end": "2026-07-06T14:30:00Z"}, "end"),
        ("due", {"start": "2026-07-06T11:00:00Z", "seconds": -1}, "seconds"),
        ("due", {"start": "2026-07-06T11:00:00Z", "seconds": 2**63}, "seconds"),
        ("due", {"start": "2026-07-06T11:00:00Z", "seconds": "7200"}, "seconds"),
    ],
)
def test_the_clock_refuses_what_it_cannot_count(api: Caller, path: str, body: dict[str, object], attr: str) -> None:
    factories.calendar(key="hours")
    answer = api.post(f"/calendars/hours/{path}/", body)
    assert (answer.status_code, [found for _code, found in problems(answer)]) == (400, [attr])


def test_everybody_reads_the_settings_and_admins_write_them() -> None:
    factories.calendar()
    for role in Role:
        caller = Caller(factories.token(factories.user(role=role)))
        assert {caller.get(f"/{name}/").status_code for name in ("shops", "teams", "users", "calendars", "tags")} == {
            200
        }
        assert caller.post("/tags/", {"name": role}).status_code == (201 if role == Role.ADMIN else 403)
