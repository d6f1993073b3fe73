from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from tickets.models import Ticket


class Scorecard(models.Model):
    """What we call good work, under a name. Its words stand in versions: a published one never changes (S13)."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class ScorecardVersion(models.Model):
    """A state of a scorecard. At most one draft, numbered after the last published version."""

    scorecard = models.ForeignKey(Scorecard, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField()
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["scorecard", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["scorecard", "number"], name="scorecard_version_once"),
            models.UniqueConstraint(
                fields=["scorecard"], condition=Q(published_at=None), name="scorecard_has_one_draft"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scorecard} {self.number}"


class Category(models.Model):
    """One thing that is looked at: its weight, its scale, and whether failing it fails the whole review."""

    version = models.ForeignKey(ScorecardVersion, on_delete=models.CASCADE, related_name="categories")
    position = models.PositiveSmallIntegerField(default=0)
    name = models.CharField(_("category"), max_length=80)
    help = models.CharField(_("what good looks like"), max_length=300, blank=True)
    weight = models.PositiveSmallIntegerField(
        _("weight"), default=10, validators=[MinValueValidator(1), MaxValueValidator(1000)]
    )
    least = models.PositiveSmallIntegerField(_("from"), default=0)
    most = models.PositiveSmallIntegerField(_("to"), default=4, validators=[MaxValueValidator(100)])
    critical = models.BooleanField(_("critical"), default=False)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["version", "name"], name="category_once_per_version"),
            models.CheckConstraint(condition=Q(weight__gte=1), name="category_has_weight"),
            models.CheckConstraint(
                condition=Q(most__gt=F("least")),
                name="category_scale_rises",
                violation_error_message=_("The scale must end above its beginning."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Sample(models.Model):
    """Some of an agent's solved tickets, drawn at random; the same seed draws the same ones."""

    agent = models.ForeignKey(User, on_delete=models.PROTECT, related_name="samples")
    since = models.DateField(_("from"))
    until = models.DateField(_("to"))  # exclusive
    size = models.PositiveSmallIntegerField(_("tickets"))
    seed = models.PositiveIntegerField()
    tickets = ArrayField(models.BigIntegerField(), default=list)  # in the order drawn
    drawn_from = models.PositiveIntegerField()  # how many there were to draw from
    drawn_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    drawn_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [models.CheckConstraint(condition=Q(until__gt=F("since")), name="sample_period_has_days")]

    def __str__(self) -> str:
        return f"{self.agent} {self.since}"


class Review(models.Model):
    """A colleague's judgement of one agent's work on one ticket. `score` is 0 to 100; null when all was N/A."""

    version = models.ForeignKey(ScorecardVersion, on_delete=models.PROTECT, related_name="reviews")
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="reviews")
    agent = models.ForeignKey(User, on_delete=models.PROTECT, related_name="reviews")
    reviewer = models.ForeignKey(User, on_delete=models.PROTECT, related_name="reviews_given")
    sample = models.ForeignKey(Sample, on_delete=models.SET_NULL, null=True, blank=True, related_name="reviews")
    at = models.DateTimeField()
    score = models.FloatField(null=True)
    comment = models.TextField(_("comment"), blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["ticket", "agent", "reviewer"], name="review_once_per_reviewer"),
            models.CheckConstraint(condition=~Q(agent=F("reviewer")), name="review_not_of_oneself"),
            models.CheckConstraint(
                condition=Q(score=None) | Q(score__gte=0, score__lte=100), name="review_score_is_a_percentage"
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.ticket_id}: {self.score}"


class Mark(models.Model):
    """A review's verdict on one category; null = does not apply."""

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="marks")
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="marks")
    value = models.PositiveSmallIntegerField(null=True)

    class Meta:
        ordering = ["category__position", "pk"]
        constraints = [models.UniqueConstraint(fields=["review", "category"], name="mark_once_per_category")]

    def __str__(self) -> str:
        return f"{self.category}: {self.value}"
