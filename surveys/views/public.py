"""/survey/<token>/: the customer's page. Looking at it records nothing: mail scanners open every link (V45)."""

from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.access import TOKEN, policy
from faq.visitor import speaking
from surveys import responses, wording
from surveys.forms import AnswerForm
from surveys.models import Dissatisfaction, Survey

PAGE = "surveys/survey.html"
UNHAPPY = 3  # from here down we also ask what went wrong


@policy(TOKEN)
@csrf_exempt  # the token is the proof, and shoppers need no cookie
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def survey(request: HttpRequest, token: str) -> HttpResponse:
    """The question with the answer that the mail's button named; POST records it."""
    try:
        found = responses.survey_for(token)
    except responses.UnknownToken:
        return _private(render(request, "surveys/unknown.html", status=404))
    except responses.ExpiredToken as expired:
        return _say(request, expired.survey, {"expired": True}, 410)
    if request.method != "POST":
        return _say(request, found, _question(request, found))
    form = AnswerForm(found, request.POST)
    if not form.is_valid():
        return _say(request, found, _question(request, found) | {"form": form}, 422)
    _record(found, form.cleaned_data, request.POST)
    return _private(HttpResponseRedirect(request.path + ("?thanks" if "comment" in request.POST else "")))


@transaction.atomic
def _record(found: Survey, given: dict[str, Any], named: Collection[str]) -> None:
    """What the form did not ask stays as it was."""
    companion = responses.companion_of(found)
    said = {name: given[name] if name in named else getattr(found, name) for name in ("comment", "dissatisfaction")}
    responses.answer(found, score=given["score"], **said)
    if companion and given["ease"] is not None:
        responses.answer(companion, score=given["ease"])


def _question(request: HttpRequest, found: Survey) -> dict[str, Any]:
    """First the scale alone; once that is answered the rest. With ?score or ?change an answer can be changed."""
    companion = responses.companion_of(found)
    said, asked = request.POST, request.GET
    answered = found.answered_at is not None
    asks = not answered or bool({"score", "change"} & set(asked)) or request.method == "POST"
    named = asked.get("score", "") if asked.get("score", "").isdecimal() else ""
    return {
        "asks": asks,
        "details": "comment" in said or (answered and (asks or ("thanks" not in asked and not found.comment))),
        "may_be_low": asks or (found.score or 0) <= UNHAPPY,
        "companion": companion,
        "chosen": said.get("score", named or str(found.score if answered else "")),
        "chosen_ease": said.get("ease", str(companion.score) if companion and companion.answered_at else ""),
        "comment": said.get("comment", found.comment),
        "dissatisfaction": said.get("dissatisfaction", found.dissatisfaction),
        "reasons": Dissatisfaction.choices,
        "named": named,
        "is_low": answered and hasattr(found, "follow_up"),
    }


def _say(request: HttpRequest, found: Survey, context: dict[str, Any], status: int = 200) -> HttpResponse:
    shop = found.shop
    wanted = request.GET.get("lang", "")
    language = wanted if wanted in shop.languages else shop.language_for(found.language)
    with speaking(request, shop, language):
        asked = {"question": wording.question(found), "steps": wording.steps(found), "ends": wording.ends(found)}
        if companion := context.get("companion"):
            asked |= {"ease_question": wording.question(companion), "ease_steps": wording.steps(companion)}
            asked["ease_ends"] = wording.ends(companion)
        page = {"survey": found, "shop": shop, "language": language} | asked | context
        return _private(render(request, PAGE, page, status=status))


def _private(response: HttpResponse) -> HttpResponse:
    """The address is a secret: no search engine, no next page may learn it."""
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
