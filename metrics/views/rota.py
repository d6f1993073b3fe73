"""How many people each hour of an ordinary week needs, under assumptions that stand in the address."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from metrics import weekdays
from metrics.heat import demand
from metrics.peaks import Forecast, forecast
from metrics.staffing import agents_for
from metrics.views.asked import Asked


class RotaForm(forms.Form):
    """Our assumptions, as the reader changed them."""

    handling = forms.IntegerField(label=_("minutes of work for a conversation"), min_value=1, max_value=240)
    target = forms.IntegerField(label=_("minutes within which to answer"), min_value=1, max_value=1440)
    share = forms.IntegerField(label=_("percent to answer in time"), min_value=1, max_value=99)
    orders = forms.IntegerField(label=_("orders expected a week"), min_value=0, max_value=1_000_000, required=False)


DEFAULTS = {"handling": 10, "target": 5, "share": 80}
FIELDS = (*DEFAULTS, "orders")


@dataclass(frozen=True, slots=True)
class RotaRow:
    name: str
    short: str
    people: list[int]
    hours: int


@dataclass(frozen=True, slots=True)
class Rota:
    form: RotaForm
    rows: list[RotaRow]
    most: int
    hours: int
    kept: list[tuple[str, str]]
    forecast: Forecast


def rota(asked: Asked) -> Rota | None:
    """Erlang C over the mean arrivals of each hour. None without arrivals."""
    counts = demand(asked.scope)
    if not counts:
        return None
    form = RotaForm(DEFAULTS | {name: asked.query_of(name) for name in FIELDS if asked.query_of(name)})
    taken: dict[str, Any] = DEFAULTS | (form.cleaned_data if form.is_valid() else {})
    coming = forecast(asked.scope, counts, taken.get("orders"))
    names, short = weekdays.names(), weekdays.short()
    rows = []
    for day in range(7):
        times = asked.scope.window.has(day) or 1
        people = [
            agents_for(
                coming.factor * counts.get((day, hour), 0) / times,
                handling=taken["handling"] * 60,
                target=taken["target"] * 60,
                share=taken["share"] / 100,
            )
            for hour in range(24)
        ]
        rows.append(RotaRow(names[day], short[day], people, sum(people)))
    most = max(max(row.people) for row in rows)
    return Rota(form, rows, most, sum(row.hours for row in rows), asked.kept_all, coming)
