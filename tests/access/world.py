"""Two teams that may not know of each other's tickets, and the six actors who try every door."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core import signing
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import ApiToken, Team, User
from channels_app import inbox
from channels_app.base import File
from channels_app.models import Channel, InboundMessage
from customers import passes
from customers.models import Order
from faq import actions as faq_actions
from faq.models import Article, ArticleImage, Banner
from metrics.archive.models import ArchiveJob
from metrics.models import Alert, FigureSettings, Goal, Report
from surveys import responses
from surveys.models import FollowUp, Kind, Scorecard, Survey, SurveyPolicy
from tests import factories
from tests.access.routes import Route
from tests.faq import makers
from tickets import actions, macros, rules
from tickets.actors import Actor as By
from tickets.models import (
    Attachment,
    Compensation,
    DraftFile,
    Event,
    Macro,
    MassAnswer,
    Message,
    Problem,
    Promise,
    Reason,
    Rule,
    SavedView,
    SlaPolicy,
    Tag,
    Task,
    Ticket,
    Webhook,
    WebhookDelivery,
)

SIDES = ("care", "orders")
MADE_HERE = ("rule", "macro", "webhook")
HOOK_CALLS = ("renew", "deliveries")
RULE_CALLS = ("dry-run", "versions", "runs", "restore")
CHAT_PAGES = ("chat-settings", "chat-settings-save", "chat-settings-preview")
ORDER_PAGES = ("order-page", *(f"order-page-{verb}" for verb in ("cancel", "return", "address", "ask")))
ORDER_ACTS = ("cancel-order", "return-order", "change-order-address")
BANNER_PAGES = ("banner-withdraw", "banner-notice", "send-banner-notice")
ARCHIVE_PAGES = ("archive-job", "archive-file", "archive-refused", "confirm-archive", "drop-archive", "resume-archive")
ARTICLE_VERBS = ("edit", "file", "delete", "publish", "withdraw", "versions", "restore")


@dataclass
class Side:
    """One team's own: everything in it carries the word canary-<team>."""

    team: Team
    agent: User
    ticket: Ticket
    message: Message
    attachment: Attachment
    order: Order
    inbound: InboundMessage
    aside: Message  # in a side conversation
    draft_file: DraftFile
    promise: Promise  # broken
    task: Task
    survey: Survey
    follow_up: FollowUp
    view: SavedView  # of the team
    given: Compensation
    mass: MassAnswer

    @cached_property
    def values(self) -> dict[str, dict[str, Any]]:
        """By parameter of a route, then by the route's name: this side's object; "" for all other names."""
        return _values(self)


@dataclass(frozen=True)
class Actor:
    name: str
    user: User | None
    cookie: str = ""
    secret: str = ""
    scopes: frozenset[str] = frozenset({"read", "write", "inbound", "admin"})
    side: str = ""

    @property
    def session(self) -> Client:
        """A fresh browser with this actor's login, if there is one."""
        client = Client(raise_request_exception=False)
        if self.cookie:
            client.cookies[settings.SESSION_COOKIE_NAME] = self.cookie
        return client

    @property
    def is_known(self) -> bool:
        return self.user is not None and self.user.is_active


@dataclass
class World:
    sides: dict[str, Side]
    actors: list[Actor]

    def address(self, route: Route, side: Side) -> str:
        """The route's address for an object of this side. KeyError for a parameter that nobody has described."""
        return reverse(route.name, kwargs={name: _value(route, name, side) for name in route.parameters})


