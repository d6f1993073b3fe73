"""/tickets/: reading, opening, changing, merging; with messages, events and files below each."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import FileResponse, Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from helpdesk.api.fields import Listing, orderings
from helpdesk.api.views import Api, check
from tickets import actions
from tickets.access import get_attachment, get_ticket
from tickets.actions.locking import locked
from tickets.actors import Actor
from tickets.api.filters import narrowed
from tickets.api.opening import open_from_api
from tickets.api.refusals import refusals
from tickets.api.shown import EventOut, MessageOut, TicketOut
from tickets.api.taken import MergeIn, MessageIn, TicketIn, TicketListing, TicketPatch
from tickets.models import Event, Message, Priority, Ticket
from tickets.states import State


class Tickets(Api):
    """Conversations with customers, as far as the token's user may know of them."""

    policy = {
        "list": "ticket.read",
        "retrieve": "ticket.read",
        "create": "ticket.open",
        "partial_update": "ticket.write",
        "merge": "ticket.write",
        "unmerge": "ticket.write",
        "attachment": "ticket.read",
    }
    queryset = Ticket.objects.none()
    out, listing = TicketOut, TicketListing
    columns = {"number": "pk"}
    lookup_field, lookup_value_converter = "number", "int"

    def list(self, request: Request) -> Response:
        present = Ticket.objects.visible_to(self.me).filter(deleted_at=None)
        return self.page(TicketOut.rows(narrowed(present, self.listed, self.me)), TicketOut)

    def retrieve(self, request: Request, number: int) -> Response:
        return self._ticket(get_ticket(self.me, number))

    @extend_schema(request=TicketIn, responses={201: TicketOut})
    def create(self, request: Request) -> Response:
        form = check(TicketIn, request.data)
        with refusals():
            return self._ticket(open_from_api(form, self.me), 201)

    @extend_schema(request=TicketPatch, responses=TicketOut)
    def partial_update(self, request: Request, number: int) -> Response:
        """All of it or nothing: a refused step (409) leaves the other fields as they were."""
        ticket = get_ticket(self.me, number)
        form = check(TicketPatch, request.data)
        with refusals():
            change(ticket, form, by=Actor.agent(self.me))
        return self._ticket(ticket)

    @extend_schema(request=MergeIn, responses=TicketOut)
    @action(detail=True, methods=["post"])
    def merge(self, request: Request, number: int) -> Response:
        """Make this ticket part of another; answers with that other one."""
        ticket = get_ticket(self.me, number)
        target = get_ticket(self.me, check(MergeIn, request.data)["into"])
        with refusals():
            return self._ticket(actions.merge(ticket, into=target, by=Actor.agent(self.me)))

    @extend_schema(request=None, responses=TicketOut)
    @action(detail=True, methods=["post"])
    def unmerge(self, request: Request, number: int) -> Response:
        """Take a merged ticket out again."""
        ticket = get_ticket(self.me, number)
        with refusals():
            return self._ticket(actions.unmerge(ticket, by=Actor.agent(self.me)))

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiResponse(OpenApiTypes.BINARY)})
    def attachment(self, request: Request, number: int, uuid: UUID) -> FileResponse:
        """A file of the ticket, always as a download."""
        found = get_attachment(self.me, uuid)
        if found.message.ticket_id != number:
            raise Http404
        kind = "application/octet-stream"
        return FileResponse(found.file.open("rb"), as_attachment=True, filename=found.name, content_type=kind)

    def _ticket(self, ticket: Ticket, status: int = 200) -> Response:
        fresh = TicketOut.rows(Ticket.objects.filter(pk=ticket.pk)).get()
        return self.show(fresh, TicketOut, status)


class MessageListing(Listing):
    ordering = orderings("at")


class Messages(Api):
    """What was said in a ticket and in what was merged into it, the oldest first; POST answers, or leaves a note."""

    policy = {"list": "ticket.read", "create": "ticket.write"}
    queryset = Message.objects.none()
    out, into, listing = MessageOut, MessageIn, MessageListing

    def list(self, request: Request, number: int) -> Response:
        messages = Message.objects.filter(ticket__in=get_ticket(self.me, number).family())
        return self.page(messages.select_related("user").prefetch_related("attachments"), MessageOut)

    def create(self, request: Request, number: int) -> Response:
        ticket = get_ticket(self.me, number)
        form = check(MessageIn, request.data)
        say = actions.reply if form["public"] else actions.note
        with refusals():
            message = say(
                ticket,
                by=Actor.agent(self.me),
                text=form.get("text", ""),
                html=form.get("html", ""),
                files=form.get("attachments", ()),
            )
        return self.show(message, MessageOut, 201)


class EventListing(Listing):
    ordering = orderings("at")


class Events(Api):
    """The timeline of a ticket."""

    policy = {"list": "ticket.read"}
    queryset = Event.objects.none()
    out, listing = EventOut, EventListing

    def list(self, request: Request, number: int) -> Response:
        return self.page(Event.objects.filter(ticket=get_ticket(self.me, number)).select_related("user"), EventOut)


@transaction.atomic
def change(ticket: Ticket, form: dict[str, Any], *, by: Actor) -> None:
    """Do what a checked TicketPatch asks for, the state last: what is refused undoes the rest."""
    locked(ticket, version=form.get("version"))
    if "subject" in form:
        actions.rename(ticket, to=form["subject"], by=by)
    if "reason" in form:
        actions.choose_reason(ticket, to=form["reason"], by=by)
    if "priority" in form:
        actions.prioritise(ticket, to=Priority.from_key(form["priority"]), by=by)
    if "tags" in form:
        wanted = {name.lower() for name in form["tags"]}
        gone = [name for name in ticket.tags if name.lower() not in wanted]
        actions.tag(ticket, add=form["tags"], remove=gone, by=by)
    if "fields" in form:
        actions.fill_in(ticket, by=by, values=form["fields"])
    if "requested_outcome" in form:
        actions.note_request(ticket, by=by, wants=form["requested_outcome"])
    if "team" in form:
        actions.move_to_team(ticket, to=form["team"], by=by)
    if "assignee" in form:
        actions.assign(ticket, to=form["assignee"], by=by)
    if "state" in form:
        actions.change_state(ticket, State(form["state"]), by=by)
