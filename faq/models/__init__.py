"""The help centre: what shoppers read, what they asked for, and whether it answered them."""

from faq.models.article import Article, ArticleImage, ArticleTranslation, ArticleVersion, Category, State
from faq.models.centre import Banner, HelpCentre
from faq.models.feedback import ArticleFeedback, SelfServiceEntry
from faq.models.links import LinkFault
from faq.models.notices import Notice, NoticeLetter
from faq.models.words import SearchQuery, Synonyms, Word

__all__ = [
    "Article",
    "ArticleFeedback",
    "ArticleImage",
    "ArticleTranslation",
    "ArticleVersion",
    "Banner",
    "Category",
    "HelpCentre",
    "LinkFault",
    "Notice",
    "NoticeLetter",
    "SearchQuery",
    "SelfServiceEntry",
    "State",
    "Synonyms",
    "Word",
]
