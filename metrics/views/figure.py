"""/figures/kpi/<slug>/: one figure, its days, its formula, and exactly the tickets it counted and left out."""

import re
from collections.abc import Iterator
from itertools import chain
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponse, HttpResponseBase, JsonResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.access import policy
from accounts.http import Request
from helpdesk.api.pagination import Order
from metrics import behind, sheets
from metrics.answers import AT_ONCE, answer
from metrics.cards import Card, card, group_of
from metrics.daily import daily
from metrics.heat import Hour, hour_words
from metrics.kpis import KPIS, Kpi
from metrics.numbers import words
from metrics.populations import Rows
from metrics.ratios import NoTickets
from metrics.refresh import catch_up
from metrics.sheets import SHEETS
from metrics.views.asked import Asked, asked
from metrics.views.frame import frame
from metrics.worked import STRETCHES, Worked, worked

LISTED = ("set", "hour", "order")  # what an address says of the list, beside the question


@policy("figures.read")
@require_GET
def figure(request: Request, slug: str) -> HttpResponse:
    """The figure; with ?set=excluded the rows left out, with ?order=worst in that order, with ?after= the next page."""
    kpi, question = _asked(request, slug)
    shown = card(slug, question.scope, question.before, question.url())
    excluded, hour = request.GET.get("set") == "excluded", _hour(question)
    rows = _rows(kpi, question)
    context: dict[str, Any] = {
        "asked": question,
        "card": shown,
        "chart": daily(shown, question.scope),
        "excluded": excluded,
    }
    context |= {"hour": hour, "hour_words": hour_words(hour), "hour_count": rows.order_by().count()} if hour else {}
    context |= _page(kpi, rows, question) | _counts(kpi, question, shown)
    context |= {"worked": _worked(kpi, question, context["rows"])}
    return render(request, "metrics/figure.html", context | frame(request, "", question))


@policy("figures.read")
@require_GET
def figure_csv(request: Request, slug: str) -> StreamingHttpResponse:
    """Every row behind the figure, or left out of it, as CSV."""
    kpi, question = _asked(request, slug)
    _must_be_read(question)
    rows = _rows(kpi, question)
    return _csv(behind.csv_lines(kpi, rows, question.scope), slug, question)


@policy("figures.read")
@require_GET
def figure_json(request: Request, slug: str) -> JsonResponse:
    """The figure as the API gives it, by day, with its rows."""
    kpi, question = _asked(request, slug)
    _must_be_read(question)
    told = answer(question.scope, slugs=[slug], group=group_of(question.scope))
    told["tickets"] = behind.as_json(kpi, _rows(kpi, question), question.scope)
    response = JsonResponse(told)
    _name(response, slug, question, "json")
    return response


@policy("figures.read")
@require_GET
def figure_svg(request: Request, slug: str) -> HttpResponse:
    """The picture of its days, with its colours inside."""
    _kpi, question = _asked(request, slug)
    _must_be_read(question)
    shown = card(slug, question.scope, question.before, "")
    context = {"chart": daily(shown, question.scope), "card": shown, "asked": question}
    drawn = render(request, "metrics/charts/picture.svg", context, content_type="image/svg+xml")
    _name(drawn, slug, question, "svg")
    return drawn


@policy("figures.read")
@require_GET
def sheet_csv(request: Request, sheet: str) -> StreamingHttpResponse:
    """One of SHEETS for the days and filters of the address, as CSV."""
    if sheet not in SHEETS:
        raise Http404
    catch_up(AT_ONCE)
    question = asked(request)
    _must_be_read(question)
    return _csv(sheets.csv_lines(SHEETS[sheet], question.scope), sheet, question)


def _asked(request: Request, slug: str) -> tuple[Kpi, Asked]:
    if slug not in KPIS:
        raise Http404
    catch_up(AT_ONCE)
    return KPIS[slug], asked(request)


def _rows(kpi: Kpi, question: Asked) -> Rows:
    """The rows counted or, with ?set=excluded, left out; with ?hour=5-13 those of Fridays from 13:00 to 14:00."""
    rows = behind.rows_of(kpi, question.scope, excluded=question.query_of("set") == "excluded")
    hour = _hour(question)
    rows = behind.of_hour(rows, hour, question.scope.window.zone) if hour else rows
    return _order(kpi, question)[1].sort(rows, backwards=False)


def _order(kpi: Kpi, question: Asked) -> tuple[str, Order]:
    """The order asked for and its name; the first where that is none of this figure's."""
    offered = behind.orders(kpi)
    name = question.query_of("order") if question.query_of("order") in offered else next(iter(offered))
    return name, offered[name][1]


