from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q

from tickets.models.message import Message
from tickets.models.ticket import Ticket


class SearchEntry(models.Model):
    """The words of one message, or (without message) of a ticket's subject. Database triggers keep it, so that no way
    in can forget it; see migration 0005."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="+")
    message = models.OneToOneField(Message, on_delete=models.CASCADE, null=True, related_name="+")
    at = models.DateTimeField()
    words = SearchVectorField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ticket"], condition=Q(message=None), name="one_search_entry_per_subject")
        ]
        indexes = [
            GinIndex(fields=["words"], name="search_words"),
            models.Index(fields=["-at", "-id"], name="search_newest"),
        ]

    def __str__(self) -> str:
        return f"#{self.ticket_id}"


class SearchWord(models.Model):
    """A word that customers and colleagues have written: what a misspelt one is corrected to."""

    word = models.CharField(max_length=60, primary_key=True)
    uses = models.PositiveIntegerField(default=1)

    class Meta:
        indexes = [GinIndex(fields=["word"], opclasses=["gin_trgm_ops"], name="search_word_trigrams")]

    def __str__(self) -> str:
        return self.word