def build() -> World:
    factories.shop(website="https://www.maison-lune.example")  # the demo's: it has a page of its own
    factories.channel("chat", kind="chat", address="")
    factories.calendar(key="hours")
    Tag.objects.create(name="vip")
    Reason.objects.create(key="late", what="Livraison", why="Retard")
    SurveyPolicy.objects.create(shop=factories.shop(), kind=Kind.NPS)
    Scorecard.objects.create(name="Bonne réponse")
    macros.define(Macro(), by=factories.admin(), name="Macro", texts={"fr": {"text": "Bonjour"}})
    rules.define(Rule(), by=None, name="R", when={"event": "spam"}, steps=[{"do": "no_survey"}])
    Webhook.objects.create(name="W", url="https://shop.example/")
    SlaPolicy.objects.create(key="all", name="Tous", shop=factories.shop(), first_reply=3600)
    Problem.objects.create(shop=factories.shop(), title="Coupons refused")
    _help_centre()
    _figures()
    sides = {name: _side(name) for name in SIDES}
    event = sides["care"].ticket.events.first()
    at = timezone.now()
    WebhookDelivery.objects.create(webhook=Webhook.objects.get(), event=event, state="failed", next_attempt_at=at)
    return World(sides, _actors(sides))


def belongs_to_a_team(route: Route) -> bool:
    """Whether the address names something that only its team, managers and admins may know of."""
    return bool(route.parameters) and not route.name.startswith(
        (
            *(
                "api-tags",
                "api-reasons",
                "api-users",
                "api-teams",
                "api-channels",
                "api-calendars",
                "api-shops",
                "api-sla-policies",
                "edit-sla",
                "edit-rule",
                "save-rule",
                "toggle-rule",
                "restore-rule",
                "delete-rule",
                "api-rules",
                "api-macros",
                "api-webhooks",
                "edit-macro",
                "save-macro",
                "archive-macro",
                "edit-webhook",
                "save-webhook",
                "delete-webhook",
                "retry-delivery",
                "save-sla",
                "delete-sla",
                "hook",
            ),
            *("edit-person", "save-person", "invite-person", "edit-team", "save-team", "edit-shop", "save-shop"),
            *("edit-channel", "save-channel", "switch-channel", "revoke-token", "answer-setup"),
            *("problem", "save-problem", "fix-problem", "close-problem", "reopen-problem"),
            *("api-survey-policies", "survey", "save-survey-policy"),
            *("scorecard", "edit-scorecard", "save-scorecard", "publish-scorecard"),
            *(
                "help",
                "article",
                "banner",
                "api-articles",
                "api-kpi",
                "figure",
                "chat",
                "widget",
                "contact",
                "request-status",
                "find-order",
                "order-page",
            ),
        )
    )


def _side(name: str) -> Side:
    team = factories.team(name)
    agent = factories.user(f"agent@{name}.example", teams=(team,))
    customer = factories.customer(f"canary-{name}@example.org", name=f"Canary-{name} Roy")
    ticket = factories.ticket(customer, subject=f"canary-{name}", text=f"canary-{name}", team=team)
    message = factories.message(
        ticket, text=f"canary-{name}", raw_html=f"<p>canary-{name}</p>", files=[File("a.txt", "text/plain", b"canary")]
    )
    actions.reply(ticket, by=By.agent(agent), text=f"canary-{name}")
    inbound, _new = inbox.store(factories.channel(), f"canary-{name}".encode(), dedupe_key=name, source="smtp")
    survey = _survey(ticket, agent, f"canary-{name}")
    order, follow_up = factories.order(customer), FollowUp.objects.get(survey=survey)
    words = f"canary-{name}"
    aside = actions.start_side(ticket, by=By.agent(agent), to="carrier@example.net", subject=words, text=words)
    file = actions.add_draft_file(ticket, user=agent, public=True, file=File("b.txt", "text/plain", b"canary"))
    paper = message.attachments.get()
    task = actions.set_task(ticket, by=By.agent(agent), title=words)
    promise = Promise.objects.create(
        ticket=ticket, place="ack", channel_kind="email", shown_at=ticket.opened_at, due_at=ticket.opened_at,
        text="soon", kept=False, judged_at=ticket.opened_at,
    )  # fmt: skip
    actions.open_complaint(ticket, by=By.agent(agent), requested_outcome=words)
    given = actions.compensate(ticket, kind="gift", amount=Decimal(5), currency="EUR", by=By.agent(agent), cause=words)
    view = SavedView.objects.create(name=f"canary-{name}", team=team)
    mass = MassAnswer.objects.create(by=agent, texts={"fr": {"text": words}}, submission=uuid4())
    return Side(
        team, agent, ticket, message, paper, order, inbound, aside, file, promise, task, survey, follow_up, view, given,
        mass,
    )  # fmt: skip


