"""The contact form as a channel: what a shopper sent from the public page. Answers leave from the shop's mailbox."""

import json
from datetime import datetime

from channels_app.base import Adapter, Address, Inbound, ParseError, SendError, Sent, Trouble
from channels_app.models import InboundMessage, OutboundMessage
from helpdesk.lib.addresses import normalise_email


class FormAdapter(Adapter):
    kind = "form"
    label = "Form"
    identity_kind = "email"

    def parse(self, message: InboundMessage) -> Inbound:
        try:
            said = json.loads(bytes(message.raw))
            return Inbound(
                sender=Address(normalise_email(said["email"]), said["name"]),
                text=said["text"],
                subject=said["subject"],
                language=said["language"],
                sent_at=datetime.fromisoformat(said["sent_at"]),
            )
        except (ValueError, KeyError, TypeError) as error:
            raise ParseError(f"This is no contact form of ours ({error}).") from error

    def send(self, message: OutboundMessage) -> Sent:
        raise SendError("A form takes messages in; answers leave by e-mail.", Trouble.MESSAGE)
