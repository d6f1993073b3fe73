"""Every address of CONTRACT section 2, in one place."""

from django.urls import include, path

from helpdesk import health, metrics, styleguide

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", metrics.metrics, name="metrics"),
    path("styleguide/", styleguide.styleguide, name="styleguide"),
    path("accounts/", include("allauth.urls")),
    path("hooks/", include("channels_app.urls")),
    path("api/v1/", include("helpdesk.api_urls")),
    path("", include("accounts.urls")),
    path("", include("metrics.urls")),
    path("", include("surveys.urls")),
    path("", include("faq.urls")),
    path("", include("tickets.urls")),
]

handler400 = "helpdesk.views.bad_request"
handler403 = "helpdesk.views.permission_denied"
handler404 = "helpdesk.views.page_not_found"
handler500 = "helpdesk.views.server_error"
