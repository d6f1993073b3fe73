"""Which store a shop's orders live in. Adding a kind = a module here and a line below."""

from accounts.models import Shop
from customers.stores.base import Store
from customers.stores.local import LocalStore

LOCAL = LocalStore()


def store_of(shop: Shop) -> Store:
    """Every shop keeps its orders here until connectors to other stores come."""
    return LOCAL
