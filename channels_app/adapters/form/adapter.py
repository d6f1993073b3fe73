"""Our public pages as a channel: what a shopper sent from there. Answers leave from the shop's mailbox."""

from datetime import datetime

from channels_app.adapters.form.wire import Said, unpack
from channels_app.base import (
    About,
    Adapter,
    Address,
    HintKind,
    Inbound,
    ParseError,
    SendError,
    Sent,
    ThreadHint,
    Told,
    Trouble,
)
from channels_app.models import InboundMessage, OutboundMessage
from helpdesk.lib.addresses import normalise_email


class FormAdapter(Adapter):
    kind = "form"
    label = "Form"
    identity_kind = "email"

    def parse(self, message: InboundMessage) -> Inbound:
        try:
            said, files = unpack(bytes(message.raw))
            return Inbound(
                sender=Address(normalise_email(said.email), said.name),
                text=said.text,
                subject=said.subject,
                files=files,
                language=said.language,
                sent_at=datetime.fromisoformat(said.sent_at),
                hints=(ThreadHint(HintKind.TOKEN, said.ticket),) if said.ticket else (),
                told=_told(said),
                about=About(said.reason, said.order, said.article),
                suspect=said.suspect,
            )
        except (ValueError, KeyError, TypeError) as error:
            raise ParseError(f"This is no contact form of ours ({error}).") from error

    def send(self, message: OutboundMessage) -> Sent:
        raise SendError("A form takes messages in; answers leave by e-mail.", Trouble.MESSAGE)


def _told(said: Said) -> Told | None:
    if said.told is None:
        return None
    shown_at, due_at = (datetime.fromisoformat(said.told[name]) for name in ("shown_at", "due_at"))
    return Told(shown_at, due_at, said.told["text"])
