"""The calls of an open chat: hello, what is new, a message, typing, the conversation by mail."""

import base64
import uuid
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from accounts.models import User
from channels_app import inbox
from channels_app.adapters.chat.adapter import topic
from channels_app.adapters.chat.identity import Forged, prove
from channels_app.adapters.chat.settings import read
from channels_app.adapters.chat.wire import Said, pack
from channels_app.models import Channel
from faq import images
from helpdesk.lib import live, presence
from helpdesk.lib.flood import too_many
from helpdesk.lib.presence import Doing
from helpdesk.lib.refused import Refused
from tickets import actions, chat
from tickets.events import topics
from tickets.intake import take_in
from tickets.models import Author, ChatSession, Message, Seen, Ticket
from tickets.states import State
from tickets.views.chat.door import COOKIE, HEADER, chat_page, remember, session_of, token_of, visitor_call
from tickets.views.chat.pictures import picture_url
from tickets.views.chat.rating import rating_url

MOST_LETTERS = 5_000
FIRST_SIGHT = 200  # messages


class SayForm(forms.Form):
    """What the frame sends. `key` is the browser's own number: sent twice, said once."""

    key = forms.UUIDField()
    text = forms.CharField(required=False, max_length=MOST_LETTERS)
    name = forms.CharField(required=False, max_length=200)
    email = forms.EmailField(required=False)
    page = forms.CharField(required=False, max_length=1000)
    title = forms.CharField(required=False, max_length=200)
    image = forms.FileField(required=False)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if not (said.get("text") or said.get("image") or self.errors):
            self.add_error("text", _("Write something first."))
        return said


@csrf_exempt
@require_POST
@chat_page
def hello(request: HttpRequest, channel: Channel, language: str) -> HttpResponse:
    """Recognise the visitor or begin a session: by the shop's signed word, by token, by cookie. 403 if forged."""
    if too_many(request, "chat-hello", most=30, seconds=60):
        return JsonResponse({"error": "flood"}, status=429, headers={"Retry-After": "60"})
    try:
        known = prove(channel, claim) if (claim := request.POST.get("identity", "")) else None
    except Forged as forged:
        return JsonResponse({"error": "identity", "why": str(forged)}, status=403)
    token = request.headers.get(HEADER) or request.COOKIES.get(COOKIE, "")
    session = None if known else session_of(token, channel)
    if session is None or session.verified:  # whom the shop has vouched for, it must vouch for again
        visitor = f"v-{uuid.uuid4()}"
        session = actions.begin_chat(channel, known=known, visitor=visitor, language=language)
    token = token_of(session)
    response = JsonResponse({"token": token, "known": session.verified, **_news(session, 0)})
    remember(response, token)
    return response


@visitor_call(most=120, seconds=60)
def news(request: HttpRequest, session: ChatSession) -> HttpResponse:
    """What was said after message `after`. `page` is where the visitor is; `shown` says that the chat is open."""
    after = request.POST.get("after", "0")
    actions.note_sign(session, page_url=request.POST.get("page", ""), page_title=request.POST.get("title", ""))
    answer = _news(session, int(after) if after.isdecimal() and len(after) < 19 else 0, "shown" in request.POST)
    return JsonResponse(answer)


@visitor_call(most=30, seconds=60)
def say(request: HttpRequest, session: ChatSession) -> HttpResponse:
    """One message: stored first, then taken in at once. The same key again changes nothing."""
    form = SayForm(request.POST, request.FILES)
    if not form.is_valid():
        return JsonResponse({"error": "form", "errors": form.errors}, status=422)
    said = form.cleaned_data
    try:
        picture, kind = _picture(said["image"])
    except Refused as refused:
        return JsonResponse({"error": "form", "errors": {refused.field: [refused.words]}}, status=422)
    actions.introduce(session, name=said["name"], email=said["email"])
    actions.note_sign(session, page_url=said["page"], page_title=said["title"])
    _keep(session, said, picture, kind)
    after = request.POST.get("after", "0")
    return JsonResponse(_news(session, int(after) if after.isdecimal() and len(after) < 19 else 0))


@visitor_call(most=60, seconds=60)
def typing(request: HttpRequest, session: ChatSession) -> HttpResponse:
    """The visitor has begun or stopped to type. What they type stays with them, unless the shop peeks."""
    ticket = chat.ticket_of(session)
    if ticket:
        doing = Doing.TYPING if request.POST.get("doing") == "typing" else Doing.LOOKING
        news = presence.arrive(chat.place(ticket), chat.VISITOR, doing)
        if read(session.channel).sneak_peek:
            news |= chat.note_typed(ticket, request.POST.get("words", "") if doing == Doing.TYPING else "")
        if news:
            live.publish(topics(ticket), "presence", ticket.pk, ticket.version)
    return HttpResponse(status=204)


