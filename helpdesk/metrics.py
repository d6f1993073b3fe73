"""`/metrics` for Prometheus: requests as the processes counted them, the rest read from the database when asked."""

import os
import secrets
from collections.abc import Iterator

import redis
from django.apps import apps
from django.conf import settings
from django.db import DatabaseError
from django.db.models import Count, Min
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from accounts.access import TOKEN, policy


class DatabaseFigures(Collector):
    """Queues and tickets as they are now."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        now = timezone.now()
        for label, name, waiting, since in (
            ("channels_app.InboundMessage", "inbound", ("stored",), "received_at"),
            ("channels_app.OutboundMessage", "outbox", ("queued", "sending", "unknown"), "created_at"),
        ):
            model = apps.get_model(label)
            yield _by_state(f"comptoir_{name}", f"{name} messages by state", label)
            oldest = model._default_manager.filter(state__in=waiting).aggregate(oldest=Min(since))["oldest"]
            age = GaugeMetricFamily(f"comptoir_{name}_oldest_seconds", f"Age of the oldest waiting {name} message")
            age.add_metric([], (now - oldest).total_seconds() if oldest else 0.0)
            yield age
        yield _by_state("comptoir_tickets", "Tickets by state", "tickets.Ticket")
        yield _queue_length()


def _by_state(name: str, text: str, label: str) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, text, labels=["state"])
    rows = apps.get_model(label)._default_manager.order_by().values_list("state").annotate(n=Count("pk"))
    for state, count in rows:
        family.add_metric([state], count)
    return family


def _queue_length() -> GaugeMetricFamily:
    family = GaugeMetricFamily("comptoir_celery_queue_length", "Tasks waiting in the broker")
    try:
        with redis.Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1) as client:
            family.add_metric([], float(client.llen("celery")))
    except redis.RedisError:
        pass  # no figure is not 0
    return family


@policy(TOKEN)
@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """404 while METRICS_TOKEN is unset, 403 without `Authorization: Bearer <METRICS_TOKEN>`."""
    if not settings.METRICS_TOKEN:
        return HttpResponse(status=404)
    given = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
    if not secrets.compare_digest(given.encode(), settings.METRICS_TOKEN.encode()):
        return HttpResponse("METRICS_TOKEN needed", status=403, content_type="text/plain")
    text = generate_latest(_process_figures())
    try:
        figures = CollectorRegistry()
        figures.register(DatabaseFigures())
        text += generate_latest(figures)
    except DatabaseError:
        pass  # the requests are still worth knowing
    return HttpResponse(text, content_type=CONTENT_TYPE_LATEST)


def _process_figures() -> CollectorRegistry:
    """With several web processes PROMETHEUS_MULTIPROC_DIR holds the counts of all of them."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return REGISTRY
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return registry
