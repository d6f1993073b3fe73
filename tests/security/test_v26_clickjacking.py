"""V26: a page of ours inside a stranger's frame (CVE-2022-1803 Trudesk): only the original, and only by us.

The answers of every route are held to it in tests/access/test_matrix.py; here are those of no route.
"""

import pytest
from django.test import Client

from tests import factories

pytestmark = pytest.mark.django_db


def test_errors_may_not_be_framed_either() -> None:
    client = Client()
    client.force_login(factories.admin())
    for address in ("/nothing/", "/tickets/999999999/", "/api/v1/nothing/", "/tickets/1/say/", "/hooks/nothing/"):
        answer = client.get(address)
        assert answer.status_code in (404, 405)
        assert "frame-ancestors 'none'" in answer["Content-Security-Policy"], address
        assert answer["X-Frame-Options"] == "DENY"
