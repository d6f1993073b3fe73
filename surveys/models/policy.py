from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Shop

LONGEST_DELAY = 30 * 86_400  # seconds


class Kind(models.TextChoices):
    CSAT = "csat", _("Satisfaction (CSAT)")
    CES = "ces", _("Effort (CES)")
    NPS = "nps", _("Recommendation (NPS)")
    POST_PURCHASE = "post_purchase", _("After a purchase")


SCALES: dict[str, tuple[int, int]] = {
    Kind.CSAT: (1, 5),
    Kind.CES: (1, 7),
    Kind.NPS: (0, 10),
    Kind.POST_PURCHASE: (1, 5),
}


class When(models.TextChoices):
    SOLVED = "solved", _("when a ticket is solved")
    WITH_CSAT = "with_csat", _("on the page of the satisfaction question")
    ORDER = "order", _("after an order")


class SurveyPolicy(models.Model):
    """Whether and when a shop asks one kind of question. Without a row the shop does not ask it."""

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="survey_policies")
    kind = models.CharField(_("question"), max_length=13, choices=Kind.choices)
    active = models.BooleanField(_("ask"), default=False)
    when = models.CharField(_("when"), max_length=9, choices=When.choices, default=When.SOLVED)
    delay = models.PositiveIntegerField(
        _("delay, in seconds"),
        default=0,
        validators=[MaxValueValidator(LONGEST_DELAY)],
        help_text=_("0 = right after the interaction."),
    )
    quiet_from = models.TimeField(_("quiet from"), null=True, blank=True)
    quiet_until = models.TimeField(_("quiet until"), null=True, blank=True)
    cool_down_days = models.PositiveSmallIntegerField(
        _("days between two questions to one customer"), default=0, validators=[MaxValueValidator(3650)]
    )
    again_after_reopen = models.BooleanField(_("ask again when a reopened ticket is solved"), default=True)
    valid_days = models.PositiveSmallIntegerField(
        _("days during which the answer may be given or changed"), default=30, validators=[MaxValueValidator(365)]
    )
    in_signature = models.BooleanField(_("a rating link below every answer by mail"), default=False)  # of CSAT
    active_since = models.DateTimeField(null=True, editable=False)  # orders before it are not asked about

    class Meta:
        ordering = ["shop", "kind"]
        constraints = [
            models.UniqueConstraint(fields=["shop", "kind"], name="survey_policy_once_per_kind"),
            models.CheckConstraint(
                condition=Q(quiet_from=None, quiet_until=None) | Q(quiet_from__isnull=False, quiet_until__isnull=False),
                name="survey_policy_quiet_has_both_ends",
                violation_error_message=_("Quiet hours need a beginning and an end."),
            ),
            models.CheckConstraint(
                condition=(Q(kind="post_purchase") & Q(when="order"))
                | (~Q(kind="post_purchase") & ~Q(when="order") & (Q(kind="ces") | Q(when="solved"))),
                name="survey_policy_kind_fits_when",
                violation_error_message=_("This question cannot be asked then."),
            ),
            models.CheckConstraint(
                condition=Q(active=False) | Q(active_since__isnull=False), name="survey_policy_active_since"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.shop} · {self.get_kind_display()}"
