"""Letters about a banner to the customers whose orders it concerns: counted, planned and sent once (S14)."""

import uuid
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from celery import shared_task
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import Shop, User
from channels_app import outbox
from channels_app.base import Address
from channels_app.models import Channel, ChannelKind
from customers.affected import Affected
from customers.models import Identity
from faq import addresses
from faq.models import Banner, Notice, NoticeLetter
from helpdesk.lib.refused import Refused
from helpdesk.lib.wakeup import wake
from tickets.actions.blocking import is_blocked
from tickets.letters import NO_TICKET
from tickets.models import BlockedSender

AT_ONCE = 100  # letters of one round: colleagues' answers leave between two rounds
SUBJECT, TEXT = 160, 4000
Withheld = NoticeLetter.Withheld
Words = Mapping[str, Mapping[str, str]]  # {"fr": {"subject", "text"}}


@dataclass(frozen=True, slots=True)
class Reach:
    """Who would be written to, not yet saved, and how many customers would not be."""

    letters: list[NoticeLetter]
    orders: int
    told: int
    unknown: int  # without an e-mail address
    blocked: int


@dataclass(frozen=True, slots=True)
class Mail:
    subject: str
    text: str
    html: str


def reach(banner: Banner, affected: Affected) -> Reach:
    """The customers of the affected orders, those who have been told of this banner left out."""
    orders: dict[int, list[str]] = defaultdict(list)
    for customer, number in affected.orders(banner.shop).order_by("placed_at").values_list("customer", "number"):
        orders[customer].append(number)
    told = set(NoticeLetter.objects.filter(banner=banner).values_list("customer", flat=True)) & orders.keys()
    blocked = set(BlockedSender.objects.values_list("value", flat=True))
    letters, refused = [], 0
    for customer, (address, language) in _mailboxes(affected, banner.shop).items():
        if customer in told:
            continue
        if blocked & {address.lower(), "@" + address.lower().rpartition("@")[2]}:
            refused += 1
            continue
        letters.append(
            NoticeLetter(
                banner=banner,
                customer_id=customer,
                address=address,
                language=banner.shop.language_for(language),
                orders=orders[customer],
            )
        )
    unknown = len(orders) - len(told) - len(letters) - refused
    return Reach(letters, sum(map(len, orders.values())), len(told), unknown, refused)


@transaction.atomic
def tell(banner: Banner, *, affected: Affected, words: Words, by: User, expected: int, submission: uuid.UUID) -> Notice:
    """Plan one letter for every customer whom `affected` concerns; a worker sends them. The same submission again is a
    no-op. Refused (field "banner", "subject_fr", "text_fr" or "product") when it is over, without a mailbox or words,
    and when more than the `expected` number of customers would hear of it.
    """
    banner = Banner.objects.select_for_update(of=("self",)).select_related("shop").get(pk=banner.pk)
    if twin := Notice.objects.filter(submission=submission).first():
        return twin
    if _over(banner, timezone.now()):
        raise Refused("banner", _("This banner is over: there is nothing left to announce."))
    if _mailbox(banner.shop) is None:
        raise Refused("banner", _("This shop has no mailbox to write from."))
    words = {language: _worded(words, language) for language in banner.shop.languages}
    letters = reach(banner, affected).letters
    if not letters:
        raise Refused("product", _("No customer is left to be told."))
    if len(letters) > expected:
        raise Refused("product", _("It is now %(n)s customers. Look again before sending.") % {"n": len(letters)})
    notice = Notice.objects.create(banner=banner, submission=submission, words=words, by=by)
    for letter in letters:
        letter.notice = notice
    NoticeLetter.objects.bulk_create(letters, batch_size=1000)
    transaction.on_commit(partial(wake, send_due))
    return notice


@shared_task(name="tickets.notices.send_due")
@transaction.atomic
def send_due() -> int:
    """Hand the next letters to the outbox, all in one transaction. Returns how many were looked at."""
    rows = NoticeLetter.objects.waiting().select_for_update(skip_locked=True, of=("self",)).order_by("pk")
    rows = rows.select_related("notice__by", "banner__shop", "customer")
    letters = list(rows[:AT_ONCE])
    for letter in letters:
        _hand_over(letter, timezone.now())
    return len(letters)


def compose(letter: NoticeLetter, words: Words, by: User) -> Mail:
    """What this customer reads: the words in their language, their orders, where to read more."""
    banner = letter.banner
    said = words[letter.language]
    with translation.override(letter.language):
        context = {
            "shop": banner.shop,
            "customer": letter.customer,
            "text": said["text"],
            "orders": letter.orders,
            "more": _article(banner, letter.language),
            "author": by,
            "language": letter.language,
        }
        text = render_to_string("emails/notice.txt", context).strip() + "\n"
        return Mail(said["subject"], text, render_to_string("emails/notice.html", context))


def _hand_over(letter: NoticeLetter, now: datetime) -> None:
    mailbox = _mailbox(letter.banner.shop)
    if _over(letter.banner, now):
        letter.withheld = Withheld.OVER
    elif is_blocked(letter.address):
        letter.withheld = Withheld.BLOCKED
    elif mailbox is None:
        letter.withheld = Withheld.NO_MAILBOX
    else:
        mail = compose(letter, letter.notice.words, letter.notice.by)
        letter.left_at = now
        letter.outbound = outbox.queue(
            mailbox,
            thread=NO_TICKET,
            sender_name=letter.banner.shop.name,
            to=[Address(letter.address, letter.customer.name)],
            subject=mail.subject,
            text=mail.text,
            html=mail.html,
            automatic=True,
        )
    letter.save(update_fields=["withheld", "left_at", "outbound"])


def _mailboxes(affected: Affected, shop: Shop) -> dict[int, tuple[str, str]]:
    """By customer: the address they are known by first, and their language."""
    rows = Identity.objects.filter(kind=Identity.Kind.EMAIL, customer__in=affected.orders(shop).values("customer"))
    rows = rows.order_by("customer", "pk").distinct("customer")
    return {
        pk: (value, language) for pk, value, language in rows.values_list("customer", "value", "customer__language")
    }


def _mailbox(shop: Shop) -> Channel | None:
    return shop.channels.filter(kind=ChannelKind.EMAIL, enabled=True).order_by("pk").first()


def _over(banner: Banner, at: datetime) -> bool:
    return banner.ends_at is not None and banner.ends_at <= at


def _worded(words: Words, language: str) -> dict[str, str]:
    said = words.get(language, {})
    subject, text = " ".join(said.get("subject", "").split()), said.get("text", "").strip()
    if not subject:
        raise Refused(f"subject_{language}", _("The subject cannot be empty."))
    if not text:
        raise Refused(f"text_{language}", _("The letter cannot be empty."))
    return {"subject": subject[:SUBJECT], "text": text[:TEXT]}


def _article(banner: Banner, language: str) -> str:
    """Where to read more, if this language has the banner's article; "" else."""
    article = banner.article
    known = article.translations.published().filter(language=language).first() if article else None
    return addresses.absolute(banner.shop, addresses.article(banner.shop, known)) if known else ""
