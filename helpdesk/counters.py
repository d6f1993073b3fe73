"""What each process counts about its own requests; helpdesk.metrics shows it."""

from django.http import HttpRequest
from prometheus_client import Counter, Histogram

REQUESTS = Counter("comptoir_requests", "HTTP requests", ["route", "status"])
SECONDS = Histogram(
    "comptoir_request_seconds",
    "Duration of HTTP requests",
    ["route"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)


def observe_request(request: HttpRequest, status: int, seconds: float) -> None:
    """Count one request under its route's name (never its path: paths are endless)."""
    match = request.resolver_match
    route = (match.view_name or match.route) if match else "unmatched"
    REQUESTS.labels(route, str(status)).inc()
    SECONDS.labels(route).observe(seconds)
