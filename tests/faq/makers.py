"""Articles for tests, made by the real actions."""

from accounts.models import Shop, User
from faq import actions
from faq.actions import Text
from faq.models import Article, ArticleTranslation
from tests import factories as make

RETURN = Text("Comment retourner un article ?", "Vous avez 30 jours.", "## Les étapes\n\nOuvrez votre commande.")


def help_centre(**fields: object) -> Shop:
    """The shop main with its five themes."""
    shop = make.shop(**fields)
    actions.furnish(shop)
    return shop


def article(
    text: Text | str = RETURN,
    *,
    shop: Shop | None = None,
    language: str = "fr",
    topic: str = "returns",
    by: User | None = None,
    published: bool = True,
    **fields: object,
) -> Article:
    """An article of one language, published unless told otherwise."""
    shop = shop or help_centre()
    text = Text(text, "", "") if isinstance(text, str) else text
    made = actions.create_article(
        shop, text, by=by, language=language, category=shop.categories.get(slug=topic), **fields
    )
    if published:
        actions.publish(made.translations.get())
    return made


def translate(article: Article, language: str, text: Text, *, published: bool = True) -> ArticleTranslation:
    actions.save_draft(article, language, text, by=None)
    translation = article.translations.get(language=language)
    return actions.publish(translation) if published else translation
