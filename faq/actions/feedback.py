"""What readers say: helpful or not, "this answered my question", and what they searched for."""

import uuid
from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts.models import Shop
from faq.models import Article, ArticleFeedback, ArticleTranslation, SearchQuery, SelfServiceEntry

Kind = SelfServiceEntry.Kind
SAME_QUESTION = timedelta(hours=72)


@transaction.atomic
def vote(
    translation: ArticleTranslation,
    *,
    visitor: uuid.UUID,
    helpful: bool,
    reason: str = "",
    comment: str = "",
) -> ArticleFeedback:
    """One vote per reader and article: a second one replaces the first. Why is kept for votes against only."""
    article = Article.objects.select_for_update().get(pk=translation.article_id)
    before = ArticleFeedback.objects.filter(translation=translation, visitor=visitor).first()
    if before is None or before.helpful != helpful:
        article.helpful += helpful - (before is not None and before.helpful)
        article.unhelpful += (not helpful) - (before is not None and not before.helpful)
        article.save(update_fields=["helpful", "unhelpful"])
        article.translations.update(usefulness=article.usefulness)
    values = {
        "helpful": helpful,
        "reason": "" if helpful else reason,
        "comment": "" if helpful else comment.strip()[:1000],
        "at": timezone.now(),
    }
    return ArticleFeedback.objects.update_or_create(translation=translation, visitor=visitor, defaults=values)[0]


@transaction.atomic
def solved(article: Article, *, visitor: uuid.UUID, customer_id: int | None = None) -> SelfServiceEntry:
    """The reader says that this article answered their question: one confirmed entry per reader and article."""
    entry, is_new = SelfServiceEntry.objects.get_or_create(
        article=article,
        visitor=visitor,
        defaults={"shop_id": article.shop_id, "kind": Kind.ARTICLE_SOLVED, "customer_id": customer_id},
    )
    if is_new:
        counted = Article.objects.select_for_update().get(pk=article.pk)
        counted.solved += 1
        counted.save(update_fields=["solved"])
        counted.translations.update(usefulness=counted.usefulness)
    return entry


def recognise(visitor: uuid.UUID, *, customer_id: int) -> None:
    """This reader turns out to be that customer: what they settled within the last 72 hours is theirs (KPIS 4.17)."""
    recent = SelfServiceEntry.objects.filter(visitor=visitor, customer=None, at__gte=timezone.now() - SAME_QUESTION)
    recent.update(customer_id=customer_id)


def note_search(shop: Shop, language: str, text: str, *, found: int) -> None:
    """Count a search: what is often asked and finds nothing wants an article (S127)."""
    text = " ".join(text.lower().replace("\0", "").split())[:100]
    if len(text) < 2:
        return
    row, is_new = SearchQuery.objects.get_or_create(shop=shop, language=language, text=text, defaults={"found": found})
    if not is_new:
        SearchQuery.objects.filter(pk=row.pk).update(times=F("times") + 1, found=found, last_at=timezone.now())
