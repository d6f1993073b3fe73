"""What surrounds every public page: brand, languages, announcements, hours, ways to reach us, legal identity."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _

from accounts.models import Shop
from faq import addresses
from faq.models import Banner, HelpCentre
from helpdesk.lib import compiled
from helpdesk.lib.urls import parts
from hours import clock, words
from hours.models import Calendar

AHEAD = 14  # days for which special opening hours are announced


@dataclass(frozen=True)
class Announcement:
    """A banner in the page's language."""

    title: str
    text: str
    url: str
    starts_at: datetime
    ends_at: datetime | None
    updated_at: datetime


@dataclass(frozen=True)
class HoursRow:
    days: str
    spans: str
    today: bool = False
    special: bool = False


@dataclass(frozen=True)
class Footer:
    """What stands under every public page: equal ones look alike, so one is rendered once."""

    home: str
    contact_url: str
    orders_url: str
    website: str
    phone: str
    phone_link: str
    email: str
    name: str
    office: str
    identity: tuple[tuple[str, str], ...]
    place: str = ""
    rows: tuple[HoursRow, ...] = ()
    words: str = ""
    is_open: bool = False


class Hours:
    """When people answer: the hours block of S155."""

    def __init__(self, calendar: Calendar, language: str, now: datetime) -> None:
        self.calendar, self.language, self.now = calendar, language, now
        self.zone = ZoneInfo(calendar.timezone)
        self.today = now.astimezone(self.zone).date()

    @cached_property
    def rows(self) -> list[HoursRow]:
        """The week, days with equal hours in one row, then the special days of the next two weeks."""
        week = [HoursRow(days, spans) for days, spans in words.week(self.calendar, self.language)]
        return [*week, *self._special_days()]

    @cached_property
    def place(self) -> str:
        """ "Paris": the place whose clock the hours mean."""
        return self.calendar.timezone.rpartition("/")[2].replace("_", " ")

    @cached_property
    def is_open(self) -> bool:
        return self._span is not None and self._span[0] <= self.now

    @cached_property
    def words(self) -> str:
        """ "Open now, until 18:00" or when it opens next; "" when it never does."""
        if self._span is None:
            return ""
        opens, closes = (at.astimezone(self.zone) for at in self._span)
        if self.is_open:
            if closes - self.now > timedelta(days=1):
                return _("Open now")
            return _("Open now, until %(time)s") % {"time": self._clock(closes)}
        if opens.date() == self.today:
            return _("Closed. Opens today at %(time)s") % {"time": self._clock(opens)}
        day = format_date(opens.date(), "EEEE d MMMM", locale=self.language)
        return _("Closed. Opens on %(day)s at %(time)s") % {"day": day, "time": self._clock(opens)}

    @cached_property
    def _span(self) -> tuple[datetime, datetime] | None:
        return next(clock.intervals(self.calendar, self.now), None)

    def _clock(self, at: datetime) -> str:
        return format_time(at, "HH:mm", locale=self.language)

    def _special_days(self) -> Iterator[HoursRow]:
        until = self.today + timedelta(days=AHEAD)
        for special in words.special_days(self.calendar, self.language, since=self.today, until=until):
            label = format_date(special.day, "EEE d MMMM", locale=self.language)
            label = label[:1].upper() + label[1:]
            yield HoursRow(label, special.hours, today=special.day == self.today, special=True)


class Frame:
    """Everything templates/public.html needs of a shop in a language. Costs two queries, made when first read."""

    def __init__(self, shop: Shop, language: str) -> None:
        self.shop, self.language, self.now = shop, language, timezone.now()
        self.home = addresses.home(shop, language)
        self.contact_url = f"{addresses.home(shop)}contact/"
        self.orders_url = f"{addresses.home(shop)}orders/"

    @cached_property
    def search_url(self) -> str:
        return reverse("help-search-in", kwargs={"shop": self.shop.key, "language": self.language})

    @cached_property
    def centre(self) -> HelpCentre | None:
        return addresses.centre_of(self.shop)

    @cached_property
    def theme_url(self) -> str:
        """The style sheet of the shop's colours; "" for a shop that wears the house's."""
        if self.centre is None or not self.centre.accent:
            return ""
        address = reverse("help-theme", kwargs={"shop": self.shop.key})
        return f"{address}?v={self.centre.updated_at:%Y%m%d%H%M%S}"

    @cached_property
    def logo_url(self) -> str:
        if self.centre is None or not self.centre.logo:
            return ""
        address = reverse("help-logo", kwargs={"shop": self.shop.key})
        return f"{address}?v={self.centre.updated_at:%Y%m%d%H%M%S}"

    @cached_property
    def languages(self) -> list[tuple[str, str]]:
        """[("fr", "Français"), ...]: the shop's languages, each under its own name."""
        return [(code, language_name(code)) for code in self.shop.languages]

    @cached_property
    def announcements(self) -> list[Announcement]:
        shown = compiled.found(lambda shop: Banner.objects.filter(shop=shop).shown(Now()), "banners", self.shop.pk)
        return [self._announced(banner) for banner in shown if self.language in banner.titles]

    @cached_property
    def hours(self) -> Hours | None:
        found = compiled.found(lambda shop: Calendar.objects.filter(shop=shop, default=True), "own hours", self.shop.pk)
        return Hours(found[0], self.language, self.now) if found else None

    @cached_property
    def website(self) -> str:
        """The shop's own address when it is one that a browser may open."""
        return self.shop.website if parts(self.shop.website).scheme in ("http", "https") else ""

    @cached_property
    def phone_link(self) -> str:
        return "".join(sign for sign in self.shop.phone if sign.isdigit() or sign == "+")

    @cached_property
    def footer(self) -> Footer:
        shop, hours = self.shop, self.hours
        ways = (self.home, self.contact_url, self.orders_url, self.website, shop.phone, self.phone_link, shop.email)
        about = (shop.legal_name or shop.name, shop.registered_office, tuple(self.identity))
        return Footer(*ways, *about, *(hours.place, tuple(hours.rows), hours.words, hours.is_open) if hours else ())

    @cached_property
    def identity(self) -> list[tuple[str, str]]:
        """(label, value) of the legal identity (S124), as text; the first has no label."""
        shop = self.shop
        named = [
            ("", shop.legal_name or shop.name),
            (_("Registered office"), shop.registered_office),
            (_("Registration"), " · ".join(filter(None, (shop.registration_number, shop.registration_place)))),
            (_("VAT number"), shop.vat_number),
            (_("Contract with"), shop.contracting_body if shop.contracting_body != shop.legal_name else ""),
            (_("Professional body"), shop.professional_body),
            ("", shop.legal_statements),
        ]
        return [(label, value) for label, value in named if value]

    def _announced(self, banner: Banner) -> Announcement:
        url = ""
        if banner.article_id:
            url = reverse(
                "help-article-short",
                kwargs={"shop": self.shop.key, "language": self.language, "number": banner.article_id},
            )
        title, text = banner.titles[self.language], banner.texts.get(self.language, "")
        return Announcement(title, text, url, banner.starts_at, banner.ends_at, banner.updated_at)


def language_name(code: str) -> str:
    """ "Français" for "fr"; the code itself for a language nobody here knows."""
    try:
        name = str(get_language_info(code)["name_local"])
    except KeyError:
        return code
    return name[:1].upper() + name[1:]