def _help_centre() -> None:
    """One article about the product K2, with a picture, a banner and a logo."""
    article = makers.article(skus=["K2"])
    picture = b"GIF89a\x02\x00\x02\x00" + b"\0" * 20
    faq_actions.wear(article.shop, logo=picture)
    faq_actions.add_image(article.shop, picture, by=factories.user(role="lead"))
    faq_actions.announce(article.shop, titles={"fr": "Grève"}, texts={})


def _figures() -> None:
    """A goal, an alert and a report of the shop, and its leaderboard."""
    shop = factories.shop()
    FigureSettings.objects.create(shop=shop, leaderboard=True)
    Goal.objects.create(shop=shop, slug="csat", target=80)
    Report.objects.create(shop=shop)
    numbers = {"value": 600, "expected": 180, "low": 90, "high": 360, "n": 9}
    day = timezone.now().date()
    until = timezone.now() + timedelta(days=1)
    ArchiveJob.objects.create(
        token=uuid4(),
        is_export=True,
        by=factories.admin(),
        state="done",
        files_until=until,
        file=ContentFile(b"{}", "a"),
    )
    Alert.objects.create(shop=shop, slug="first_response_time", channel="chat", day=day, tone="bad", **numbers)


def _survey(ticket: Ticket, agent: User, comment: str) -> Survey:
    """A low score, which somebody has to follow up."""
    at = timezone.now()
    survey = responses.rating_from_outside(ticket=ticket, agent=agent, message=None, kind=Kind.CSAT, at=at)
    return responses.answer(survey, score=1, comment=comment)


def _actors(sides: dict[str, Side]) -> list[Actor]:
    gone = factories.user("gone@care.example", teams=(sides["care"].team,))
    gone_session, gone_secret = _session(gone), factories.token(gone)
    User.objects.filter(pk=gone.pk).update(is_active=False)
    gone.refresh_from_db()
    admin = factories.admin()
    agents = [
        Actor(f"agent of {name}", side.agent, _session(side.agent), factories.token(side.agent), side=name)
        for name, side in sides.items()
    ]
    return [
        Actor("anonymous", None),
        *agents,
        Actor("ex-agent", gone, gone_session, gone_secret),
        Actor("admin", admin, _session(admin), factories.token(admin)),
        Actor("narrow token", admin, "", factories.token(admin, "inbound"), frozenset({"inbound"})),
    ]


def _session(user: User) -> str:
    """The cookie of a new login."""
    client = Client()
    client.force_login(user)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def _value(route: Route, parameter: str, side: Side) -> Any:
    if parameter == "key" and route.name == "api-teams-detail":
        return side.team.key
    if parameter == "key" and route.name == "account_confirm_email":
        return "abc"
    known, collection = side.values[parameter], route.name.removesuffix("-detail")
    return known[collection] if collection in known else known[""]


