"""What the search knows of words: those that articles use, those that mean the same, those that found nothing."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GistIndex
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Shop


class Word(models.Model):
    """A word that a published article of this shop uses: what a misspelt one is corrected to."""

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE)
    language = models.CharField(max_length=8)
    word = models.CharField(max_length=40)

    class Meta:
        indexes = [GistIndex(fields=["word"], name="word_trigrams", opclasses=["gist_trgm_ops"])]
        constraints = [models.UniqueConstraint(fields=["shop", "language", "word"], name="word_once")]

    def __str__(self) -> str:
        return self.word


class Synonyms(models.Model):
    """Words that a search treats as one: "colis, paquet"."""

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE)
    language = models.CharField(_("language"), max_length=8)
    words = ArrayField(models.CharField(max_length=40), verbose_name=_("words"))

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return ", ".join(self.words)


class SearchQuery(models.Model):
    """What shoppers searched for and how often, one row a wording: those with `found` 0 ask for an article (S127)."""

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE)
    language = models.CharField(max_length=8)
    text = models.CharField(max_length=100)
    found = models.PositiveIntegerField()
    times = models.PositiveIntegerField(default=1)
    last_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-times", "-last_at"]
        constraints = [models.UniqueConstraint(fields=["shop", "language", "text"], name="search_query_once")]

    def __str__(self) -> str:
        return self.text
