"""From what one customer asked to what all of them can read (S37)."""

from accounts.models import User
from faq import actions
from faq.actions import Text
from faq.models import Article
from faq.models.article import BODY, TITLE
from tickets.models import Message, Ticket

MOST_REASON = 120  # letters that an article keeps of a reason's key


def begin_article(ticket: Ticket, *, by: User) -> Article:
    """A draft that carries the question, our last answer, the reason and the ticket; in its language if the shop's."""
    answer = Message.objects.filter(ticket__in=ticket.family()).replies().order_by("-at", "-pk").first()
    title = " ".join(ticket.subject.split())[:TITLE] or f"#{ticket.pk}"
    language = ticket.language if ticket.language in ticket.shop.languages else ""
    return actions.create_article(
        ticket.shop,
        Text(title, body=answer.visible_text[:BODY] if answer else ""),
        by=by,
        language=language,
        reason=ticket.reason.key[:MOST_REASON] if ticket.reason else "",
        source_tickets=[ticket.pk],
    )
