"""/inbound/: raw messages handed to us by programs, and what became of them."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access import may
from channels_app.adapters.email.receive import TooLarge as MailTooLarge
from channels_app.adapters.email.receive import store_mail
from channels_app.models import Channel, ChannelKind, InboundMessage
from helpdesk.api.body import read_body
from helpdesk.api.fields import Strict, Text
from helpdesk.api.problems import TooLarge
from helpdesk.api.views import Api, check
from tickets.access import sees_ticket
from tickets.models import Message


class RawMail(BaseParser):
    """The body as it is; only its content type matters here."""

    media_type = "message/rfc822"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        return bytes(stream.read())


class DeliverTo(Strict):
    channel = Text(max_length=80, required=False, help_text="A name; by default the only e-mail channel.")


class Delivered(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    duplicate = serializers.BooleanField()


class Fate(serializers.Serializer[Any]):
    state = serializers.ChoiceField(choices=InboundMessage.State.choices)
    ticket = serializers.IntegerField(allow_null=True)
    message = serializers.IntegerField(allow_null=True)
    error = serializers.CharField(allow_null=True)


class InboundEmail(Api):
    """Mail from programs. Not throttled: a mail that is refused is a customer who waits."""

    policy = {"deliver": "inbound.deliver", "fate": "inbound.deliver"}
    throttle_classes = []
    parser_classes = [RawMail]
    body_limit = settings.MAIL_MAX_BYTES
    out = Delivered

    @extend_schema(
        request={"message/rfc822": OpenApiTypes.BINARY},
        responses={202: Delivered},
        parameters=[DeliverTo],
    )
    def deliver(self, request: Request) -> Response:
        """Keep one raw RFC 5322 message; 202 says that it is stored. The same message again is a duplicate."""
        channel = _channel(check(DeliverTo, request.query_params).get("channel"))
        raw = read_body(request, self.body_limit)
        request.data  # noqa: B018 (refuses a wrong content type)
        if not raw:
            raise ValidationError({"body": "The message is empty."}, "required")
        try:
            stored, new = store_mail(channel, raw, source="api", envelope={"user": str(self.me.pk)})
        except MailTooLarge as error:
            raise TooLarge(str(error)) from None
        return self.show({"id": stored.uuid, "duplicate": not new}, Delivered, 202)

    @extend_schema(responses=Fate)
    def fate(self, request: Request, uuid: UUID) -> Response:
        """What became of a message: told to who delivered it, and to leads."""
        stored = InboundMessage.objects.defer("raw").filter(uuid=uuid).first()
        if stored is None or not (stored.envelope.get("user") == str(self.me.pk) or may(self.me, "intake.read")):
            raise Http404
        message = Message.objects.filter(inbound=stored).select_related("ticket").first()
        shown = message if message and sees_ticket(self.me, message.ticket) else None
        fate = {
            "state": stored.state,
            "ticket": shown.ticket_id if shown else None,
            "message": shown.pk if shown else None,
            "error": stored.error or None,
        }
        return self.show(fate, Fate)


def _channel(name: str | None) -> Channel:
    channels = Channel.objects.filter(kind=ChannelKind.EMAIL)
    found = list(channels.filter(name=name) if name else channels[:2])
    if len(found) != 1:
        raise ValidationError({"channel": "Name one of the e-mail channels."}, "does_not_exist")
    return found[0]
