"""CPU of the pages that agents open all day, in this process, on the demo shop."""

from django.test import Client

from accounts.models import Role, User
from bench.__main__ import Row, cpu
from tickets.models import Ticket


def rows() -> list[Row]:
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(User.objects.filter(role=Role.AGENT).first() or User.objects.first())
    ticket = Ticket.objects.live().order_by("pk").first()
    stranger = Client(headers={"host": "127.0.0.1"})  # one: each would load the middleware again
    login = cpu(lambda: stranger.get("/accounts/login/"))
    inbox = cpu(lambda: client.get("/"))
    conversation = cpu(lambda: client.get(f"/tickets/{ticket.pk}/"))
    return [
        Row("page: login (bare page, for scale)", login, "ms CPU", "-", True),
        Row("page: inbox, whole request", inbox, "ms CPU", "<= 5", inbox <= 5),
        Row("page: inbox, whole request", inbox / login, "x login", "<= 2", inbox / login <= 2),
        Row("page: conversation, whole request", conversation / login, "x login", "<= 6", conversation / login <= 6),
    ]
