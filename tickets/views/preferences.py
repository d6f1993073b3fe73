"""POST /me/: how a colleague wants the desk (language, theme, density, keys) and whether they are there."""

from django.http import HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from accounts.access import policy
from accounts.http import Request
from tickets.forms import PreferencesForm


@policy("desk.use")
@require_POST
def save_preferences(request: Request) -> HttpResponse:
    """Save the given fields and go back to where the choice was made; what is no choice changes nothing."""
    form = PreferencesForm(request.POST)
    if form.is_valid() and form.cleaned_data:
        for name, value in form.cleaned_data.items():
            setattr(request.user, name, value)
        request.user.save(update_fields=list(form.cleaned_data))
    back = request.POST.get("back", "/")
    safe = url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    return HttpResponseRedirect(back if safe else "/")
