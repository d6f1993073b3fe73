"""/tickets/{number}/drafts/: what is being written, one's own and the colleagues'."""

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from helpdesk.api.fields import Flag, Listing, Shown, Whole, orderings
from helpdesk.api.problems import Conflict
from helpdesk.api.views import Api, check
from tickets import actions
from tickets.access import get_ticket
from tickets.api.shown import Colleague
from tickets.api.taken import WordsIn
from tickets.models import Draft


class DraftOut(Shown):
    agent = Colleague(source="user")

    class Meta:
        model = Draft
        fields = ["id", "agent", "public", "text", "html", "version", "saved_at"]


class DraftIn(WordsIn):
    public = Flag(required=False, default=True, help_text="false: a note for colleagues.")
    version = Whole(required=False, max_value=2**31 - 1, help_text="Refused (409) if the draft has changed since.")


class DraftListing(Listing):
    ordering = orderings("saved_at")


class Drafts(Api):
    """One draft for each person and kind (reply or note); POST writes one's own."""

    policy = {"list": "ticket.read", "create": "ticket.write", "forget": "ticket.write"}
    queryset = Draft.objects.none()
    out, into, listing = DraftOut, DraftIn, DraftListing

    def list(self, request: Request, number: int) -> Response:
        return self.page(Draft.objects.filter(ticket=get_ticket(self.me, number)).select_related("user"), DraftOut)

    def create(self, request: Request, number: int) -> Response:
        ticket = get_ticket(self.me, number)
        form = check(DraftIn, request.data)
        words = {"text": form.get("text", ""), "html": form.get("html", ""), "version": form.get("version")}
        try:
            draft = actions.save_draft(ticket, user=self.me, public=form["public"], **words)
        except actions.StaleDraft as stale:
            raise Conflict(str(stale), "stale_version", "version") from None
        if draft is None:
            raise ValidationError({"text": "Give text or html."}, "required")
        return self.show(draft, DraftOut, 201)

    @extend_schema(responses={204: None})
    def forget(self, request: Request, number: int, kind: str) -> Response:
        """Forget one's own draft of a reply or of a note; forgetting twice is forgetting once."""
        ticket = get_ticket(self.me, number)
        if kind not in ("reply", "note"):
            raise Http404
        actions.discard_draft(ticket, user=self.me, public=kind == "reply")
        return Response(status=204)
