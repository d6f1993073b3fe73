"""For health checks of containers: exit 0 while a worker runs what beat sends, 1 when one of them is silent."""

from typing import Any

import redis
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from helpdesk.celery import PULSE_KEY, PULSE_LIFE


class Command(BaseCommand):
    help = "Exit 0 if a worker gave a sign of life within the last minute."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2) as client:
                alive = bool(client.exists(PULSE_KEY))
        except redis.RedisError as error:
            raise CommandError(f"Redis does not answer: {error}") from None
        if not alive:
            raise CommandError(f"No worker gave a sign of life for {PULSE_LIFE} seconds.")