@visitor_call(most=3, seconds=3600)
def transcript(request: HttpRequest, session: ChatSession) -> HttpResponse:
    """The conversation to the visitor's own address; not before a person has answered: we mail no stranger's words."""
    ticket = chat.ticket_of(session)
    messages = list(chat.said_in(ticket)) if ticket else []
    if ticket is None or not any(message.author == Author.AGENT for message in messages):
        return JsonResponse({"error": "form", "errors": {"email": [_("Nobody has answered yet.")]}}, status=422)
    actions.introduce(session, name="", email="" if session.email else request.POST.get("email", ""))
    shop = session.channel.shop
    text = render_to_string("chat/transcript.txt", {"messages": messages, "shop": shop, "session": session})
    if not actions.mail_transcript(session, subject=_("Your chat with %(shop)s") % {"shop": shop.name}, text=text):
        return JsonResponse({"error": "form", "errors": {"email": [_("Enter your e-mail address.")]}}, status=422)
    return JsonResponse({"told": _("Sent to %(email)s.") % {"email": session.email}})


def _keep(session: ChatSession, said: dict[str, Any], picture: str, kind: str) -> None:
    packed = Said(
        key=str(said["key"]),
        session=str(session.uuid),
        visitor=session.visitor,
        text=said["text"].replace("\0", ""),
        name=session.name,
        language=session.language,
        page=session.page_url,
        verified=session.verified,
        picture=picture,
        picture_type=kind,
    )
    envelope = {"mail_from": session.visitor, "session": str(session.uuid)}
    stored, _new = inbox.store(
        session.channel, pack(packed), dedupe_key=f"{session.uuid}:{said['key']}", source="widget", envelope=envelope
    )
    take_in(stored.pk)
    taken = Message.objects.filter(inbound=stored).select_related("ticket__customer", "ticket__shop").first()
    if taken:
        actions.settle_chat(session, taken.ticket)
        presence.arrive(chat.place(taken.ticket), chat.VISITOR, Doing.LOOKING)


def _picture(upload: Any) -> tuple[str, str]:
    """(base64, type) of a raster image; ("", "") without one. Refused (field "image") for anything else."""
    if upload is None:
        return "", ""
    data = upload.read(images.MOST_BYTES + 1)
    return base64.b64encode(data).decode(), images.read(data).content_type


def _news(session: ChatSession, after: int, shown: bool = False) -> dict[str, Any]:
    ticket = chat.ticket_of(session)
    if ticket is None:
        return {"messages": [], "live": "", "typing": "", "seen": "", "done": False, "rate": ""}
    fresh = list(chat.said_in(ticket).filter(pk__gt=after).select_related("outbound__channel")[:FIRST_SIGHT])
    if shown:
        actions.note_read(fresh)
    done = State(ticket.state) in (State.SOLVED, State.CLOSED)
    return {
        "messages": [_shown(message, session) for message in fresh],
        "live": live.token([topic(ticket.pk)], 0),
        "typing": _typing(ticket),
        "seen": _seen(ticket),
        "done": done,
        "rate": rating_url(ticket) if done else "",
    }


def _shown(message: Message, session: ChatSession) -> dict[str, Any]:
    pictures = [picture_url(session, file) for file in message.attachments.all() if file.content_type in images.ENDINGS]
    mine = message.author == Author.CUSTOMER
    html = render_to_string("chat/message.html", {"message": message, "pictures": pictures, "mine": mine})
    return {"id": message.pk, "key": message.external_id if mine else "", "mine": mine, "html": html}


def _typing(ticket: Ticket) -> str:
    typist = User.objects.filter(pk__in=chat.typing_agents(ticket), is_active=True).first()
    return _("%(name)s is writing") % {"name": typist.first_name} if typist else ""


def _seen(ticket: Ticket) -> str:
    """When a colleague has read the visitor's last words; "" before."""
    last = ticket.messages.filter(author=Author.CUSTOMER, public=True).order_by("-at").first()
    seen = Seen.objects.filter(ticket=ticket, at__gte=last.at).order_by("at").first() if last else None
    if seen is None:
        return ""
    return _("Read at %(time)s") % {"time": date_format(timezone.localtime(seen.at), "H:i")}
