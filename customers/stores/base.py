"""The whole interface between Comptoir and one kind of store."""

from collections.abc import Sequence
from typing import Protocol

from accounts.models import Shop
from customers.models import Order, OrderDeed


class Store(Protocol):
    """Where orders live. A module here and a line in registry.py add one.

    Every change is called in a transaction that holds the order's row, returns when the store has done it, and raises
    Refused (field "order") when it will not.
    """

    def find(self, shop: Shop, number: str) -> Order | None:
        """The order with this number, however its letters are written."""
        ...

    def can(self, order: Order) -> frozenset[OrderDeed.Kind]:
        """What this store could do with this order now, whoever asks."""
        ...

    def cancel(self, order: Order) -> None: ...

    def take_back(self, order: Order, *, items: Sequence[str], why: str) -> str:
        """Announce a return of these items (by name). Returns the reference that goes on the parcel."""
        ...

    def change_address(self, order: Order, *, address: str) -> None: ...