def _values(side: Side) -> dict[str, dict[str, Any]]:
    card, article = Scorecard.objects.get().pk, Article.objects.get().pk
    return {
        "number": {"": side.ticket.pk, **dict.fromkeys(("help-article", "help-article-short", "help-vote"), article)},
        "pk": {
            "message-original": side.message.pk, "resend": side.message.pk, "take-back": side.message.pk,
            "forward": side.message.pk, "answer-side": side.aside.side_id, "api-users": side.agent.pk,
            "api-customers": side.ticket.customer_id,
            **dict.fromkeys(("api-orders", "api-orders-links", *ORDER_ACTS), side.order.pk),
            "api-channels": side.ticket.channel_id, "api-tags": Tag.objects.get().pk,
            "api-surveys": side.survey.pk, "api-survey-policies": SurveyPolicy.objects.get().pk,
            "give-follow-up": side.follow_up.pk, "close-follow-up": side.follow_up.pk,
            **dict.fromkeys(("scorecard", "edit-scorecard", "save-scorecard", "publish-scorecard"), card),
            **dict.fromkeys(("api-articles", *(f"article-{verb}" for verb in ARTICLE_VERBS)), article),
            "apologise": side.promise.pk,
            "finish-task": side.task.pk,
            **dict.fromkeys(("mass-answer", "take-back-many"), side.mass.pk),
            "edit-view": side.view.pk, "delete-view": side.view.pk,
            "keep-as-macro": Message.objects.filter(ticket=side.ticket, author="agent", public=True).first().pk,
            **dict.fromkeys(("use-macro", "api-macros"), Macro.objects.get().pk),
            **dict.fromkeys(("api-rules", *(f"api-rules-{end}" for end in RULE_CALLS)), Rule.objects.get().pk),
            **dict.fromkeys(("api-webhooks", *(f"api-webhooks-{end}" for end in HOOK_CALLS)), Webhook.objects.get().pk),
            "retry-delivery": WebhookDelivery.objects.get().pk,
            **dict.fromkeys(BANNER_PAGES, Banner.objects.get().pk), "split-off": side.message.pk,
            "undo-step": Event.objects.filter(ticket=side.ticket).latest("pk").pk,
            **dict.fromkeys(
                ("problem", "save-problem", "fix-problem", "close-problem", "reopen-problem"), Problem.objects.get().pk
            ),
            "figures-close-alert": Alert.objects.get().pk, "figures-drop-goal": Goal.objects.get().pk,
            "figures-drop-report": Report.objects.get().pk,
            **dict.fromkeys(ARCHIVE_PAGES, ArchiveJob.objects.get().pk),
        },
        "uuid": {
            "draft-file": side.draft_file.uuid, "remove-draft-file": side.draft_file.uuid,
            "request-status-file": side.attachment.uuid,
            "help-image": ArticleImage.objects.get().uuid,
            "attachment": side.attachment.uuid, "api-attachment": side.attachment.uuid,
            "api-inbound": side.inbound.uuid, "raw-inbound": side.inbound.uuid, "retry-inbound": side.inbound.uuid,
        },
        "key": {"api-shops": "main", "api-reasons": "late", "api-calendars": "hours", "api-calendars-due": "hours",
                "api-calendars-elapsed": "hours", "api-calendars-now": "hours",
                **dict.fromkeys(("api-sla-policies", "edit-sla", "save-sla", "delete-sla"), "all"),
                **dict.fromkeys((f"{verb}-{what}" for verb in ("edit", "save") for what in MADE_HERE), "new"),
                **dict.fromkeys(("toggle-rule", "restore-rule", "delete-rule"), str(Rule.objects.get().pk)),
                "archive-macro": str(Macro.objects.get().pk), "delete-webhook": str(Webhook.objects.get().pk),
                "account_reset_password_from_key": "abc-def"},
        "given": {"": side.given.pk},
        "person": {"": side.agent.pk},
        "team": {"": side.team.pk},
        "channel": {
            "": side.ticket.channel_id, "hook": side.ticket.channel.uuid,
            **dict.fromkeys(CHAT_PAGES, Channel.objects.get(kind="chat").pk),
        },
        "uidb36": {"": "1"},
        "token": {"": "x" * 32, "request-status": signing.dumps(str(side.inbound.uuid), salt="contact.status"),
                  **dict.fromkeys(ORDER_PAGES, passes.for_order(side.order)),
                  "revoke-token": ApiToken.objects.order_by("pk")[0].pk},
        "shop": {"": "main", **dict.fromkeys(("edit-shop", "save-shop"), side.ticket.shop_id)},
        "kind": {"": "nps", "api-draft": "reply"},
        "part": {"": "learn"},
        "language": {"": "fr"},
        "sheet": {"": "reasons"},
        "slug": {"": "comment-retourner-un-article", "api-kpi-tickets": "backlog",
                 **dict.fromkeys(("figure", "figure-csv", "figure-json", "figure-svg"), "backlog")},
        "topic": {"": "returns"},
        "sku": {"": "K2"},
        "question": {"": "limits"},
    }  # fmt: skip
