"""The shop and what stands around its tickets, a few lines of each type; written one by one."""

import re
from collections.abc import Callable, Iterator
from typing import Any

from accounts.models import Role, Shop, Team, User
from channels_app.models import ChannelKind
from customers.identify import normalise_email
from helpdesk.lib.refused import Refused
from hours import terms
from hours.models import Calendar, EarlierHours, Hours
from metrics.archive.fields import Fields
from metrics.archive.keys import Keys
from metrics.archive.lines.line import Line, Result
from metrics.archive.lines.reviews import scorecard, written_scorecards
from metrics.archive.lines.rows import put
from metrics.models import FigureSettings
from tickets.models import Clock, Reason, SlaPolicy

SLUG = re.compile(r"[-a-zA-Z0-9_]+")
TERMS = ("weekly", "exceptions", "holidays", "campaigns")
LEGAL: dict[str, int | None] = {  # who answers in law, with the most characters of each
    "website": 200,
    "legal_name": 200,
    "registration_number": 60,
    "registration_place": 120,
    "registered_office": 300,
    "contracting_body": 200,
    "vat_number": 40,
    "professional_body": 200,
    "legal_statements": None,
    "email": 254,
    "phone": 40,
}
COUNTING = ("active_days", "revenue_days")  # what the figures of a shop depend on
NAMELESS = "—"  # the last name of someone who has one name only
ANYWHERE, SOMEWHERE = 1000, 0  # positions: a target for one channel goes before one for all


def shop(line: Line, keys: Keys) -> Result:
    fields = line.fields
    found = Shop.objects.filter(key=line.key).first()
    values: dict[str, Any] = {
        "name": fields.text("name", longest=120),
        "timezone": fields.zone("timezone", "Europe/Paris"),
        "languages": fields.texts("languages", longest=8),
        "currency": fields.text("currency", "EUR", longest=3),
    }
    for name, longest in LEGAL.items():
        if name in fields.values:
            values[name] = fields.text(name, "", longest=longest)
    values |= {name: fields.flag(name, False) for name in ("acknowledges",) if name in fields.values}
    if (seconds := fields.whole("promised_reply", None)) is not None:
        values["promised_reply"] = seconds
    counting = {name: fields.whole(name, least=1) for name in COUNTING if fields.values.get(name) is not None}
    line.keeps = fields.rest()
    row = found or Shop(key=_slug(fields, 50))
    result = put(row, values, new=found is None)
    if counting:
        kept, _new = FigureSettings.objects.get_or_create(shop=row)
        changed = put(kept, counting, new=False)
        result = changed if result == Result.UNCHANGED else result
    return result


def calendar(line: Line, keys: Keys) -> Result:
    fields = line.fields
    owner = keys.shop(fields)
    found = Calendar.objects.filter(key=line.key).first()
    values = {
        "shop": owner,
        "timezone": fields.zone("timezone", owner.timezone),
        "weekly": fields.object("weekly"),
        "exceptions": _exceptions(fields),
        "holidays": fields.object("holidays"),
        "campaigns": fields.many("campaigns"),
        "default": fields.flag("default", False),
    }
    earlier = [_earlier(Fields(entry, f"{fields.path}earlier[{n}].")) for n, entry in enumerate(fields.many("earlier"))]
    line.keeps = fields.rest()
    for name in TERMS:
        _check_terms(fields, name, values[name])
    if values["default"]:  # one a shop
        Calendar.objects.filter(shop=owner, default=True).exclude(key=line.key).update(default=False)
    row = found or Calendar(key=_slug(fields, 120))
    result = put(row, values, new=found is None)
    return result if not _keep_earlier(row, earlier) or result == Result.CREATED else Result.UPDATED


def team(line: Line, keys: Keys) -> Result:
    found = Team.objects.filter(key=line.key).first()
    values = {"name": line.fields.text("name", line.key, longest=80)}
    line.keeps = line.fields.rest()
    return put(found or Team(key=_slug(line.fields, 50)), values, new=found is None)


