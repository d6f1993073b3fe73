"""What the API takes for tickets and messages, checked to the last field."""

import base64
import binascii
from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from accounts.models import Shop, Team, User
from channels_app.adapters.email.attachments import judged_type, safe_name
from channels_app.base import File
from channels_app.models import ChannelKind
from helpdesk.api.fields import Flag, Instant, Json, Listing, Named, Strict, Text, Whole, orderings
from helpdesk.lib.addresses import normalise_email
from tickets.models import Priority, Reason
from tickets.states import State

PRIORITIES = [(priority.key, priority.label) for priority in Priority]
WORDS = 500_000  # characters of one message
FILES_LIMIT = 25 * 1024 * 1024  # bytes of all attachments of one message


class TicketListing(Listing):
    shop = Named(Shop, "key", required=False)
    channel = Text(required=False, max_length=80, help_text="A kind (email, api, ...) or a channel's name.")
    state = serializers.ChoiceField(choices=State.choices, required=False)
    assignee = Text(required=False, max_length=254, help_text='An id, an e-mail address, "me" or "none".')
    team = Text(required=False, max_length=60, help_text='A key or "none".')
    priority = serializers.ChoiceField(choices=PRIORITIES, required=False)
    tag = Text(required=False, max_length=60)
    reason = Text(required=False, max_length=200, help_text="A key.")
    customer = Text(required=False, max_length=320, help_text="An id or an e-mail address.")
    opened_after = Instant(or_date=True, required=False, help_text="At this instant or later.")
    opened_before = Instant(or_date=True, required=False, help_text="Before this instant.")
    q = Text(required=False, max_length=200, help_text="Words of the subject, the messages or the customer's name.")
    ordering = orderings("-number", "opened_at", "last_activity_at", "due_at", "waiting_since", "priority")


class FileIn(Strict):
    name = Text(max_length=255)
    content_type = Text(required=False, max_length=127, help_text="A hint: the type is judged from the content.")

    def get_fields(self) -> dict[str, Any]:
        data = Text(max_length=FILES_LIMIT * 4 // 3 + 4, trim_whitespace=False, help_text="Base64.")
        return super().get_fields() | {"data": data}

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        try:
            data = base64.b64decode(attrs["data"], validate=True)
        except (binascii.Error, ValueError):
            raise ValidationError({"data": "This is not base64."}, "invalid") from None
        kind = judged_type(data, attrs.get("content_type", ""), attrs["name"])
        return {"file": File(safe_name(attrs["name"], kind), kind, data)}


class WordsIn(Strict):
    """`text` or `html` or both."""

    text = Text(required=False, allow_blank=True, max_length=WORDS, trim_whitespace=False)
    html = Text(required=False, allow_blank=True, max_length=WORDS, trim_whitespace=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not (attrs.get("text", "").strip() or attrs.get("html", "").strip()):
            raise ValidationError({"text": "Give text or html."}, "required")
        return attrs


class MessageIn(WordsIn):
    public = Flag(required=False, default=True, help_text="false: a note for colleagues.")
    attachments = serializers.ListField(child=FileIn(), required=False, max_length=50)

    def validate_attachments(self, value: list[dict[str, Any]]) -> list[File]:
        files = [entry["file"] for entry in value]
        if sum(len(file.data) for file in files) > FILES_LIMIT:
            raise ValidationError(f"All files together may have {FILES_LIMIT} bytes.", "max_length")
        return files


class CustomerHint(Strict):
    email = serializers.EmailField(max_length=254)
    name = Text(required=False, allow_blank=True, max_length=200)
    phone = Text(required=False, allow_blank=True, max_length=40)

    def validate_email(self, value: str) -> str:
        return normalise_email(value)


class TicketIn(WordsIn):
    shop = Named(Shop, "key", required=False, help_text="A key; by default the channel's shop, or the first.")
    channel = Text(required=False, max_length=80, help_text='A channel\'s name, or a kind; "api" by default.')
    customer = CustomerHint()
    subject = Text(max_length=998)
    priority = serializers.ChoiceField(choices=PRIORITIES, required=False, default="normal")
    tags = serializers.ListField(child=Text(max_length=60), required=False, max_length=50)

    def get_fields(self) -> dict[str, Any]:
        who = serializers.ChoiceField(choices=["customer", "agent"], required=False, default="customer")
        return super().get_fields() | {"from": who}


class TicketPatch(Strict):
    state = serializers.ChoiceField(choices=State.choices, required=False)
    assignee = Named(User, "email", required=False, allow_null=True, help_text="An id, an e-mail address or null.")
    team = Named(Team, "key", required=False, allow_null=True, help_text="A key, an id or null.")
    priority = serializers.ChoiceField(choices=PRIORITIES, required=False)
    tags = serializers.ListField(child=Text(max_length=60), required=False, max_length=50)
    reason = Named(Reason, "key", required=False, allow_null=True, help_text="A key, an id or null.")
    subject = Text(required=False, max_length=998)
    requested_outcome = Text(required=False, allow_blank=True, max_length=300, help_text="What the customer wants.")
    version = Whole(required=False, max_value=2**31 - 1, help_text="Refused (409) if the ticket has changed since.")

    def get_fields(self) -> dict[str, Any]:
        own = Json(required=False, help_text="The shop's own fields by key; null empties one.")
        return super().get_fields() | {"fields": own}


class MergeIn(Strict):
    into = Whole(help_text="The number of the ticket that stays.")


KINDS = frozenset(ChannelKind.values)
