"""Error reports to Sentry, when SENTRY_DSN is set."""

from django.conf import settings


def start() -> None:
    """Personal data stays at home: no bodies, no users, no local variables."""
    if settings.SENTRY_DSN:
        import sentry_sdk  # 0.2 s at each start of each process, for the few who use it

        sentry_sdk.init(
            dsn=settings.SENTRY_DSN,
            send_default_pii=False,
            include_local_variables=False,
            max_request_body_size="never",
            traces_sample_rate=0.0,
        )
