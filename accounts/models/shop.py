from zoneinfo import available_timezones

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _


def known_timezone(value: str) -> None:
    if value not in available_timezones():
        raise ValidationError(_("“%(value)s” is no time zone, for example Europe/Paris."), params={"value": value})


class Shop(models.Model):
    """A brand with its languages, currency, zone and legal identity. One installation may hold many."""

    key = models.SlugField(_("key"), unique=True, help_text=_("Stands in addresses: /help/<key>/"))
    name = models.CharField(_("name"), max_length=120)
    languages = ArrayField(models.CharField(max_length=8), default=list, help_text=_("The first is the default."))
    timezone = models.CharField(_("time zone"), max_length=64, default="Europe/Paris", validators=[known_timezone])
    currency = models.CharField(_("currency"), max_length=3, default="EUR")
    website = models.URLField(_("website"), blank=True)

    # Who answers in law (S124): shown in mails, on every public page and in the help centre.
    legal_name = models.CharField(_("legal name"), max_length=200, blank=True)
    registration_number = models.CharField(_("registration number"), max_length=60, blank=True)
    registration_place = models.CharField(_("place of registration"), max_length=120, blank=True)
    registered_office = models.CharField(_("registered office"), max_length=300, blank=True)
    contracting_body = models.CharField(_("contracting body, if another"), max_length=200, blank=True)
    vat_number = models.CharField(_("VAT number"), max_length=40, blank=True)
    professional_body = models.CharField(_("professional body and number"), max_length=200, blank=True)
    legal_statements = models.TextField(_("further statements"), blank=True)
    email = models.EmailField(_("public e-mail"), blank=True)
    phone = models.CharField(_("public phone"), max_length=40, blank=True)

    acknowledges = models.BooleanField(_("acknowledge new e-mails"), default=True)
    promised_reply = models.PositiveIntegerField(
        _("promised first reply, open seconds"), default=4 * 3600, help_text=_("Until SLA policies exist.")
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def default_language(self) -> str:
        return self.languages[0] if self.languages else "en"

    def language_for(self, wanted: str) -> str:
        """The language of this shop that suits `wanted` ("fr-CA" suits "fr"), else its default."""
        base = wanted.lower().partition("-")[0]
        return base if base in self.languages else self.default_language
