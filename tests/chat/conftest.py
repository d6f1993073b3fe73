from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from channels_app.models import Channel
    from tests.chat.visitor import Visitor

SECRET = "a secret that only the shop's server knows"


@pytest.fixture(autouse=True)
def nobody_counted() -> Iterator[None]:
    """Floods are counted in the cache: every test begins without any."""
    from django.core.cache import cache  # settings: not before Django is set up

    cache.clear()
    yield


@pytest.fixture
def chat(db: Any) -> "Channel":
    from tests import factories as make

    channel = make.channel("chat", kind="chat", address="")
    channel.configure({"origins": ["https://www.maison-lune.example"], "secret": SECRET})
    channel.save()
    return channel


@pytest.fixture
def visitor(chat: "Channel") -> "Visitor":
    from tests.chat.visitor import Visitor

    return Visitor()
