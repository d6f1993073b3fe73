"""What editors do: create, save, publish, withdraw, restore, file."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.contrib.postgres.search import SearchVector
from django.db import transaction
from django.db.models import Value
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.models import Shop, User
from faq import markdown, search, spelling
from faq.models import Article, ArticleImage, ArticleTranslation, ArticleVersion, Category, State
from faq.models.article import BODY, SUMMARY, TITLE
from helpdesk.lib.refused import Refused

_UNSHOWN = str.maketrans("", "", search.START + search.END + "\0")


@dataclass(frozen=True)
class Text:
    """The words of an article in one language; `body` is Markdown."""

    title: str
    summary: str = ""
    body: str = ""

    def cleaned(self) -> "Text":
        """Without what no reader sees. Refused when the title is missing or a part is too long."""
        title = " ".join(self.title.translate(_UNSHOWN).split())
        summary = " ".join(self.summary.translate(_UNSHOWN).split())
        body = self.body.translate(_UNSHOWN).replace("\r\n", "\n").strip()
        if not title:
            raise Refused("title", _("An article needs a title."))
        for field, value, most in (("title", title, TITLE), ("summary", summary, SUMMARY), ("body", body, BODY)):
            if len(value) > most:
                raise Refused(field, _("At most %(most)s characters.") % {"most": most})
        return Text(title, summary, body)


@transaction.atomic
def create_article(
    shop: Shop,
    text: Text,
    *,
    by: User | None,
    language: str = "",
    category: Category | None = None,
    skus: Sequence[str] = (),
    reason: str = "",
    source_tickets: Sequence[int] = (),
) -> Article:
    """A new article with its first draft. `reason` and `source_tickets` say which question asked for it (S37).

    Refused (field "title", "summary", "body", "language" or "category") when something does not fit.
    """
    _of_this_shop(shop, category)
    article = Article.objects.create(
        shop=shop, category=category, author=by, skus=_skus(skus), reason=reason, source_tickets=list(source_tickets)
    )
    save_draft(article, language or shop.default_language, text, by=by)
    return article


@transaction.atomic
def save_draft(
    article: Article, language: str, text: Text, *, by: User | None, note: str = "", minor: bool = False
) -> ArticleVersion:
    """Keep the words as a new version; readers see them after `publish`. The same words again make no version.

    A change of the shop's first language marks the other translations as out of date, unless it is `minor`.
    Refused as in create_article.
    """
    text = text.cleaned()
    if language not in article.shop.languages:
        raise Refused("language", _("The shop does not speak this language."))
    translation = _translation(article, language, text)
    newest = translation.versions.first()
    if newest is not None and (newest.title, newest.summary, newest.body) == (text.title, text.summary, text.body):
        return newest
    number = translation.newest_version + 1
    version = ArticleVersion.objects.create(
        translation=translation, number=number, title=text.title, summary=text.summary, body=text.body,
        note=note[:200], by=by,
    )  # fmt: skip
    translation.newest_version, translation.is_outdated = number, False
    translation.updated_at, translation.updated_by = version.at, by
    if not translation.is_published:
        _put(translation, version)
    translation.save()
    if language == article.shop.default_language and newest is not None and not minor:
        article.translations.exclude(pk=translation.pk).update(is_outdated=True)
    return version


@transaction.atomic
def publish(translation: ArticleTranslation, *, review_at: date | None = None) -> ArticleTranslation:
    """Show the newest version to everybody. Refused (field "category") for an article without a theme."""
    translation = _locked(translation)
    if translation.article.category_id is None:
        raise Refused("category", _("Choose a theme before publishing."))
    _put(translation, translation.versions.get(number=translation.newest_version))
    translation.live_version, translation.state = translation.newest_version, State.PUBLISHED
    translation.published_at = translation.published_at or timezone.now()
    translation.save()
    _index(translation)
    if review_at is not None:
        translation.article.review_at = review_at
        translation.article.save(update_fields=["review_at"])
    return translation


@transaction.atomic
def withdraw(translation: ArticleTranslation) -> ArticleTranslation:
    """Hide it from readers; its words and versions stay."""
    translation = _locked(translation)
    translation.state, translation.search = State.DRAFT, None
    translation.save()
    return translation


@transaction.atomic
def restore(translation: ArticleTranslation, number: int, *, by: User | None) -> ArticleVersion:
    """Save the words of an earlier version as the newest. ArticleVersion.DoesNotExist for a number that is none."""
    old = translation.versions.get(number=number)
    note = _("Version %(number)s restored") % {"number": number}
    return save_draft(
        translation.article, translation.language, Text(old.title, old.summary, old.body), by=by, note=note
    )


@transaction.atomic
def file_article(
    article: Article,
    *,
    category: Category | None,
    skus: Sequence[str] = (),
    related: Sequence[Article] = (),
    review_at: date | None = None,
    reason: str | None = None,
) -> Article:
    """Where an article stands, which products and articles it belongs to, when it must be read again.

    `reason` is the key of the contact reason that it answers; None leaves it.

    Refused (field "category" or "related") for something of another shop, or no theme for a published article.
    """
    _of_this_shop(article.shop, category)
    if category is None and article.translations.published().exists():
        raise Refused("category", _("A published article needs a theme."))
    if any(other.shop_id != article.shop_id or other.pk == article.pk for other in related):
        raise Refused("related", _("Only other articles of this shop."))
    article.category, article.skus, article.review_at = category, _skus(skus), review_at
    article.reason = article.reason if reason is None else reason
    article.save()
    article.related.set(related)
    return article


@transaction.atomic
def delete_article(article: Article) -> None:
    """For good, with its translations, versions and votes; its self-service entries stay in the figures."""
    article.delete()


def _translation(article: Article, language: str, text: Text) -> ArticleTranslation:
    """The translation in this language, locked; made with the first words."""
    found = ArticleTranslation.objects.select_for_update().filter(article=article, language=language).first()
    return found or ArticleTranslation.objects.create(
        article=article,
        shop=article.shop,
        language=language,
        slug=_slug(text.title),
        title=text.title,
        usefulness=article.usefulness,
    )


def _locked(translation: ArticleTranslation) -> ArticleTranslation:
    rows = ArticleTranslation.objects.select_for_update(of=("self",)).select_related("article", "shop")
    return rows.get(pk=translation.pk)


def _put(translation: ArticleTranslation, version: ArticleVersion) -> None:
    translation.title, translation.summary, translation.body = version.title, version.summary, version.body
    translation.slug = _slug(version.title)
    translation.html = markdown.to_html(version.body, image_sizes(translation.shop, version.body))


def image_sizes(shop: Shop, body: str) -> markdown.Sizes:
    """Width and height of the shop's own images that a text shows."""
    named = markdown.images_in(body)
    images = ArticleImage.objects.filter(shop=shop, uuid__in=named) if named else ()
    return {str(image.uuid): (image.width, image.height) for image in images}


def _index(translation: ArticleTranslation) -> None:
    """What a search sees: the title counts most, then the short answer, then the text."""
    config = search.config_of(translation.language)
    words = markdown.to_text(translation.html)
    parts = ((translation.title, "A"), (translation.summary, "B"), (words, "C"))
    vectors = [SearchVector(Value(text), config=config, weight=weight) for text, weight in parts]
    rows = ArticleTranslation.objects.filter(pk=translation.pk)
    rows.update(search=vectors[0] + vectors[1] + vectors[2])
    everything = f"{translation.title} {translation.summary} {words}"
    spelling.learn(translation.shop, translation.language, search.WORD.findall(everything))


def _slug(title: str) -> str:
    return slugify(title)[:80].strip("-") or "article"


def _skus(skus: Sequence[str]) -> list[str]:
    wanted = dict.fromkeys(sku.strip() for sku in skus if sku.strip())
    if any(len(sku) > 80 for sku in wanted) or len(wanted) > 100:
        raise Refused("skus", _("At most 100 products, each of at most 80 characters."))
    return list(wanted)


def _of_this_shop(shop: Shop, category: Category | None) -> None:
    if category is not None and category.shop_id != shop.pk:
        raise Refused("category", _("This theme belongs to another shop."))