def agent(line: Line, keys: Keys) -> Result:
    """A colleague. An e-mail that is known is that person: their role, name and password stay as they are."""
    fields = line.fields
    email = normalise_email(fields.text("email", longest=254))
    if not email:
        raise fields.refuse("email", "is no e-mail address")
    first, _space, last = " ".join(fields.text("name", longest=120).split()).partition(" ")
    values = {
        "email": email,
        "first_name": first[:60] or email.partition("@")[0][:60],
        "last_name": last[:60] or NAMELESS,
        "role": fields.choice("role", Role.values, Role.AGENT.value),
        "is_active": fields.flag("active", True),
        "language": fields.text("language", "", longest=8),
        "timezone": fields.zone("timezone", "Europe/Paris"),
    }
    teams = [fields.text("team", "", longest=80), *fields.texts("teams", longest=80)]
    line.keeps = fields.rest()
    found = User.objects.filter(key=line.key).first()
    namesake = User.objects.filter(email=email).exclude(key=line.key).first()
    if namesake and (found or namesake.key):
        raise fields.refuse("email", f"belongs to the agent {namesake.key or namesake.full_name!r} already")
    if namesake:
        result = put(namesake, {"key": line.key}, new=False)
    else:
        row = found or User(key=line.key)
        if not found:
            row.set_unusable_password()
        result = put(row, values, new=found is None)
    row = namesake or row
    row.teams.add(*{keys.team(word) for word in teams if word})
    return result


def reason(line: Line, keys: Keys) -> Result:
    fields = line.fields
    names = fields.object("names")
    values = {
        "what": fields.text("what", longest=80),
        "why": fields.text("why", longest=120),
        "polarity": fields.whole("polarity", 0, least=-1, most=1),
        "archived": fields.flag("archived", False),
        "extra": fields.rest() | ({"names": names} if names else {}),
    }
    same = Reason.objects.filter(what__iexact=values["what"], why__iexact=values["why"]).exclude(key=line.key).first()
    if same:
        raise fields.refuse("why", f"the reason {same.key!r} has these words already")
    found = Reason.objects.filter(key=line.key).first()
    return put(found or Reason(key=line.key), values, new=found is None)


def target(line: Line, keys: Keys) -> Result:
    """A service target. Its numbers are frozen in the deadlines made by them, so a change is a new version."""
    fields = line.fields
    channel = fields.choice("channel", ["", *ChannelKind.values], "")
    conditions = fields.object("conditions") | ({"channels": [channel]} if channel else {})
    values = {
        "shop": keys.shop(fields),
        "name": fields.text("name", line.key, longest=120),
        "conditions": conditions,
        "position": fields.whole("position", SOMEWHERE if conditions else ANYWHERE),
        "active": fields.flag("active", True),
        "clock": fields.choice("clock", Clock.values, Clock.BUSINESS.value),
        "first_reply": fields.whole("first_response", None),
        "next_reply": fields.whole("next_response", None),
        "resolution": fields.whole("resolution", None),
        "warn_at_percent": fields.whole("warn_at_percent", 75, most=100),
        "escalate_every": fields.whole("escalate_every", None),
        "valid_from": fields.instant("valid_from", None),
        "extra": fields.rest(),
    }
    found = SlaPolicy.objects.filter(key=line.key).first()
    if found and any(getattr(found, name) != values[name] for name in ("first_reply", "next_reply", "resolution")):
        values["version"] = found.version + 1
    return put(found or SlaPolicy(key=line.key), values, new=found is None)


STORE: dict[str, Callable[[Line, Keys], Result]] = {
    "shop": shop,
    "calendar": calendar,
    "team": team,
    "agent": agent,
    "reason": reason,
    "target": target,
    "scorecard": scorecard,
}


def written() -> Iterator[dict[str, Any]]:
    """All of it as lines."""
    counting = {row.shop_id: row for row in FigureSettings.objects.all()}
    for shop in Shop.objects.order_by("key"):
        yield {
            "type": "shop",
            "key": shop.key,
            "name": shop.name,
            "timezone": shop.timezone,
            "languages": shop.languages,
            "currency": shop.currency,
            **{name: getattr(shop, name) for name in LEGAL if getattr(shop, name)},
            "acknowledges": shop.acknowledges,
            "promised_reply": shop.promised_reply,
            **({name: getattr(counting[shop.pk], name) for name in COUNTING} if shop.pk in counting else {}),
        }
    for calendar in Calendar.objects.select_related("shop").order_by("key"):
        yield {
            "type": "calendar",
            "key": calendar.key,
            "shop": calendar.shop.key,
            "timezone": calendar.timezone,
            "weekly": calendar.weekly,
            "exceptions": calendar.exceptions,
            **_beyond_the_week(calendar),
            "default": calendar.default,
            **({"earlier": [_written_hours(one) for one in calendar.earlier.all()]} if calendar.stamp else {}),
        }
    for team in Team.objects.order_by("key"):
        yield {"type": "team", "key": team.key, "name": team.name}
    yield from _written_agents()
    for reason in Reason.objects.order_by("key"):
        yield {
            "type": "reason",
            "key": reason.key,
            "what": reason.what,
            "why": reason.why,
            "polarity": reason.polarity,
            "archived": reason.archived,
            **reason.extra,
        }
    yield from _written_targets()
    yield from written_scorecards()


