"""Every change of the help centre, one verb each."""

from faq.actions.announce import announce, withdraw_banner
from faq.actions.feedback import note_search, recognise, solved, vote
from faq.actions.furnish import furnish
from faq.actions.pictures import add_image, wear
from faq.actions.words import set_synonyms
from faq.actions.writing import (
    Text,
    create_article,
    delete_article,
    file_article,
    publish,
    restore,
    save_draft,
    withdraw,
)

__all__ = [
    "Text",
    "add_image",
    "announce",
    "create_article",
    "delete_article",
    "file_article",
    "furnish",
    "note_search",
    "publish",
    "recognise",
    "restore",
    "save_draft",
    "set_synonyms",
    "solved",
    "vote",
    "wear",
    "withdraw",
    "withdraw_banner",
]
