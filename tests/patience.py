"""What hostile input may cost."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

HOPELESS = (
    20  # seconds of processor: what grows with its input takes one on a slow machine, what explodes takes minutes
)


@contextmanager
def bounded() -> Iterator[None]:
    """Inside, hostile input is read without exploding. How fast it is read is measured by bench/, not here."""
    begun = time.process_time()
    yield
    assert time.process_time() - begun < HOPELESS
