"""What editors do: versions, publishing, translations that fall behind, themes."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from faq import actions, differences
from faq.actions import Text
from faq.models import Article, ArticleTranslation, ArticleVersion, Banner, Category, SelfServiceEntry
from helpdesk.lib.refused import Refused
from tests import factories as make
from tests.faq import makers

pytestmark = pytest.mark.django_db


def test_every_save_is_a_version_and_readers_see_the_published_one():
    article = makers.article(Text("Un", "", "premier"))
    actions.save_draft(article, "fr", Text("Un", "", "second"), by=None)
    translation = article.translations.get()
    assert (translation.body, translation.has_unpublished_changes) == ("premier", True)
    assert list(translation.versions.values_list("number", "body")) == [(2, "second"), (1, "premier")]
    actions.publish(translation)
    translation.refresh_from_db()
    assert (translation.html.strip(), translation.has_unpublished_changes) == ("<p>second</p>", False)


def test_the_same_words_again_are_no_version():
    article = makers.article(Text("Un", "", "premier"))
    actions.save_draft(article, "fr", Text(" Un ", "", "premier\r\n"), by=None)
    assert ArticleVersion.objects.count() == 1


def test_an_earlier_version_comes_back_as_a_draft():
    article = makers.article(Text("Un", "", "premier"))
    actions.save_draft(article, "fr", Text("Deux", "", "second"), by=None)
    actions.publish(article.translations.get())
    actions.restore(article.translations.get(), 1, by=None)
    translation = article.translations.get()
    assert (translation.title, translation.newest_version, translation.live_version) == ("Deux", 3, 2)
    assert translation.versions.first().title == "Un"


def test_a_translation_falls_behind_when_the_original_changes():
    article = makers.article(Text("Un", "", "premier"))
    makers.translate(article, "en", Text("One", "", "first"))
    actions.save_draft(article, "fr", Text("Un", "", "premier."), by=None, minor=True)
    assert not article.translations.get(language="en").is_outdated
    actions.save_draft(article, "fr", Text("Un", "", "second"), by=None)
    assert article.translations.get(language="en").is_outdated
    actions.save_draft(article, "en", Text("One", "", "second"), by=None)
    assert not article.translations.get(language="en").is_outdated


@pytest.mark.parametrize(
    ("text", "field"),
    [
        (Text("  "), "title"),
        (Text("\ue000\0"), "title"),
        (Text("x" * 161), "title"),
        (Text("x", "y" * 401), "summary"),
        (Text("x", "", "z" * 100_001), "body"),
    ],
)
def test_words_that_do_not_fit_are_refused(text: Text, field: str):
    shop = makers.help_centre()
    with pytest.raises(Refused) as refusal:
        actions.create_article(shop, text, by=None)
    assert (refusal.value.field, Article.objects.count()) == (field, 0)


def test_an_article_needs_a_theme_of_its_shop_to_be_published():
    shop = makers.help_centre()
    article = actions.create_article(shop, Text("Un"), by=None)
    with pytest.raises(Refused, match="category"):
        actions.publish(article.translations.get())
    other = make.shop("other")
    actions.furnish(other)
    with pytest.raises(Refused, match="category"):
        actions.file_article(article, category=other.categories.first())
    with pytest.raises(Refused, match="language"):
        actions.save_draft(article, "de", Text("Eins"), by=None)


def test_a_draft_may_carry_what_asked_for_it():
    article = actions.create_article(
        makers.help_centre(), Text("Retard"), by=None, reason="late-carrier", source_tickets=[1042, 1043]
    )
    article.refresh_from_db()
    assert (article.reason, article.source_tickets) == ("late-carrier", [1042, 1043])


def test_five_themes_on_install_and_no_sixth_the_second_time():
    shop = make.shop()
    assert [actions.furnish(shop), actions.furnish(shop)] == [True, False]
    names = [(one.slug, one.name_in("fr"), one.name_in("en")) for one in Category.objects.all()]
    assert names == [
        ("billing", "Facturation", "Billing"),
        ("orders", "Commandes en cours", "Orders in progress"),
        ("shipping", "Livraison", "Shipping"),
        ("returns", "Retours et échanges", "Returns and exchanges"),
        ("account", "Compte", "Account"),
    ]


def test_overdue_reviews():
    late, early = makers.article("Un"), makers.article("Deux")
    today = timezone.localdate()
    actions.publish(late.translations.get(), review_at=today)
    actions.publish(early.translations.get(), review_at=today + timedelta(days=1))
    assert [row.title for row in ArticleTranslation.objects.all().review_overdue()] == ["Un"]


def test_banners_show_between_their_dates_only():
    shop, now = make.shop(), timezone.now()
    hour = timedelta(hours=1)
    past = {"starts_at": now - 2 * hour, "ends_at": now - hour}
    for title, dates in (
        ("past", past),
        ("now", {"starts_at": now - hour, "ends_at": now + hour}),
        ("always", {"starts_at": now - hour}),
        ("soon", {"starts_at": now + hour}),
    ):
        actions.announce(shop, titles={"en": title}, texts={}, **dates)
    assert {banner.titles["en"] for banner in Banner.objects.all().shown(now)} == {"now", "always"}
    with pytest.raises(Refused, match="ends_at"):
        actions.announce(shop, titles={"en": "x"}, texts={}, starts_at=now, ends_at=now)


def test_deleting_an_article_leaves_the_figures_alone():
    article = makers.article()
    entry = actions.solved(article, visitor="6f1e4d1c-5d39-4a9f-9f31-6c8a0a3f3a11")
    actions.delete_article(article)
    assert list(SelfServiceEntry.objects.values_list("pk", "article")) == [(entry.pk, None)]


def test_the_database_refuses_a_published_article_without_a_date():
    translation = makers.article(published=False).translations.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        ArticleTranslation.objects.filter(pk=translation.pk).update(state="published")


def test_differences_line_by_line():
    assert [(line.kind, line.text) for line in differences.compare("a\nb\nc\n", "a\nx\nc\n")] == [
        ("same", "a"),
        ("gone", "b"),
        ("new", "x"),
        ("same", "c"),
    ]


def test_synonyms_need_two_words():
    shop = make.shop()
    with pytest.raises(Refused, match="synonyms"):
        actions.set_synonyms(shop, "fr", ["colis, paquet", "seul"])
    actions.set_synonyms(shop, "fr", ["Colis, PAQUET", "", "l'avoir; bon"])
    assert [row.words for row in shop.synonyms_set.all()] == [["colis", "paquet"], ["l", "avoir", "bon"]]
