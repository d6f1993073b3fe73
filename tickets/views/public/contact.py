"""/help/<shop>/contact/: the form. Stored raw before the shopper is thanked, like any other channel."""

import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import Shop
from channels_app import inbox
from channels_app.adapters.form.wire import Said, pack
from channels_app.base import Told
from channels_app.models import Channel, ChannelKind, InboundMessage
from customers.models import Identity
from customers.passes import bearer_of
from faq import actions as faq_actions
from faq.models import Article
from faq.views.votes import from_our_page
from faq.visitor import public_page, remember_visitor, visitor_of
from helpdesk.lib.addresses import normalise_email
from helpdesk.lib.flood import too_many, too_often
from tickets import promises
from tickets.intake import take_in
from tickets.models import Message
from tickets.requests import token_of
from tickets.views.public.contact_answers import offered
from tickets.views.public.contact_form import ContactForm, WordsForm, offered_orders, subjects, too_large

PAGE = "contact/contact.html"
TOLD = "contact.told"


@csrf_exempt  # shoppers get no cookie: the origin is checked instead
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@public_page
def contact(request: HttpRequest, shop: Shop, language: str) -> HttpResponse:
    """The form with the hour by which we answer; what was typed stays when something is missing."""
    if request.method != "POST":
        known = {"about": request.GET.get("about", "")[:400], "article": request.GET.get("article", "")[:20]}
        return _page(request, shop, language, ContactForm(initial=known))
    if too_large(request):
        return _page(request, shop, language, ContactForm(), 413)
    form = ContactForm(request.POST, request.FILES)
    if status := refuse(request, form, flooded=lambda: _floods(request, form.cleaned_data["email"])):
        return _page(request, shop, language, form, status)
    stored = _store(shop, language, form)
    _take_in(request, stored)
    target = reverse("request-status", kwargs={"shop": shop.key, "token": token_of(stored)})
    return HttpResponseRedirect(f"{target}?lang={language}")


@csrf_exempt
@never_cache
@require_POST
@public_page
def suggest(request: HttpRequest, shop: Shop, language: str) -> HttpResponse:
    """What may answer a message that is being written. By POST: nobody's words belong in an access log."""
    flooded = too_large(request) or too_many(request, "contact-suggest", most=60, seconds=60)
    said = {} if flooded else request.POST
    found = offered(shop, language, text=said.get("text", ""), reason=said.get("reason", ""))
    return render(request, f"{PAGE}#answers", {"shop": shop, "language": language, "answers": found})


@csrf_exempt
@require_POST
@public_page
def settled(request: HttpRequest, shop: Shop, language: str) -> HttpResponse:
    """“This answers my question”: a confirmed self-service entry, once per reader and article. Nothing is sent."""
    if not from_our_page(request):
        return HttpResponseForbidden(_("This form came from another site. Send it again from here."))
    number = request.POST.get("article", "")
    if not number.isdecimal() or len(number) > 18 or too_many(request, "contact-settled", most=20, seconds=60):
        return HttpResponse(_("Choose an article."), status=422)
    article = get_object_or_404(Article, shop=shop, pk=int(number))
    visitor = visitor_of(request) or uuid.uuid4()
    email = normalise_email(request.POST.get("email", "")[:320])
    known = Identity.objects.filter(kind=Identity.Kind.EMAIL, value=email).first() if email else None
    faq_actions.solved(article, visitor=visitor, customer_id=known.customer_id if known else None)
    response = HttpResponseRedirect(f"{reverse('contact', kwargs={'shop': shop.key})}?settled=1&lang={language}")
    remember_visitor(response, visitor, secure=settings.SECURE)
    return response


def refuse(request: HttpRequest, form: WordsForm, *, flooded: Callable[[], bool]) -> int:
    """The status of a refusal, its reasons on the form and its files kept for the next try; 0 when it may be sent."""
    ours = from_our_page(request)
    if not ours:
        form.add_error(None, _("This form came from another site. Send it again from here."))
    status = 0 if form.is_valid() else 422
    if not status and flooded():
        form.add_error(None, _("Too many messages from your address. Your text is kept: try again in ten minutes."))
        status = 429
    if status and ours and not too_many(request, "contact-keep", most=10, seconds=600):
        form.keep_files()
    return status


