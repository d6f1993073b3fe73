"""/api/v1/: CONTRACT section 3."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from accounts.api import Shops, Teams, Users
from channels_app.api import Channels
from faq.api import Articles
from helpdesk.api.schema import docs, schema
from hours.api import Calendars
from metrics.api.kpis import Kpis
from metrics.api.service import ServiceLevel
from surveys.api import SurveyPolicies, Surveys
from tickets.api.customers import Customers, Orders
from tickets.api.drafts import Drafts
from tickets.api.inbound import InboundEmail
from tickets.api.labels import Reasons, Tags
from tickets.api.macros import Macros, TicketMacro
from tickets.api.rules import Rules
from tickets.api.search import Search
from tickets.api.sla import SlaPolicies
from tickets.api.tickets import Events, Messages, Tickets
from tickets.api.webhooks import Webhooks

LISTS = {
    "tickets": Tickets,
    "customers": Customers,
    "orders": Orders,
    "tags": Tags,
    "reasons": Reasons,
    "users": Users,
    "teams": Teams,
    "channels": Channels,
    "calendars": Calendars,
    "shops": Shops,
    "sla-policies": SlaPolicies,
    "macros": Macros,
    "rules": Rules,
    "webhooks": Webhooks,
    "articles": Articles,
    "surveys": Surveys,
    "survey-policies": SurveyPolicies,
}
router = SimpleRouter(use_regex_path=False)
for prefix, viewset in LISTS.items():
    router.register(prefix, viewset, basename=f"api-{prefix}")

urlpatterns = [
    path("schema/", schema, name="api-schema"),
    path("docs/", docs, name="api-docs"),
    path(
        "tickets/<int:number>/messages/",
        Messages.as_view({"get": "list", "post": "create"}),
        name="api-messages",
    ),
    path("tickets/<int:number>/drafts/", Drafts.as_view({"get": "list", "post": "create"}), name="api-drafts"),
    path("tickets/<int:number>/drafts/<str:kind>/", Drafts.as_view({"delete": "forget"}), name="api-draft"),
    path("tickets/<int:number>/events/", Events.as_view({"get": "list"}), name="api-events"),
    path(
        "tickets/<int:number>/attachments/<uuid:uuid>/",
        Tickets.as_view({"get": "attachment"}),
        name="api-attachment",
    ),
    path("tickets/<int:number>/macro/", TicketMacro.as_view({"post": "create"}), name="api-ticket-macro"),
    path("inbound/email/", InboundEmail.as_view({"post": "deliver"}), name="api-inbound-email"),
    path("inbound/<uuid:uuid>/", InboundEmail.as_view({"get": "fate"}), name="api-inbound"),
    path("kpis/", Kpis.as_view({"get": "figures"}), name="api-kpis"),
    path("kpis/<slug:slug>/tickets/", Kpis.as_view({"get": "list"}), name="api-kpi-tickets"),
    path("service-level/", ServiceLevel.as_view({"get": "grade"}), name="api-service-level"),
    path("search/", Search.as_view({"get": "find"}), name="api-search"),
    *router.urls,
]
