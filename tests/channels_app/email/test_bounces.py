import pytest

from channels_app import outbox
from channels_app.models import OutboundMessage
from tests.mailroom import JASMINE, Catcher, Caught, answer, mail, receive, taken_in_as, work
from tickets.models import EventKind, Message, Ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(catcher: Catcher) -> tuple[Message, Caught]:
    """An answer of ours, and how it left."""
    ticket = taken_in_as(receive(mail())).ticket
    message = answer(ticket, "Il arrive demain.")
    work()
    return message, next(caught for caught in catcher.to(JASMINE) if caught.sender)


def bounce(
    of: Caught, *, to: str | None = None, action: str = "failed", status: str = "5.1.1", original: bool = True
) -> bytes:
    head = of.raw.partition(b"\r\n\r\n")[0].decode() if original else "Subject: (removed)"
    return (
        "From: Mail Delivery System <MAILER-DAEMON@mx.example.org>\r\n"
        f"To: {to or of.sender}\r\nSubject: Undelivered Mail Returned to Sender\r\nAuto-Submitted: auto-replied\r\n"
        'MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nYour mail could not be delivered.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.org\r\n\r\n"
        f"Final-Recipient: rfc822; {JASMINE}\r\nAction: {action}\r\nStatus: {status}\r\n"
        "Diagnostic-Code: smtp; 550 5.1.1 User unknown\r\n"
        f"\r\n--b\r\nContent-Type: text/rfc822-headers\r\n\r\n{head}\r\n\r\n--b--\r\n"
    ).encode()


@pytest.mark.parametrize("original", [True, False], ids=["quotes the id", "by the return path alone"])
def test_a_bounce_is_shown_on_the_message_it_bounced_from(sent, original: bool) -> None:
    message, caught = sent
    tickets, messages = Ticket.objects.count(), Message.objects.count()
    stored = receive(bounce(caught, original=original), mail_from="", rcpt_to=[caught.sender])
    message.refresh_from_db()
    assert (message.delivery, stored.state) == ("failed", "ignored")
    assert "5.1.1" in message.delivery_error
    assert (Ticket.objects.count(), Message.objects.count()) == (tickets, messages)
    assert message.ticket.events.filter(kind=EventKind.DELIVERY_FAILED).count() == 1
    assert Ticket.objects.get(pk=message.ticket_id).waiting_since is not None


def test_the_same_bounce_twice_tells_once(sent) -> None:
    message, caught = sent
    receive(bounce(caught))
    receive(bounce(caught) + b"\r\n ")
    assert message.ticket.events.filter(kind=EventKind.DELIVERY_FAILED).count() == 1


def test_a_delay_is_not_a_failure(sent) -> None:
    message, caught = sent
    stored = receive(bounce(caught, action="delayed", status="4.4.1"))
    message.refresh_from_db()
    assert (message.delivery, stored.state) == ("sent", "ignored")


def test_a_bounce_of_our_acknowledgement_opens_nothing(catcher: Catcher) -> None:
    receive(mail())
    work()
    (ack,) = catcher.to(JASMINE)
    tickets = Ticket.objects.count()
    receive(bounce(ack, to="support@maison-lune.example"))
    work()
    assert (Ticket.objects.count(), len(catcher.caught)) == (tickets, 1)
    assert OutboundMessage.objects.get().state == "failed"


def test_a_bounce_of_nothing_of_ours_is_kept_but_answered_by_nobody(catcher: Catcher) -> None:
    foreign = Caught("support@maison-lune.example", [], mail(message_id="foreign@example.org"))
    message = taken_in_as(receive(bounce(foreign, to="support@maison-lune.example")))
    work()
    assert (message.automatic, message.ticket.waiting_since, catcher.caught) == (True, None, [])


def test_a_failed_message_can_be_sent_again_under_its_id(sent, catcher: Catcher) -> None:
    message, caught = sent
    receive(bounce(caught))
    assert outbox.resend(OutboundMessage.objects.get(pk=message.outbound_id))
    work()
    again = catcher.to(JASMINE)[-1]
    assert again.message["Message-ID"] == caught.message["Message-ID"]
