"""Answers over the demo shop's solved tickets: most are content, some are not, and each says why."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import transaction

from accounts.models import Role, Shop, User
from surveys import follow_ups, invitations, responses, reviews
from surveys.models import (
    Category,
    Dissatisfaction,
    FollowUp,
    Kind,
    Outcome,
    Scorecard,
    Source,
    State,
    Survey,
    SurveyAnswer,
    SurveyPolicy,
    When,
)
from tickets.models import Event, EventKind, Message, Ticket
from tickets.states import State as TicketState

SEED = 20261122
ANSWERED = 0.5  # of those asked
REVIEWED = slice(4, 100, 8)  # of the newest replies, so that reviews lie some weeks back too
VALID = timedelta(days=30)
PUBLISHED_AGO = timedelta(days=75)
COPIED = (
    *("shop", "ticket", "customer", "agent", "message", "cause", "source", "channel_kind", "language"),
    *("state", "created_at", "sent_at", "expires_at"),
)
# (score, effort, what failed, words)
Opinion = tuple[int, int, str, str]
FRENCH: tuple[Opinion, ...] = (
    (5, 7, "", "Réponse rapide et claire, merci !"),
    (5, 6, "", "Très gentille et efficace, le colis de remplacement est arrivé en deux jours."),
    (5, 7, "", ""),
    (4, 6, "", "Bien, mais j'aurais aimé trouver les dimensions sur la page du produit."),
    (5, 7, "", "On sent qu'il y a une vraie personne derrière. Parfait."),
    (4, 5, "", ""),
    (5, 6, "", "Remboursée sans discuter, c'est rare."),
    (3, 4, Dissatisfaction.WAIT, "Réglé, mais il a fallu relancer une fois."),
    (5, 7, "", "Merci pour votre patience !"),
    (2, 2, Dissatisfaction.DELIVERY, "Le transporteur a menti sur le passage, et j'ai attendu six jours de plus."),
    (4, 6, "", "Réponse complète. Le délai était correct."),
    (5, 7, "", "Impeccable du début à la fin."),
    (1, 1, Dissatisfaction.RULES, "Retour refusé pour un jour de retard alors que la poste était en grève."),
    (5, 6, "", "Explications très claires pour le montage."),
    (4, 5, Dissatisfaction.PRODUCT, "Service au top, le produit un peu moins."),
)
ENGLISH: tuple[Opinion, ...] = (
    (5, 7, "", "Quick, friendly, sorted. Thank you!"),
    (5, 7, "", ""),
    (4, 6, "", "Good answer, though I had to look for the size guide myself."),
    (5, 6, "", "The replacement came before I had even sent the first one back."),
    (3, 3, Dissatisfaction.WAIT, "It took three e-mails to be understood."),
    (5, 7, "", "A real person who reads what I write. More of that."),
    (2, 2, Dissatisfaction.PRODUCT, "Second lamp with the same crack. I have lost faith in it."),
    (4, 6, "", "Helpful and honest about the delay."),
)
VERDICTS = (
    "Réponse complète du premier coup, et la promesse est tenue.",
    "Bon ton. Le délai aurait pu être annoncé plus tôt.",
    "Juste, mais la procédure de retour manque.",
    "",
)
CARD = (
    ("Réponse juste", "Ce qui est dit est exact et complet.", 30, True),
    ("Écoute", "La réponse part de ce que le client a écrit.", 20, False),
    ("Clarté", "Une idée par paragraphe, les étapes dans l'ordre.", 20, False),
    ("Ton de la maison", "Chaleureux, sans formule creuse.", 15, False),
    ("Classement", "Motif, étiquettes et équipe sont bons.", 15, False),
)


@transaction.atomic
def seed(now: datetime) -> int:
    """Policies, answers, follow-ups and reviews for the demo shop. Returns how many answers; 0 when they are there."""
    shop = Shop.objects.get(key="main")
    if SurveyPolicy.objects.filter(shop=shop).exists():
        return 0
    rng = random.Random(SEED)  # noqa: S311  (a story, not a secret)
    _policies(shop, now)
    asked = [_ask(ticket, at) for ticket, at in _settled(shop)]
    answered = sum(_answer(survey, rng, now) for survey in rng.sample(asked, round(ANSWERED * len(asked))))
    _close_old_follow_ups(now)
    _review_some(shop, rng, now)
    return answered


def _policies(shop: Shop, now: datetime) -> None:
    rows = {
        Kind.CSAT: {"active": True, "active_since": now, "when": When.SOLVED},
        Kind.CES: {"active": True, "active_since": now, "when": When.WITH_CSAT},
        Kind.NPS: {"when": When.SOLVED, "cool_down_days": 90},
        Kind.POST_PURCHASE: {"when": When.ORDER, "delay": 14 * 86_400},
    }
    for kind, fields in rows.items():
        SurveyPolicy.objects.create(shop=shop, kind=kind, **fields)


def _settled(shop: Shop) -> Iterator[tuple[Ticket, datetime]]:
    """Solved tickets that a customer opened and a colleague answered, each with the instant of its solve."""
    tickets = Ticket.objects.filter(shop=shop, opened_by_customer=True, spam=False, solved_at__isnull=False)
    for ticket in tickets.select_related("customer", "shop", "assignee").order_by("pk"):
        if ticket.solved_at:
            yield ticket, ticket.solved_at


def _ask(ticket: Ticket, solved_at: datetime) -> Survey:
    agent, message = invitations.credited(ticket)
    sent_at = solved_at + timedelta(seconds=20)
    return Survey.objects.create(
        shop=ticket.shop,
        kind=Kind.CSAT,
        source=Source.INVITATION,
        ticket=ticket,
        customer=ticket.customer,
        agent=agent,
        message=message,
        cause=ticket.events.filter(kind=EventKind.STATE, data__to=TicketState.SOLVED).order_by("-at").first(),
        channel_kind=ticket.channel_kind,
        language=ticket.language,
        state=State.SENT,
        created_at=solved_at,
        sent_at=sent_at,
        expires_at=sent_at + VALID,
    )


def _answer(survey: Survey, rng: random.Random, now: datetime) -> int:
    sent_at = survey.sent_at
    assert sent_at is not None
    at = sent_at + timedelta(minutes=rng.randrange(4, 2800))
    if at >= now:
        return 0
    score, effort, failed, words = rng.choice(FRENCH if survey.language == "fr" else ENGLISH)
    _store(survey, score, words, failed, at)
    copied = {name: getattr(survey, name) for name in COPIED}
    companion = Survey.objects.create(kind=Kind.CES, asked_with=survey, **copied)
    if rng.random() < 0.7:
        _store(companion, effort, "", "", at)
    return 1


def _store(survey: Survey, score: int, words: str, failed: str, at: datetime) -> None:
    """What responses.answer writes, at an instant in the past."""
    survey.score, survey.comment, survey.dissatisfaction, survey.answered_at = score, words, failed, at
    survey.save()
    SurveyAnswer.objects.create(survey=survey, at=at, score=score, comment=words, dissatisfaction=failed)
    assert survey.ticket is not None
    data = {"survey": survey.kind, "score": score, "most": survey.scale[1], "comment": words}
    actor = Event.Actor.CUSTOMER
    Event.objects.create(ticket=survey.ticket, kind=EventKind.RATED, at=at, actor=actor, data=data, reacted_at=at)
    if score <= responses.LOW[Kind(survey.kind)]:
        follow_ups.open_for(survey, at=at)


def _close_old_follow_ups(now: datetime) -> None:
    """What fell due more than three days ago has been dealt with."""
    endings = ((Outcome.PUT_RIGHT, "Rappelé par téléphone, colis renvoyé en express."), (Outcome.EXPLAINED, "Appelée."))
    rows = FollowUp.objects.filter(due_at__lt=now - timedelta(days=3), owner__isnull=False).order_by("pk")
    for number, row in enumerate(rows):
        row.outcome, row.words = endings[number % len(endings)]
        row.closed_at, row.closed_by = row.due_at - timedelta(hours=1), row.owner
        row.save()


def _review_some(shop: Shop, rng: random.Random, now: datetime) -> None:
    """A published scorecard, and a few reviews by two leads."""
    managers = User.objects.filter(role__in=[Role.LEAD, Role.MANAGER]).order_by("pk")[:2]
    if len(managers) < 2:
        return
    card = Scorecard.objects.create(name="Une bonne réponse")
    draft = reviews.draft_of(card)
    for position, (name, words, weight, critical) in enumerate(CARD):
        fields = {"position": position, "name": name, "help": words, "weight": weight, "critical": critical}
        Category.objects.create(version=draft, **fields)
    version = reviews.publish(card, by=managers[1])
    version.published_at = now - PUBLISHED_AGO
    version.save(update_fields=["published_at"])
    answers = Message.objects.filter(ticket__shop=shop, ticket__solved_at__isnull=False).replies()
    answers = answers.exclude(user__in=managers)
    for number, message in enumerate(answers.select_related("ticket", "user").order_by("-at")[REVIEWED]):
        for reviewer in managers if number % 4 == 0 else managers[:1]:
            values = {one.pk: rng.choice((2, 3, 3, 4, 4, 4)) for one in version.categories.all()}
            assert message.user is not None
            said = VERDICTS[number % len(VERDICTS)]
            made = reviews.review(
                message.ticket, agent=message.user, by=reviewer, version=version, values=values, comment=said
            )
            made.at = min(now, message.at + timedelta(hours=26))
            made.save(update_fields=["at"])
