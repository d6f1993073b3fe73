import time

import pytest

from helpdesk.lib.cache import ForgivingRedisCache, Outage
from helpdesk.local import free_port


@pytest.fixture(autouse=True)
def no_outage():
    Outage.until = 0.0
    yield
    Outage.until = 0.0


@pytest.fixture
def cache(settings, valkey):
    return ForgivingRedisCache(settings.REDIS_URL, {"KEY_PREFIX": "tests"})


@pytest.fixture
def absent():
    return ForgivingRedisCache(f"redis://127.0.0.1:{free_port()}/0", {"KEY_PREFIX": "tests"})


def test_works_like_any_cache(cache) -> None:
    cache.set("a", {"b": 1})
    cache.set_many({"c": 2, "d": 3})
    assert cache.get("a") == {"b": 1}
    assert cache.get_many(["c", "d", "e"]) == {"c": 2, "d": 3}
    assert (cache.add("a", 1), cache.add("f", 1), cache.incr("f")) == (False, True, 2)
    assert (cache.delete("a"), cache.has_key("a")) == (True, False)


def test_clear_leaves_the_task_queue_alone(cache, valkey) -> None:
    valkey.lpush("celery", "task")
    cache.set("a", 1)
    cache.clear()
    assert (cache.get("a"), valkey.llen("celery")) == (None, 1)


def test_absent_redis_is_a_miss(absent) -> None:
    absent.set("a", 1)
    absent.set_many({"b": 1})
    absent.delete_many(["a"])
    absent.clear()
    assert (absent.get("a", "miss"), absent.get_many(["a"]), absent.has_key("a")) == ("miss", {}, False)
    assert (absent.add("a", 1), absent.touch("a"), absent.delete("a")) == (True, False, False)
    with pytest.raises(ValueError, match="not found"):
        absent.incr("a")


def test_after_a_failure_no_attempt_for_two_seconds(absent, cache) -> None:
    absent.get("a")
    Outage.until = again = time.monotonic() + 60  # every attempt that fails would say a new time
    assert [absent.get("a") for _ in range(1000)] == [None] * 1000
    assert Outage.until == again
    cache.set("a", 1)  # the same process, the same outage
    Outage.until = 0.0
    assert cache.get("a") is None
