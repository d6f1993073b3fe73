from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Shop, User


class Customer(models.Model):
    """Someone who writes to us. What they are called elsewhere is an Identity."""

    name = models.CharField(_("name"), max_length=200, blank=True)
    language = models.CharField(_("language"), max_length=8, blank=True)
    postcode = models.CharField(_("postcode"), max_length=20, blank=True)
    timezone = models.CharField(_("time zone"), max_length=64, blank=True)
    vip = models.BooleanField(_("VIP"), default=False)
    notes = models.TextField(_("notes"), blank=True)
    key = models.CharField(max_length=200, unique=True, null=True, blank=True)
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged")
    extra = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(merged_into=None) | ~Q(merged_into=models.F("pk")), name="customer_not_merged_into_itself"
            )
        ]

    def __str__(self) -> str:
        return self.display_name

    @property
    def display_name(self) -> str:
        return self.name or self.email or str(_("Unknown customer"))

    @property
    def first_name(self) -> str:
        return self.name.split()[0] if self.name.strip() else ""

    def _first(self, kind: str) -> str:
        values = [identity.value for identity in self.identities.all() if identity.kind == kind]
        return values[0] if values else ""

    @property
    def email(self) -> str:
        return self._first(Identity.Kind.EMAIL)

    @property
    def phone(self) -> str:
        return self._first(Identity.Kind.PHONE)


class Identity(models.Model):
    """What a customer is called on one kind of channel: an opaque id, unique there. It claims; it proves nothing."""

    class Kind(models.TextChoices):
        EMAIL = "email", _("e-mail")
        PHONE = "phone", _("phone")
        WHATSAPP = "whatsapp", "WhatsApp"
        MESSENGER = "messenger", "Messenger"
        INSTAGRAM = "instagram", "Instagram"
        X = "x", "X"
        TELEGRAM = "telegram", "Telegram"
        VISITOR = "visitor", _("chat visitor")
        STORE = "store", _("store account")

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="identities")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    value = models.CharField(max_length=320)
    label = models.CharField(max_length=200, blank=True, help_text=_("As the channel shows it, e.g. @name."))
    verified = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["kind", "value"], name="identity_once")]

    def __str__(self) -> str:
        return f"{self.kind}:{self.value}"


class CustomerMerge(models.Model):
    """That two customers became one: what was moved and changed, so that it can be undone."""

    source = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="merges_away")
    into = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="merges_here")
    at = models.DateTimeField()
    moved = models.JSONField(default=dict)  # {"tickets.ticket.customer": [1, 2]}
    changed = models.JSONField(default=dict)  # {"name": [before, after]}
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-at"]
        constraints = [
            models.UniqueConstraint(
                fields=["source"], condition=Q(undone_at=None), name="customer_merged_once_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"{self.source} › {self.into}"


class Order(models.Model):
    """An order as the store knows it; items and tracking are shown, searched and acted upon, never computed with."""

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="orders")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="orders")
    number = models.CharField(_("number"), max_length=60)
    placed_at = models.DateTimeField(_("placed"))
    status = models.CharField(_("status"), max_length=40, blank=True)
    total = models.DecimalField(_("total"), max_digits=12, decimal_places=2)
    currency = models.CharField(_("currency"), max_length=3)
    items = models.JSONField(default=list, help_text="[{sku, name, quantity, price}]")
    tracking = models.JSONField(default=dict, blank=True, help_text="{number, url, carrier}")
    key = models.CharField(max_length=200, unique=True, null=True, blank=True)
    extra = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-placed_at"]
        constraints = [models.UniqueConstraint(fields=["shop", "number"], name="order_number_once_per_shop")]
        indexes = [
            models.Index(fields=["customer", "-placed_at"]),
            models.Index(fields=["shop", "-placed_at"], name="order_shop_placed_at"),
        ]

    def __str__(self) -> str:
        return self.number


class OrderRules(models.Model):
    """What the shoppers of a shop may do with their orders themselves. One row per shop; without one, as here."""

    class Until(models.TextChoices):
        NEVER = "", _("never")
        PAID = "paid", _("until it is being prepared")
        PROCESSING = "processing", _("until it is shipped")

    shop = models.OneToOneField(Shop, on_delete=models.CASCADE, related_name="order_rules")
    cancel_until = models.CharField(
        _("orders can be cancelled"), max_length=12, choices=Until.choices, default=Until.PROCESSING, blank=True
    )
    address_until = models.CharField(
        _("the address can be changed"), max_length=12, choices=Until.choices, default=Until.PROCESSING, blank=True
    )
    return_days = models.PositiveSmallIntegerField(_("days for a return"), default=30, help_text=_("0: none."))

    def __str__(self) -> str:
        return str(self.shop)

    @classmethod
    def of(cls, shop: Shop) -> "OrderRules":
        return cls.objects.filter(shop=shop).first() or cls(shop=shop)


class OrderDeed(models.Model):
    """What was done to an order at a shopper's or a colleague's word: append-only."""

    class Kind(models.TextChoices):
        CANCEL = "cancel", _("cancelled")
        RETURN = "return", _("return requested")
        CHANGE_ADDRESS = "change_address", _("address changed")

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="deeds")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    at = models.DateTimeField(default=timezone.now)
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")  # null: shopper
    data = models.JSONField(default=dict)  # {"reference", "items", "why"} of a return, {"address"} of a new address
    beyond_rules = models.BooleanField(default=False)  # a colleague did what shoppers may not

    class Meta:
        ordering: ClassVar[list[str]] = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.order}: {self.kind}"
