"""/help/<shop>/contact/: the form. Stored raw before the shopper is thanked, like any other channel."""

import json
import uuid

from django import forms
from django.core import signing
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.models import Shop
from channels_app import inbox
from channels_app.models import Channel, ChannelKind
from faq.views.votes import from_our_page
from faq.visitor import public_page
from helpdesk.lib.addresses import is_email
from helpdesk.lib.flood import too_many
from tickets import promises

PAGE = "contact/contact.html"
SALT = "contact.status"


class ContactForm(forms.Form):
    """What the shopper says. `submission` makes a second press the same message."""

    subject = forms.CharField(label=gettext_lazy("What is it about?"), max_length=200)
    text = forms.CharField(label=gettext_lazy("Your message"), max_length=20_000, widget=forms.Textarea)
    name = forms.CharField(label=gettext_lazy("Your name"), max_length=200)
    email = forms.CharField(label=gettext_lazy("Your e-mail"), max_length=254)
    submission = forms.UUIDField(widget=forms.HiddenInput)

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        if not is_email(email):
            raise forms.ValidationError(_("This is not a complete address, for example jasmine.roy@example.com."))
        return email


@csrf_exempt  # shoppers get no cookie: the origin is checked instead
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@public_page
def contact(request: HttpRequest, shop: Shop, language: str) -> HttpResponse:
    """The form with the hour by which we answer; what was typed stays when something is missing."""
    if request.method != "POST":
        return _page(request, shop, language, ContactForm(initial={"submission": uuid.uuid4()}))
    form = ContactForm(request.POST)
    if not from_our_page(request):
        form.add_error(None, _("This form came from another site. Send it again from here."))
    if form.is_valid() and too_many(request, "contact", most=10, seconds=600):
        form.add_error(None, _("Too many messages from your address. Your text is kept: try again in ten minutes."))
        return _page(request, shop, language, form, 429)
    if not form.is_valid():
        return _page(request, shop, language, form, 422)
    token = _store(shop, language, form)
    return HttpResponseRedirect(f"{request.path.removesuffix('contact/')}requests/{token}/?lang={language}")


@transaction.atomic
def _store(shop: Shop, language: str, form: ContactForm) -> str:
    said = {name: form.cleaned_data[name] for name in ("subject", "text", "name", "email")}
    said |= {"language": language, "sent_at": timezone.now().isoformat()}
    key = f"form:{form.cleaned_data['submission']}"
    stored, _new = inbox.store(
        _channel(shop), json.dumps(said).encode(), dedupe_key=key, source="form", envelope={"mail_from": said["email"]}
    )
    return signing.dumps(str(stored.uuid), salt=SALT)


def _channel(shop: Shop) -> Channel:
    """The shop's form, made with its first message."""
    known = Channel.objects.filter(shop=shop, kind=ChannelKind.FORM).order_by("pk").first()
    return (
        known
        or Channel.objects.get_or_create(name=f"form-{shop.key}", defaults={"shop": shop, "kind": ChannelKind.FORM})[0]
    )


def _page(request: HttpRequest, shop: Shop, language: str, form: ContactForm, status: int = 200) -> HttpResponse:
    told = promises.expected(shop, ChannelKind.FORM, timezone.now())
    context = {"shop": shop, "language": language, "form": form, "promise": told}
    return render(request, PAGE, context, status=status)