def form_channel(shop: Shop) -> Channel:
    """The shop's form, made with its first message."""
    made = Channel.objects.get_or_create
    return _known(shop) or made(name=f"form-{shop.key}", defaults={"shop": shop, "kind": ChannelKind.FORM})[0]


def _store(shop: Shop, language: str, form: ContactForm) -> InboundMessage:
    said, now, channel = form.cleaned_data, timezone.now(), form_channel(shop)
    told, seconds = _told(said["told"], channel, now)
    reason = form.reason(subjects(language))
    packed = Said(
        text=said["text"],
        subject=form.subject(reason, language),
        name=said["name"],
        email=said["email"],
        language=language,
        sent_at=now.isoformat(),
        told=told,
        reason=reason.key if reason else "",
        order=said["order"].strip(),
        article=said["article"] or 0,
        suspect=form.is_suspect(seconds),
    )
    raw, key = pack(packed, form.files_sent()), f"form:{said['submission']}"
    return inbox.store(channel, raw, dedupe_key=key, source="form", envelope={"mail_from": said["email"]})[0]


def _take_in(request: HttpRequest, stored: InboundMessage) -> None:
    """At once, so that the shopper sees their number; a worker does it if this fails. Whoever found an article to
    answer their question and writes all the same is known from now on (the 72 hours of KPIS 4.17)."""
    take_in(stored.pk)
    visitor, message = visitor_of(request), Message.objects.filter(inbound=stored).first()
    if visitor and message and message.customer_id:
        faq_actions.recognise(visitor, customer_id=message.customer_id)


def _floods(request: HttpRequest, email: str) -> bool:
    by_address = too_many(request, "contact", most=10, seconds=600)
    return by_address or too_often(normalise_email(email), "contact-email", most=10, seconds=3600)


def _told(shown: str, channel: Channel, now: datetime) -> tuple[dict[str, str], float | None]:
    """The reply time that this shopper read, and for how many seconds they had the page; of a page left open for
    longer than that, or altered, the reply time now."""
    try:
        told: dict[str, str] = signing.loads(shown, salt=TOLD)
    except signing.BadSignature:
        return _written(promises.told(channel.shop, ChannelKind.FORM, now, channel=channel)), None
    seconds = (now - datetime.fromisoformat(told["shown_at"])).total_seconds()
    if datetime.fromisoformat(told["due_at"]) > now:
        return told, seconds
    return _written(promises.told(channel.shop, ChannelKind.FORM, now, channel=channel)), seconds


def _written(told: Told) -> dict[str, str]:
    return {"shown_at": told.shown_at.isoformat(), "due_at": told.due_at.isoformat(), "text": told.text}


def _known(shop: Shop) -> Channel | None:
    return Channel.objects.filter(shop=shop, kind=ChannelKind.FORM).order_by("pk").first()


def _page(request: HttpRequest, shop: Shop, language: str, form: ContactForm, status: int = 200) -> HttpResponse:
    told = promises.told(shop, ChannelKind.FORM, timezone.now(), channel=_known(shop))
    bearer = bearer_of(shop, str(form["about"].value() or ""))
    context: dict[str, Any] = {"shop": shop, "language": language, "form": form, "too_large": status == 413}
    context |= {"promise": told, "signed_promise": signing.dumps(_written(told), salt=TOLD)}
    context |= {"subjects": subjects(language), "orders": offered_orders(bearer), "settled": "settled" in request.GET}
    context["chosen"] = {key: value for key, value in form.data.items() if key.startswith("why_")}.values()
    reason = form.data.get(f"why_{form['what'].value()}", "")
    context["answers"] = offered(shop, language, text=str(form["text"].value() or ""), reason=reason)
    return render(request, PAGE, context, status=status)
