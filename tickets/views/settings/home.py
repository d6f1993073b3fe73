"""/settings/: the first page that one may open, else the desk."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET

from accounts.access import policy
from accounts.http import Request
from tickets.views.settings import pages_of


@policy("settings.read")
@require_GET
def settings_home(request: Request) -> HttpResponse:
    pages = pages_of(request.user)
    return redirect(pages[0].url_name if pages else "inbox")
