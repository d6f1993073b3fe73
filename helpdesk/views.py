"""What a visitor sees when something is refused or goes wrong."""

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from faq.visitor import missing_page


def _wants_json(request: HttpRequest) -> bool:
    return request.path.startswith(("/api/", "/hooks/"))


def _problem(request: HttpRequest, status: int, code: str, title: str, text: str) -> HttpResponse:
    if _wants_json(request):
        kind = "server_error" if status >= 500 else "client_error"
        error = {"code": code, "detail": text, "attr": None}
        return JsonResponse({"type": kind, "errors": [error]}, status=status)
    return render(request, "problem.html", {"title": title, "text": text}, status=status)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form came without the proof that it is ours: mostly a page left open for days, or cookies switched off."""
    title = _("This form has grown old")
    text = _("Nothing was sent. Go back, reload the page and try again; cookies must be switched on.")
    return _problem(request, 403, "csrf", title, text)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    told = str(exception) if isinstance(exception, BadRequest) else ""
    return _problem(request, 400, "bad_request", _("We could not read that"), told or _("The request is malformed."))


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    title = _("This is not yours to see")
    return _problem(request, 403, "permission_denied", title, _("Your account has no access here."))


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    if page := missing_page(request):
        return page
    title = _("There is nothing here")
    return _problem(request, 404, "not_found", title, _("The address is wrong, or what it showed is gone."))


def server_error(request: HttpRequest) -> HttpResponse:
    title = _("Something went wrong on our side")
    return _problem(request, 500, "error", title, _("We have noted it. What you typed may not have been saved."))
