"""GET /api/v1/orders/{id}/links/: signed addresses for the shop's own mails (S7)."""

from urllib.parse import urlsplit

import pytest
from django.test import Client

from tests import factories as make
from tests.caller import Caller

pytestmark = pytest.mark.django_db


def test_the_links_open_the_order_and_the_form_without_a_login():
    order = make.order(make.customer(), number="ML-7", status="paid")
    answer = Caller(make.token(make.admin())).get(f"/orders/{order.pk}/links/")
    assert (answer.status_code, sorted(answer.json())) == (200, ["help", "track", "until", "write"])
    pages = [Client().get("{0.path}?{0.query}".format(urlsplit(answer.json()[name]))) for name in ("track", "write")]
    assert [(page.status_code, "ML-7" in page.content.decode()) for page in pages] == [(200, True), (200, True)]
