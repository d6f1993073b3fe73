from django.db import models


class DirtyTicket(models.Model):
    """A ticket whose facts are out of date, written by triggers in the transaction that changed it.

    Append-only and without uniqueness: a row that a change adds while the facts are being recomputed must survive it.
    """

    ticket_id = models.BigIntegerField()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"#{self.ticket_id}"


class DirtyCustomer(models.Model):
    """A customer whose orders changed, or who was merged: written and read as the tickets are."""

    customer_id = models.BigIntegerField()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.customer_id}"
