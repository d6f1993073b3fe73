from typing import Any

from django.apps import AppConfig


class SurveysConfig(AppConfig):
    name = "surveys"

    def ready(self) -> None:
        from channels_app.signals import outbound_settled
        from surveys import invitations
        from tickets import letters, reactions
        from tickets.models import EventKind, Ticket
        from tickets.views.chat.rating import rate_with

        def record_fate(message: Any, **_kwargs: Any) -> None:
            invitations.record_fate(message)

        def chat_rating(ticket: Ticket) -> str:
            _agent, message = invitations.credited(ticket)
            return invitations.signature_link(message) if message else ""

        rate_with(chat_rating)
        letters.rate_with(invitations.below_the_signature)
        reactions.register(EventKind.STATE, invitations.consider)
        outbound_settled.connect(record_fate, weak=False, dispatch_uid="surveys.invitations")
