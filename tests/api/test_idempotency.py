import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import IdempotentAnswer, User
from helpdesk.api import idempotency
from tests import factories
from tests.caller import Caller, problems
from tickets.models import Ticket

BODY = {"customer": {"email": "j@example.org"}, "subject": "Colis", "text": "Où ?"}


@pytest.mark.django_db
def test_the_same_call_again_gets_the_first_answer(api: Caller) -> None:
    factories.shop()
    first, second = (api.post("/tickets/", BODY, key="k1") for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert second.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.headers
    assert Ticket.objects.count() == 1
    api.post("/tickets/", BODY, key="k2")
    assert Ticket.objects.count() == 2


@pytest.mark.django_db
def test_a_refusal_is_repeated_too(api: Caller) -> None:
    factories.shop()
    wrong = BODY | {"subject": ""}
    assert [api.post("/tickets/", wrong, key="k").status_code for _ in range(2)] == [400, 400]
    assert IdempotentAnswer.objects.get().status == 400


@pytest.mark.django_db
def test_another_body_or_address_is_refused(api: Caller) -> None:
    ticket = factories.ticket()
    api.post(f"/tickets/{ticket.pk}/messages/", {"text": "a", "public": False}, key="k")
    other = api.post(f"/tickets/{ticket.pk}/messages/", {"text": "b", "public": False}, key="k")
    assert (other.status_code, problems(other)) == (422, [("idempotency_key_reused", None)])
    assert api.post("/tickets/", BODY, key="k").status_code == 422
    assert ticket.messages.filter(public=False).count() == 1


@pytest.mark.django_db
def test_every_kind_of_post_takes_a_key(api: Caller) -> None:
    ticket, other = factories.ticket(), factories.ticket()
    factories.calendar(key="hours")
    for path, body, status in (
        ("/calendars/hours/due/", {"start": "2026-07-06T11:00:00Z", "seconds": 60}, 200),
        (f"/tickets/{ticket.pk}/merge/", {"into": other.pk}, 200),
        (f"/tickets/{ticket.pk}/unmerge/", {}, 200),
        (f"/tickets/{ticket.pk}/messages/", {"text": "x", "public": False}, 201),
        ("/tags/", {"name": "vip"}, 201),
    ):
        answers = [api.post(path, body, key=path) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [status, status], path
        assert answers[0].json() == answers[1].json()
    mails = [
        Caller(**api.headers, **{"Idempotency-Key": "m"}).raw(
            "POST", "/inbound/email/", b"Subject: x\r\n\r\nx", "message/rfc822"
        )
        for _ in range(2)
    ]
    assert [mail.json()["duplicate"] for mail in mails] == [False, False]


@pytest.mark.django_db
def test_keys_belong_to_their_user(api: Caller) -> None:
    factories.shop()
    api.post("/tickets/", BODY, key="k")
    assert Caller(factories.token(factories.user())).post("/tickets/", BODY, key="k").status_code == 201
    assert Ticket.objects.count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["x" * 256, "\u00e9", " \t"])
def test_a_wrong_key_is_named(api: Caller, key: str) -> None:
    answer = Caller(api.headers["Authorization"].split()[1], **{"Idempotency-Key": key}).post("/tickets/", BODY)
    assert (answer.status_code, problems(answer)) in [
        (400, [("invalid", "Idempotency-Key")]),
        (400, [("does_not_exist", "shop")]),  # a header of blanks arrives as none
    ]
    assert Ticket.objects.count() == 0


@pytest.mark.django_db
def test_a_key_is_free_again_after_a_day(api: Caller) -> None:
    factories.shop()
    api.post("/tickets/", BODY, key="k")
    IdempotentAnswer.objects.update(created_at=timezone.now() - idempotency.KEPT - timedelta(seconds=1))
    assert api.post("/tickets/", BODY | {"subject": "Autre"}, key="k").status_code == 201
    assert (Ticket.objects.count(), IdempotentAnswer.objects.count()) == (2, 1)


@pytest.mark.django_db(transaction=True)
def test_a_crash_undoes_the_act_and_frees_the_key(api: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    factories.shop()

    def dies(*args: object) -> None:
        raise OSError("the power went")

    with monkeypatch.context() as patched:
        patched.setattr(idempotency.IdempotentAnswer, "save", dies)
        assert api.post("/tickets/", BODY, key="k").status_code == 500
    assert (Ticket.objects.count(), IdempotentAnswer.objects.get().status) == (0, None)
    assert api.post("/tickets/", BODY, key="k").status_code == 201
    assert Ticket.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_while_the_first_call_runs_the_second_is_told_so(api: Caller, admin: User) -> None:
    factories.shop()
    IdempotentAnswer.objects.create(user=admin, key="k", request_digest="whatever")
    answers = []

    def call() -> None:
        answers.append(api.post("/tickets/", BODY, key="k"))
        connection.close()

    with transaction.atomic():
        IdempotentAnswer.objects.select_for_update().get()
        in_thread(call)
    assert [(answer.status_code, problems(answer)) for answer in answers] == [(409, [("still_running", None)])]
    assert Ticket.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_twenty_calls_at_once_act_once(api: Caller) -> None:
    factories.shop()
    statuses: list[int] = []
    barrier = threading.Barrier(20)

    def call() -> None:
        barrier.wait()
        statuses.append(Caller(**api.headers).post("/tickets/", BODY, key="k").status_code)
        connection.close()

    threads = [threading.Thread(target=call) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Ticket.objects.count() == 1
    assert set(statuses) <= {201, 409}
    assert 201 in statuses


def in_thread(call: Callable[[], None]) -> None:
    thread = threading.Thread(target=call)
    thread.start()
    thread.join()
