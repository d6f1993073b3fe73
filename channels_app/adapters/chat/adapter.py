"""The chat widget as a channel. Its way out is a hint: the visitor's page fetches what is new."""

from channels_app.adapters.chat import settings
from channels_app.adapters.chat.wire import unpack
from channels_app.base import Adapter, Address, HintKind, Inbound, ParseError, Sent, ThreadHint
from channels_app.models import InboundMessage, OutboundMessage
from helpdesk.lib import live


class ChatAdapter(Adapter):
    kind = "chat"
    label = "Chat"
    identity_kind = "visitor"

    def parse(self, message: InboundMessage) -> Inbound:
        try:
            said = unpack(bytes(message.raw))
            picture = said.file()
        except (ValueError, TypeError) as error:
            raise ParseError("This is no message of the chat widget.") from error
        thread = f"chat:{said.session}"
        return Inbound(
            sender=Address(said.visitor, said.name),
            text=said.text,
            subject=" ".join(said.text.split())[:80],
            files=(picture,) if picture else (),
            external_id=said.key,
            seen_ids=(said.key, thread),
            hints=(ThreadHint(HintKind.ID, thread),),
            sender_verified=said.verified,
            language=said.language,
        )

    def send(self, message: OutboundMessage) -> Sent:
        live.publish([topic(message.thread)], "chat", int(message.thread), 0)
        return Sent()

    def external_id(self, message: OutboundMessage) -> str:
        return f"chat:{message.uuid}"

    def check_config(self, config: dict[str, object]) -> dict[str, str]:
        return settings.check(config)


def topic(thread: str | int) -> str:
    """The live topic of a visitor's own conversation: nothing internal is told there."""
    return f"chat:{thread}"
