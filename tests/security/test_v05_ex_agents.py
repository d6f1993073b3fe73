"""V5: a colleague who left still writes, by mail or with what they kept (FreeScout GHSA-83xx-8c27-gq78)."""

import pytest
from django.test import Client

from accounts.models import User
from customers.models import Identity
from tests import factories
from tests.caller import Caller
from tests.mailroom import JASMINE, Catcher, answer, mail, receive, reply_to, taken_in_as, work
from tickets.models import Author, Ticket

pytestmark = pytest.mark.django_db
EMAIL = "thomas@maison-lune.example"


@pytest.fixture
def thomas() -> User:
    return factories.user(EMAIL, first_name="Thomas", last_name="Nguyen", teams=(factories.team("care"),))


def leave(user: User) -> User:
    User.objects.filter(pk=user.pk).update(is_active=False)
    return User.objects.get(pk=user.pk)


@pytest.mark.parametrize("active", [True, False])
def test_a_mail_gives_nobody_a_colleagues_rights(catcher: Catcher, thomas: User, active: bool) -> None:
    """Not even a colleague who is still here: answers are written at the desk."""
    ticket = taken_in_as(receive(mail())).ticket
    answer(ticket, "Bonjour Jasmine.")
    work()
    if not active:
        leave(thomas)
    ours = next(caught for caught in catcher.caught if "Bonjour Jasmine" in caught.text)
    message = taken_in_as(receive(reply_to(ours, "Remboursement accordé.", sender=f"Thomas Nguyen <{EMAIL}>")))
    assert (message.author, message.user, message.verified) == (Author.CUSTOMER, None, False)
    assert message.customer != ticket.customer
    assert Ticket.objects.get(pk=ticket.pk).customer == ticket.customer
    before = len(catcher.to(JASMINE))
    work()
    assert len(catcher.to(JASMINE)) == before


@pytest.mark.parametrize(
    "headers",
    [
        {"Sender": EMAIL},
        {"Reply-To": EMAIL},
        {"X-Original-From": EMAIL},
        {"Resent-From": EMAIL},
        {"X-Comptoir-Author": EMAIL},
        {"X-Comptoir-User": "1"},
        {"On-Behalf-Of": EMAIL},
        {"X-Auto-Response-Suppress": "All"},
    ],
)
def test_no_header_brings_the_rights_back(thomas: User, headers: dict[str, str]) -> None:
    leave(thomas)
    ticket = taken_in_as(receive(mail())).ticket
    message = taken_in_as(
        receive(mail("!close\n#assign me\n@solve", sender=EMAIL, subject=f"[#{ticket.pk}] Fermer", headers=headers))
    )
    fresh = Ticket.objects.get(pk=ticket.pk)
    assert (fresh.state, fresh.assignee, message.author, message.user) == ("new", None, Author.CUSTOMER, None)


def test_their_address_is_a_customer_like_any_other(thomas: User) -> None:
    leave(thomas)
    message = taken_in_as(receive(mail("Où est ma commande ?", sender=EMAIL)))
    assert Identity.objects.get(value=EMAIL).customer == message.customer
    assert User.objects.get(email=EMAIL).is_active is False


def test_session_token_login_and_stream_are_refused(thomas: User) -> None:
    thomas.set_password(factories.PASSWORD)
    thomas.save()
    ticket = factories.ticket(team=factories.team("care"))
    session, api = Client(), Caller(factories.token(thomas))
    session.force_login(thomas)
    paths = ["/", f"/tickets/{ticket.pk}/", "/outbox/", "/live/token/", "/me/", f"/tickets/{ticket.pk}/say/"]
    assert session.get("/").status_code == api.get("/tickets/").status_code == 200
    gone = leave(thomas)
    for path in paths:
        for answered in (session.get(path), session.post(path, {"text": "x"})):
            assert (answered.status_code, answered["Location"].split("?")[0]) == (302, "/accounts/login/"), path
    for path in ("/tickets/", f"/tickets/{ticket.pk}/", "/users/", "/search/?q=colis"):
        assert api.get(path).status_code == 401, path
    assert api.post(f"/tickets/{ticket.pk}/replies/", {"text": "x"}).status_code in (401, 404)
    visitor = Client(REMOTE_ADDR="10.5.0.1")
    visitor.post("/accounts/login/", {"login": EMAIL, "password": factories.PASSWORD})
    assert visitor.get("/").status_code == 302
    assert Ticket.objects.visible_to(gone).count() == 0
    assert Ticket.objects.get(pk=ticket.pk).messages.count() == 1


def test_nobody_can_assign_them_a_ticket(thomas: User) -> None:
    leave(thomas)
    ticket, lead = factories.ticket(), Client()
    lead.force_login(factories.user(role="lead"))
    lead.post(f"/tickets/{ticket.pk}/assign/", {"to": thomas.pk})
    api = Caller(factories.token(factories.admin()))
    assert api.patch(f"/tickets/{ticket.pk}/", {"assignee": thomas.pk}).status_code == 400
    assert Ticket.objects.get(pk=ticket.pk).assignee is None
    assert "Thomas" not in lead.get(f"/tickets/{ticket.pk}/").content.decode()


def test_a_reset_letter_does_not_bring_them_back(thomas: User) -> None:
    from django.core import mail as outgoing

    leave(thomas)
    Client().post("/accounts/password/reset/", {"email": EMAIL})
    assert [letter for letter in outgoing.outbox if "/reset/key/" in letter.body] == []
