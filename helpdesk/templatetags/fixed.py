"""{% fixed %}…{% endfixed %}: markup that is the same for everybody, rendered once per language.

Its body knows no variable but those given by name, so nobody's data can stay in it for somebody else:
`{% fixed page=request.resolver_match.url_name %}<a href="{% url "outbox" %}"{% if page == "outbox" %} …{% endfixed %}`

It is rendered again for each value of these. What differs on every page stands behind `with` and is filled in each
time; the body may print it or hand it on (`{{ query }}`, `{% url "take" number %}`, `{% csrf_token %}`), no more:
`{% fixed mine=mine with number=ticket.pk %}<form action="{% url "take" number %}">…{% endfixed %}`
"""

import re
import secrets
from html import escape
from typing import Any

from django import template
from django.template.base import FilterExpression, NodeList, Parser, Token, token_kwargs
from django.utils.safestring import SafeString
from django.utils.translation import get_language

register = template.Library()

MOST, LONGEST = 500, 50_000  # renderings kept of one block, and their characters


class FixedNode(template.Node):
    def __init__(
        self, nodelist: NodeList, given: dict[str, FilterExpression], filled: dict[str, FilterExpression]
    ) -> None:
        self.nodelist = nodelist
        self.given = given
        self.filled = filled
        # A number that nobody can guess stands for what is filled in: it passes through a URL's converter.
        self.stand_ins = {name: SafeString(secrets.randbelow(10**18) + 10**18) for name in filled}
        self.rendered: dict[tuple[object, ...], list[str]] = {}

    def render(self, context: template.Context) -> SafeString:
        values = {name: value.resolve(context) for name, value in self.given.items()}
        # A marked string equals its unmarked twin, 1 equals True: the types tell them apart.
        key = (get_language(), *values.values(), *map(type, values.values()))
        pieces = self.rendered.get(key) or self._written(values, key, context)
        if len(pieces) == 1:
            return SafeString(pieces[0])
        now: dict[str, str] = {
            self.stand_ins[name]: _shown(value.resolve(context)) for name, value in self.filled.items()
        }
        return SafeString("".join([now.get(piece, piece) for piece in pieces]))

    def _written(self, values: dict[str, Any], key: tuple[object, ...], context: template.Context) -> list[str]:
        """The text cut at its stand-ins, which are pieces too."""
        alone = template.Context(values | self.stand_ins)
        alone.template = context.template
        text = self.nodelist.render(alone)
        pieces = re.split(f"({'|'.join(self.stand_ins.values())})", text) if self.stand_ins else [text]
        if len(self.rendered) >= MOST:
            self.rendered.clear()
        if len(text) <= LONGEST:
            self.rendered[key] = pieces
        return pieces


def _shown(value: Any) -> str:
    """As `conditional_escape`, at a third of its price."""
    return value.__html__() if hasattr(value, "__html__") else escape(str(value))


@register.tag
def fixed(parser: Parser, token: Token) -> FixedNode:
    """Arguments must be hashable values, but for those behind `with`."""
    bits = token.split_contents()[1:]
    given, filled = token_kwargs(bits, parser), {}
    if bits[:1] == ["with"]:
        del bits[0]
        filled = token_kwargs(bits, parser)
    if bits:
        raise template.TemplateSyntaxError(f"fixed: expected name=value, found “{bits[0]}”.")
    nodelist = parser.parse(("endfixed",))
    parser.delete_first_token()
    return FixedNode(nodelist, given, filled)
