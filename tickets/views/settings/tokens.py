"""/settings/tokens/: keys to the API. A secret is shown once, in the answer that makes it, and never again."""

from datetime import datetime, time

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts import staff
from accounts.access import policy
from accounts.http import Request
from accounts.models import ApiToken, User
from tickets.views.settings import shell

PAGE = "settings/tokens.html"
SHOWN = 200


class TokenForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("What it is for"), max_length=80)
    user = forms.ModelChoiceField(
        label=gettext_lazy("Acts as"),
        queryset=User.objects.filter(is_active=True),
        help_text=gettext_lazy("It may do what this person may, within the scopes below."),
    )
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("Scopes"),
        choices=ApiToken.Scope.choices,
        widget=forms.CheckboxSelectMultiple({"class": "check"}),
    )
    until = forms.DateField(
        label=gettext_lazy("Good until"),
        required=False,
        widget=forms.DateInput({"type": "date"}),
        help_text=gettext_lazy("Empty: until it is revoked."),
    )

    def clean_until(self) -> datetime | None:
        """The end of that day."""
        day = self.cleaned_data["until"]
        if day is None:
            return None
        if day < timezone.localdate():
            raise forms.ValidationError(_("This day has passed."))
        return timezone.make_aware(datetime.combine(day, time(23, 59, 59)))


@policy("settings.write")
@require_GET
def tokens(request: Request) -> HttpResponse:
    return _page(request, TokenForm(initial={"user": request.user.pk, "scopes": ["read"]}))


@policy("settings.write")
@never_cache
@require_POST
def create_token(request: Request) -> HttpResponse:
    """The page with the secret: only this answer holds it."""
    form = TokenForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    given = form.cleaned_data
    token, secret = ApiToken.issue(given["user"], given["name"], given["scopes"])
    ApiToken.objects.filter(pk=token.pk).update(expires_at=given["until"])
    return _page(request, TokenForm(initial={"user": request.user.pk, "scopes": ["read"]}), secret=secret, made=token)


@policy("settings.write")
@require_POST
def revoke_token(request: Request, token: int) -> HttpResponse:
    staff.revoke(get_object_or_404(ApiToken, pk=token))
    messages.success(request, _("Revoked: it opens nothing any more."))
    return redirect("settings-tokens")


def _page(
    request: Request, form: TokenForm, *, secret: str = "", made: ApiToken | None = None, status: int = 200
) -> HttpResponse:
    rows = ApiToken.objects.select_related("user").order_by("-created_at", "-pk")[:SHOWN]
    labels = dict(ApiToken.Scope.choices)
    shown = [(one, ", ".join(str(labels.get(scope, scope)) for scope in one.scopes)) for one in rows]
    context = {"form": form, "tokens": shown, "secret": secret, "made": made, "now": timezone.now()}
    return render(request, PAGE, shell(request, "settings-tokens") | context, status=status)
