import re

import pytest
from prometheus_client.parser import text_string_to_metric_families

TOKEN = "a-token-for-the-scraper"


def scrape(client, token: str = TOKEN):
    return client.get("/metrics", headers={"Authorization": f"Bearer {token}"})


def test_without_a_token_set_there_is_nothing(client, settings) -> None:
    settings.METRICS_TOKEN = ""
    assert scrape(client).status_code == 404


@pytest.mark.parametrize("token", ["", "wrong", TOKEN + "x", "é"])
def test_wrong_token_is_refused(client, settings, token) -> None:
    settings.METRICS_TOKEN = TOKEN
    answer = client.get("/metrics", HTTP_AUTHORIZATION=f"Bearer {token}")
    assert (answer.status_code, answer.content) == (403, b"METRICS_TOKEN needed")


@pytest.mark.django_db
def test_figures(client, settings, valkey) -> None:
    settings.METRICS_TOKEN = TOKEN
    valkey.rpush("celery", "one", "two")
    client.get("/healthz")
    answer = scrape(client)
    assert answer.status_code == 200
    text = answer.content.decode()
    values = {
        (sample.name, *sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }
    assert values[("comptoir_celery_queue_length",)] == 2
    assert values[("comptoir_inbound_oldest_seconds",)] == 0
    assert values[("comptoir_outbox_oldest_seconds",)] == 0
    assert values[("comptoir_requests_total", ("route", "healthz"), ("status", "200"))] >= 1
    assert re.search(r'comptoir_request_seconds_bucket\{le="0.05",route="healthz"\}', text)