def _written_agents() -> Iterator[dict[str, Any]]:
    for user in User.objects.prefetch_related("teams").order_by("key"):
        teams = [team.key for team in sorted(user.teams.all(), key=lambda team: team.key)]
        yield {
            "type": "agent",
            "key": user.key,
            "name": f"{user.first_name} {user.last_name}".removesuffix(f" {NAMELESS}"),
            "email": user.email,
            **({"team": teams[0]} if teams else {}),
            **({"teams": teams[1:]} if teams[1:] else {}),
            "role": user.role,
            "active": user.is_active,
            "language": user.language,
            "timezone": user.timezone,
        }


def _written_targets() -> Iterator[dict[str, Any]]:
    for policy in SlaPolicy.objects.select_related("shop").order_by("key"):
        channels = policy.conditions.get("channels", [])
        single = list(policy.conditions) == ["channels"] and len(channels) == 1
        yield {
            "type": "target",
            "key": policy.key,
            "shop": policy.shop.key,
            **({"channel": channels[0]} if single else {"conditions": policy.conditions} if policy.conditions else {}),
            "first_response": policy.first_reply,
            "next_response": policy.next_reply,
            "resolution": policy.resolution,
            "clock": policy.clock,
            "name": policy.name,
            "position": policy.position,
            "active": policy.active,
            "warn_at_percent": policy.warn_at_percent,
            **({"escalate_every": policy.escalate_every} if policy.escalate_every else {}),
            **({"valid_from": policy.valid_from.isoformat()} if policy.valid_from else {}),
            **policy.extra,
        }


def _beyond_the_week(hours: Hours) -> dict[str, Any]:
    """Holidays and campaigns, where there are any."""
    return {name: value for name in ("holidays", "campaigns") if (value := getattr(hours, name))}


def _written_hours(hours: EarlierHours) -> dict[str, Any]:
    return {
        "until": hours.until.isoformat(),
        "timezone": hours.timezone,
        "weekly": hours.weekly,
        "exceptions": hours.exceptions,
        **_beyond_the_week(hours),
    }


def _earlier(fields: Fields) -> EarlierHours:
    hours = EarlierHours(
        until=fields.instant("until"),
        timezone=fields.zone("timezone"),
        weekly=fields.object("weekly"),
        exceptions=_exceptions(fields),
        holidays=fields.object("holidays"),
        campaigns=fields.many("campaigns"),
    )
    for name in TERMS:
        _check_terms(fields, name, getattr(hours, name))
    return hours


def _keep_earlier(calendar: Calendar, earlier: list[EarlierHours]) -> bool:
    """Make these the calendar's earlier hours. Returns whether they were others before."""
    stored = [(one.until, one.terms) for one in calendar.earlier.all()]
    if stored == [(one.until, one.terms) for one in earlier]:
        return False
    calendar.earlier.all().delete()
    for one in earlier:
        one.calendar = calendar
    EarlierHours.objects.bulk_create(earlier)
    calendar.restamp(has_earlier=bool(earlier))
    calendar.save(update_fields=["stamp"])
    return True


def _check_terms(fields: Fields, name: str, value: Any) -> None:
    try:
        terms.check(name, value)
    except Refused as refusal:
        raise fields.refuse(refusal.field, str(refusal.words)) from None


def _slug(fields: Fields, longest: int) -> str:
    key = fields.key()
    if not SLUG.fullmatch(key) or len(key) > longest:
        raise fields.refuse("key", f"expected at most {longest} letters, digits, - and _")
    return key


def _exceptions(fields: Fields) -> list[dict[str, Any]]:
    """As our hours know them; what else stands in one is told and left out."""
    found = []
    for one in fields.each("exceptions"):
        why = one.text("why", "", longest=200)
        found.append({"date": one.text("date"), "open": one.many("open")} | ({"why": why} if why else {}))
        one.rest()
    return found
