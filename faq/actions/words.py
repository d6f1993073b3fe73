"""Words that a search treats as one."""

from collections.abc import Sequence
from itertools import chain

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Shop
from faq import spelling
from faq.models import Synonyms
from faq.search import MOST_LETTERS, words_of
from helpdesk.lib.refused import Refused


@transaction.atomic
def set_synonyms(shop: Shop, language: str, groups: Sequence[str]) -> None:
    """Replace a language's synonyms: each group is a line such as "colis, paquet". Refused for a group of one."""
    lines = [(line, words_of(line)) for line in groups if line.strip()]
    for line, words in lines:
        if len(set(words)) < 2:
            raise Refused("synonyms", _("“%(line)s”: at least two words.") % {"line": line.strip()[:MOST_LETTERS]})
    Synonyms.objects.filter(shop=shop, language=language).delete()
    Synonyms.objects.bulk_create(Synonyms(shop=shop, language=language, words=words) for _line, words in lines)
    spelling.learn(shop, language, chain.from_iterable(words for _line, words in lines))
