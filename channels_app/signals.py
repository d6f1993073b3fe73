"""How upper layers hear of this one (docs/adr/0003). No other signals."""

from django.dispatch import Signal

inbound_stored = Signal()  # after commit; ids: list[int] of InboundMessage that wait to be taken in
outbound_settled = Signal()  # inside the transaction that settles it; message: OutboundMessage
