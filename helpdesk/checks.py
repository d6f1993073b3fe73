"""System checks: settings that are well formed but unwise, in clear words (`manage.py check --deploy`)."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register

LEAST_SECRET = 40  # characters
LOCAL = {"127.0.0.1", "localhost", "::1"}


def register_all() -> None:
    register(log_settings, Tags.compatibility)
    register(secret_key, Tags.security, deploy=True)
    register(public_address, Tags.security, deploy=True)
    register(metrics_token, Tags.security, deploy=True)
    register(mail_way_out, deploy=True)


def log_settings(**kwargs: Any) -> list[CheckMessage]:
    problems: list[CheckMessage] = []
    if settings.LOG_FORMAT not in ("line", "json"):
        problems.append(Error(f"LOG_FORMAT={settings.LOG_FORMAT!r}: expected line or json.", id="helpdesk.E001"))
    if settings.LOG_LEVEL.upper() not in ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"):
        problems.append(
            Error(f"LOG_LEVEL={settings.LOG_LEVEL!r}: expected DEBUG, INFO, WARNING or ERROR.", id="helpdesk.E002")
        )
    return problems


def secret_key(**kwargs: Any) -> list[CheckMessage]:
    if len(settings.SECRET_KEY) >= LEAST_SECRET:
        return []
    return [
        Error(f"SECRET_KEY has fewer than {LEAST_SECRET} characters: sessions could be forged.", id="helpdesk.E003")
    ]


def public_address(**kwargs: Any) -> list[CheckMessage]:
    address = urlsplit(settings.PUBLIC_URL)
    if address.hostname in LOCAL:
        return [Warning("PUBLIC_URL is this machine: links in mails will not work for customers.", id="helpdesk.W001")]
    if address.scheme == "http" and not settings.DEBUG:
        return [Warning("PUBLIC_URL is not https: passwords travel in the clear.", id="helpdesk.W002")]
    return []


def metrics_token(**kwargs: Any) -> list[CheckMessage]:
    token = settings.METRICS_TOKEN
    if token and len(token) < 16:
        return [Error("METRICS_TOKEN has fewer than 16 characters.", id="helpdesk.E004")]
    return []


def mail_way_out(**kwargs: Any) -> list[CheckMessage]:
    if settings.EMAIL_URL:
        return []
    return [Warning("EMAIL_URL is unset: replies are kept on /outbox/ and do not leave.", id="helpdesk.W003")]
