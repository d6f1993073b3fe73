from typing import Any

from django.apps import AppConfig


class TicketsConfig(AppConfig):
    name = "tickets"

    def ready(self) -> None:
        from channels_app.signals import inbound_stored, outbound_settled
        from helpdesk.lib.wakeup import wake
        from tickets import actions, chat, reactions, webhooks
        from tickets.api.webhooks import ticket_json
        from tickets.intake import take_in
        from tickets.signals import event_recorded

        def take_in_later(ids: list[int], **_kwargs: Any) -> None:
            for pk in ids:
                wake(take_in, pk)

        def record_delivery(message: Any, **_kwargs: Any) -> None:
            actions.record_delivery(message)

        def react_later(event: Any, **_kwargs: Any) -> None:
            reactions.wake_up(event)

        def tell_visitor(event: Any, **_kwargs: Any) -> None:
            chat.tell(event)

        webhooks.show_tickets_with(ticket_json)
        inbound_stored.connect(take_in_later, weak=False, dispatch_uid="tickets.intake")
        outbound_settled.connect(record_delivery, weak=False, dispatch_uid="tickets.delivery")
        event_recorded.connect(react_later, weak=False, dispatch_uid="tickets.reactions")
        event_recorded.connect(tell_visitor, weak=False, dispatch_uid="tickets.chat")
