"""/help/<shop>/requests/<token>/: what became of a message, for whoever holds its signed link."""

from datetime import datetime
from uuid import UUID

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import TOKEN, policy
from accounts.models import Shop
from channels_app import inbox
from channels_app.adapters.form.wire import Said, pack
from faq.visitor import public_page
from helpdesk.lib.flood import too_many
from hours import words
from tickets.intake import take_in
from tickets.models import Attachment, Author, Message, Promise, Ticket
from tickets.requests import Reader, conversation, reader_of
from tickets.views.files import FILE_POLICY
from tickets.views.public.contact import form_channel, refuse
from tickets.views.public.contact_form import WordsForm, too_large

PAGE = "contact/status.html"


@csrf_exempt  # the link is the proof, and shoppers need no cookie
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@public_page
def status(request: HttpRequest, shop: Shop, language: str, token: str) -> HttpResponse:
    """The conversation that this link's message opened; POST adds to it. 404 for a forged or expired link."""
    reader = reader_of(shop, token)
    if request.method != "POST" or reader is None:
        return _page(request, shop, language, reader, form=WordsForm(), code=200 if reader else 404)
    if too_large(request):
        return _page(request, shop, language, reader, form=WordsForm(), code=413)
    form = WordsForm(request.POST, request.FILES)
    if code := refuse(request, form, flooded=lambda: too_many(request, "contact", most=10, seconds=600)):
        return _page(request, shop, language, reader, form=form, code=code)
    _add(shop, language, reader, form)
    return HttpResponseRedirect(f"{request.path}?lang={language}#newest")


@policy(TOKEN)
@require_safe
def sent_file(request: HttpRequest, shop: str, token: str, uuid: UUID) -> FileResponse:
    """A file of the conversation, as a download, to whoever may read the message that carries it."""
    reader = reader_of(get_object_or_404(Shop, key=shop), token)
    said = conversation(reader)[1] if reader else Message.objects.none()
    readable = [message.pk for message in said if reader and _shown_to(reader, message)]
    file = get_object_or_404(Attachment, uuid=uuid, message__in=readable)
    response = FileResponse(
        file.file.open("rb"), as_attachment=True, filename=file.name, content_type="application/octet-stream"
    )
    response["Content-Security-Policy"] = FILE_POLICY
    response["Cache-Control"] = "private, no-store"
    return response


def _add(shop: Shop, language: str, reader: Reader, form: WordsForm) -> None:
    """One more message of the same person, through the same door as the first."""
    first = Message.objects.filter(inbound=reader.stored).select_related("ticket").first()
    if first is None:
        raise Http404
    said = Said(
        text=form.cleaned_data["text"],
        subject=first.subject,
        name=first.from_name,
        email=first.from_address,
        language=language,
        sent_at=timezone.now().isoformat(),
        ticket=str(first.ticket_id),
    )
    raw, key = pack(said, form.files_sent()), f"form:{form.cleaned_data['submission']}"
    envelope = {"mail_from": first.from_address}
    stored, _new = inbox.store(form_channel(shop), raw, dedupe_key=key, source="form", envelope=envelope)
    take_in(stored.pk)


def _page(
    request: HttpRequest, shop: Shop, language: str, reader: Reader | None, *, form: WordsForm, code: int
) -> HttpResponse:
    ticket, said = conversation(reader) if reader else (None, Message.objects.none())
    shown = [(message, bool(reader and _shown_to(reader, message))) for message in said]
    context = {"shop": shop, "language": language, "found": reader, "ticket": ticket, "said": shown, "form": form}
    context |= {"promised": _promised(ticket, language) if ticket else "", "too_large": code == 413}
    context["masked"] = _masked(str(reader.stored.envelope.get("mail_from", ""))) if reader else ""
    response = render(request, PAGE, context, status=code)
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _shown_to(reader: Reader, message: Message) -> bool:
    """Who has not proven the mailbox reads their own words; that we answered, but not what."""
    return reader.proven or message.author == Author.CUSTOMER


def _masked(email: str) -> str:
    """ "j…@example.org": enough to know one's own address by."""
    local, _at, domain = email.partition("@")
    return f"{local[:1]}…@{domain}"


def _promised(ticket: Ticket, language: str) -> str:
    """The reply time that their form told them, while it still counts."""
    now: datetime = timezone.now()
    promise = ticket.promises.filter(place=Promise.Place.CONTACT_PAGE, kept=None, due_at__gt=now).first()
    if promise is None:
        return ""
    return words.deadline(promise.due_at, timezone=ticket.shop.timezone, language=language, now=now)
