import psycopg
import pytest
from django.db import OperationalError, connection
from django.http import HttpResponse
from django.test import Client, override_settings
from django.urls import path

from helpdesk import health
from helpdesk.celery import pulse
from helpdesk.local import free_port


def fails(sqlstate: str | None):
    def view(request):
        error = OperationalError("away")
        cause = psycopg.errors.lookup(sqlstate)("away") if sqlstate else psycopg.OperationalError("connection refused")
        raise error from cause

    return view


urlpatterns = [
    path("refused/", fails(None)),
    path("api/v1/refused/", fails(None)),
    path("shutdown/", fails("57P01")),
    path("deadlock/", fails("40P01")),
    path("fine/", lambda request: HttpResponse("fine")),
]
handler500 = "helpdesk.views.server_error"


@pytest.fixture
def elsewhere():
    """A client that gets the 500 as a browser would, over the urls of this file."""
    with override_settings(ROOT_URLCONF=__name__):
        yield Client(raise_request_exception=False)


def test_healthz_needs_no_database(client) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok")


@pytest.mark.django_db
def test_readyz_tells_of_each_part(client, valkey) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {"database": "ok", "redis": "ok", "migrations": "ok", "worker": "down"}
    pulse()
    assert client.get("/readyz").json()["worker"] == "ok"


@pytest.mark.django_db
def test_readyz_is_503_without_redis(client, settings) -> None:
    settings.REDIS_URL = f"redis://127.0.0.1:{free_port()}/0"
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {"database": "ok", "redis": "down", "migrations": "ok", "worker": "down"}


@pytest.mark.django_db
def test_readyz_is_503_when_a_migration_is_missing(client) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'tickets'")
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["migrations"]) == (503, "down")


@pytest.mark.parametrize("name", ["refused", "shutdown"])
def test_away_database_is_a_page_that_comes_back_by_itself(elsewhere, name) -> None:
    answer = elsewhere.get(f"/{name}/", headers={"Accept-Language": "en"})
    assert (answer.status_code, answer["Retry-After"], answer["Cache-Control"]) == (503, "5", "no-store")
    assert b"Nothing is lost" in answer.content


def test_away_database_is_json_for_the_api(elsewhere) -> None:
    answer = elsewhere.get("/api/v1/refused/")
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert answer.json()["errors"][0]["code"] == "unavailable"


def test_other_database_errors_stay_errors(elsewhere) -> None:
    assert elsewhere.get("/deadlock/").status_code == 500


def test_nothing_changes_for_a_page_that_works(elsewhere) -> None:
    answer = elsewhere.get("/fine/")
    assert (answer.status_code, answer.content) == (200, b"fine")


def test_an_integrity_error_is_not_an_outage() -> None:
    assert not health.is_away(ValueError("x"))
    assert not health.is_away(None)
