"""How upper layers (surveys, metrics) hear of tickets (docs/adr/0003)."""

from django.dispatch import Signal

event_recorded = Signal()  # after commit; event: Event