def _hour(question: Asked) -> Hour | None:
    """Weekday from 0 and hour. Raises BadRequest for what is neither."""
    told = question.query_of("hour")
    found = re.fullmatch(r"([1-7])-(1?\d|2[0-3])", told)
    if told and not found:
        raise BadRequest(_("%(name)s: %(text)s") % {"name": "hour", "text": _("Write 5-13 for Friday at 13:00.")})
    return (int(found[1]) - 1, int(found[2])) if found else None


def _must_be_read(question: Asked) -> None:
    """A page says what it left out of its address; a file cannot, and must not count more than was asked for."""
    if unread := question.form.unread():
        raise BadRequest(" ".join(unread))


def _page(kpi: Kpi, rows: Rows, question: Asked) -> dict[str, Any]:
    """A page of rows, the address of the next, and the orders to choose from."""
    name, order = _order(kpi, question)
    found = list(behind.after(rows, order, question.query_of("after"))[: behind.PAGE + 1])
    shown, kept = found[: behind.PAGE], {one: question.query_of(one) for one in LISTED}
    more = question.url(after=behind.place_of(shown[-1], order), **kept) if len(found) > len(shown) else ""
    choices = [
        {"label": label, "url": question.url(**kept | {"order": one}), "current": one == name}
        for one, (label, _order) in behind.orders(kpi).items()
    ]
    listed = {"more": more, "orders": choices, "sheet": question.url(**kept)}
    listed |= {f"{one}_url": question.url(**kept | {"set": one, "hour": ""}) for one in ("included", "excluded")}
    return listed | {"rows": behind.told(kpi, shown, question.scope)}


def _worked(kpi: Kpi, question: Asked, listed: list[behind.Row]) -> Worked | None:
    """The ticket of ?ticket=, else the first that is listed: how it came to its value."""
    asked_for = question.query_of("ticket")
    number = int(asked_for) if re.fullmatch(r"\d{1,18}", asked_for) else listed[0].number if listed else None
    if number is None or kpi.slug not in STRETCHES:
        return None
    row = behind.rows_of(kpi, question.scope, excluded=False).filter(number=number).first()
    return worked(kpi, row, question.scope) if row else None


def _counts(kpi: Kpi, question: Asked, shown: Card) -> dict[str, Any]:
    """How many rows stand behind the figure, and how many were left out, by why."""
    included = behind.rows_of(kpi, question.scope, excluded=False).order_by().count()
    whys = behind.whys(behind.rows_of(kpi, question.scope, excluded=True))
    left = sum(n for _why, n in whys)
    equal, listable = included == shown.figure.n, not isinstance(kpi.measure(question.scope), NoTickets)
    found = {"included": included, "whys": whys, "left": left, "equal": equal, "listable": listable}
    return found | {"stats": _stats(shown)}


def _stats(shown: Card) -> list[tuple[str, str]]:
    """What stands beside the value, all that the figure has."""
    figure, unit = shown.figure, shown.kpi.unit
    told = ((_("Mean"), figure.mean), (_("Median"), figure.median), ("p90", figure.p90), (_("Longest"), figure.max))
    inner = "score" if unit == "percent" else unit
    found = [(label, words(value, inner)) for label, value in told if value is not None]
    per_reply, literal = figure.extra.get("per_reply"), figure.extra.get("literal")
    if per_reply and per_reply["mean"] is not None:
        found.append((_("Mean per reply"), words(per_reply["mean"], unit)))
    if literal:
        found.append((_("By the letter of the guide"), words(literal["value"], unit)))
    return [*found, (_("Exact value"), shown.exact)]


def _csv(lines: Iterator[str], name: str, question: Asked) -> StreamingHttpResponse:
    written = _written(lines, translation.get_language(), question.scope.window.zone)
    response = StreamingHttpResponse(chain("\ufeff", written), content_type="text/csv; charset=utf-8")
    _name(response, name, question, "csv")
    return response


def _written(lines: Iterator[str], language: str | None, zone: ZoneInfo) -> Iterator[str]:
    """In the reader's language and the shop's time: they are written when the middleware has long left both."""
    with translation.override(language), timezone.override(zone):
        yield from lines


def _name(answer: HttpResponseBase, name: str, question: Asked, suffix: str) -> None:
    """As a file whose name says what it holds."""
    since = question.scope.window.since.isoformat()
    answer["Content-Disposition"] = f'attachment; filename="{name}-{since}.{suffix}"'
