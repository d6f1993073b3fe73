"""The letter with the code that opens a shopper's orders. Sent by a worker, so that the page takes the same time
whether or not anybody knows the address.
"""

from celery import shared_task
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import Shop
from channels_app import outbox
from channels_app.base import Address
from customers import codes
from helpdesk.lib.wakeup import wake
from tickets.letters import NO_TICKET


def ask_for(shop: Shop, email: str, language: str) -> None:
    """Have a code sent to this address if it is a customer's."""
    if not wake(send_code, shop.pk, email, language):
        send_code(shop.pk, email, language)


@shared_task(name="tickets.order_codes.send_code")
def send_code(shop_pk: int, email: str, language: str) -> None:
    """Nothing for an address that nobody here knows, or in a shop without a mailbox."""
    shop = Shop.objects.get(pk=shop_pk)
    channel = shop.channels.filter(kind="email", enabled=True).order_by("pk").first()
    customer = codes.known(shop, email)
    if channel is None or customer is None:
        return
    with translation.override(language), transaction.atomic():
        context = {"shop": shop, "customer": customer, "code": codes.issue(shop, email), "minutes": codes.LASTS // 60}
        outbox.queue(
            channel,
            thread=NO_TICKET,
            sender_name=shop.name,
            to=[Address(email, customer.name)],
            subject=_("Your code to see your orders"),
            text=render_to_string("emails/order_code.txt", context).strip() + "\n",
            automatic=True,
        )
