from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import User


class Tag(models.Model):
    """A word put on tickets. Tickets hold the names themselves; this is the list to choose from."""

    name = models.CharField(_("name"), max_length=60)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(Lower("name"), name="tag_once")]

    def __str__(self) -> str:
        return self.name


class Reason(models.Model):
    """Why the customer writes, in two levels: what it is about, and why it happened (S102)."""

    key = models.CharField(_("key"), max_length=200, unique=True)
    what = models.CharField(_("what"), max_length=80)
    why = models.CharField(_("why"), max_length=120)
    polarity = models.SmallIntegerField(
        _("polarity"), default=0, choices=[(-1, _("bad news")), (0, _("neutral")), (1, _("good news"))]
    )  # a spike of compliments is green (S103)
    archived = models.BooleanField(_("archived"), default=False)
    extra = models.JSONField(default=dict, blank=True)  # {"names": {"en": {"what", "why"}}}, and what archives bring

    class Meta:
        ordering = ["what", "why"]
        constraints = [models.UniqueConstraint(Lower("what"), Lower("why"), name="reason_once")]

    def __str__(self) -> str:
        return f"{self.what} › {self.why}"

    @property
    def told(self) -> str:
        """What and why in the reader's language."""
        return " › ".join(self.in_language(get_language() or ""))

    @property
    def told_why(self) -> str:
        return self.in_language(get_language() or "")[1]

    @property
    def told_what(self) -> str:
        return self.in_language(get_language() or "")[0]

    def in_language(self, language: str) -> tuple[str, str]:
        """(what, why) as their readers call them; the house's own words where nobody has translated them."""
        names = self.extra.get("names")
        told = names.get(language) if isinstance(names, dict) else None
        told = told if isinstance(told, dict) else {}
        return str(told.get("what") or self.what), str(told.get("why") or self.why)


class BlockedSender(models.Model):
    """An address whose messages go straight to spam: kept and restorable, shown to nobody who does not look there."""

    value = models.CharField(_("address"), max_length=320, unique=True)
    why = models.CharField(_("why"), max_length=200, blank=True)
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["value"]

    def __str__(self) -> str:
        return self.value
