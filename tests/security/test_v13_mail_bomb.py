"""V13: mails that name a victim as their sender make no bomb of us: the victim hears from us five times a day at
most, and none of it repeats what the attacker wrote.
"""

import pytest

from tests.mailroom import Catcher, mail, receive, work

pytestmark = pytest.mark.django_db


def test_thirty_forged_mails(catcher: Catcher) -> None:
    for number in range(30):
        receive(
            mail(
                f"Buy at https://evil.example/{number}", sender="Win a prize https://evil.example <victim@example.net>"
            )
        )
    work()
    told = catcher.to("victim@example.net")
    assert len(told) == 5
    assert all(b"evil.example/" not in caught.raw for caught in told)
    assert all("prize" not in caught.text for caught in told)
