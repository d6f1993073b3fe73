"""The shop itself: brand, hours, mailbox, colleagues, reasons."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.hashers import make_password

from accounts.models import Presence, Shop, Team, User
from channels_app.models import Channel, ChannelKind
from hours import clock
from hours.models import Calendar
from tickets.demo.logins import COLLEAGUES, DEMO_PASSWORD
from tickets.demo.reasons import TREE, WHAT_EN, WHY_EN
from tickets.models import Reason

ADDRESS = "support@maison-lune.example"
TEAMS = {"care": "Service client", "orders": "Commandes et retours", "evening": "Renfort du soir"}


@dataclass(frozen=True)
class House:
    """What every ticket of the demo refers to. `colleagues` by first name, `teams` and `reasons` by key."""

    shop: Shop
    calendar: Calendar
    channel: Channel
    colleagues: dict[str, User]
    teams: dict[str, Team]
    members: dict[str, list[User]]
    reasons: dict[str, Reason]
    now: datetime

    def deadline(self, waiting_since: datetime) -> datetime:
        due = clock.due(self.calendar, waiting_since, self.shop.promised_reply)
        return due or waiting_since + timedelta(seconds=self.shop.promised_reply)


def build(now: datetime) -> House:
    """Write the shop and everything around its tickets."""
    shop = _shop()
    colleagues = _colleagues()
    Channel.objects.create(kind=ChannelKind.CHAT, name="chat", shop=shop, config={"browse_after": 45})
    teams = {key: Team.objects.get_or_create(key=key, defaults={"name": name})[0] for key, name in TEAMS.items()}
    members = {key: [colleagues[one.first_name] for one in COLLEAGUES if key in one.teams] for key in TEAMS}
    for key, team in teams.items():
        team.members.add(*members[key])
    return House(
        shop=shop,
        calendar=_calendar(shop),
        channel=Channel.objects.create(
            kind=ChannelKind.EMAIL, name="support", shop=shop, address=ADDRESS, config={"address": ADDRESS}
        ),
        colleagues=colleagues,
        teams=teams,
        members=members,
        reasons=_reasons(),
        now=now,
    )


def _shop() -> Shop:
    return Shop.objects.create(
        key="main",
        name="Maison Lune",
        languages=["fr", "en"],
        timezone="Europe/Paris",
        currency="EUR",
        website="https://www.maison-lune.example",
        legal_name="Maison Lune SAS",
        registration_number="RCS Paris 901 234 567",
        registration_place="Greffe du tribunal de commerce de Paris",
        registered_office="18 rue des Trois-Lampes, 75011 Paris, France",
        contracting_body="Maison Lune SAS",
        vat_number="FR 45 901234567",
        professional_body="Fédération du commerce des arts de la maison, n° 75-2081",
        legal_statements="Société par actions simplifiée au capital de 60 000 €.",
        email=ADDRESS,
        phone="+33 1 99 00 47 12",
        promised_reply=9 * 3600,  # one working day
    )


def _calendar(shop: Shop) -> Calendar:
    weekly = {day: [["09:00", "18:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
    return Calendar.objects.create(
        key="main",
        shop=shop,
        timezone=shop.timezone,
        weekly={**weekly, "sat": [["10:00", "13:00"]]},
        holidays={"country": "FR"},
        default=True,
    )


def _colleagues() -> dict[str, User]:
    password = make_password(DEMO_PASSWORD)
    return {
        one.first_name: User.objects.get_or_create(
            email=one.email,
            defaults={
                "first_name": one.first_name,
                "last_name": one.last_name,
                "role": one.role,
                "password": password,
                "presence": Presence.ONLINE if one.online else Presence.AWAY,
            },
        )[0]
        for one in COLLEAGUES
    }


def _reasons() -> dict[str, Reason]:
    Reason.objects.bulk_create(
        [
            Reason(key=key, what=what, why=why, extra={"names": {"en": {"what": WHAT_EN[what], "why": WHY_EN[key]}}})
            for what, leaves in TREE.items()
            for key, why in leaves.items()
        ],
        ignore_conflicts=True,
    )
    return {reason.key: reason for reason in Reason.objects.all()}
