"""{% fixed %}…{% endfixed %}: markup that is the same for everybody, rendered once per language.

Its body knows no variable but those given by name, so nobody's data can stay in it for somebody else:
`{% fixed page=request.resolver_match.url_name %}<a href="{% url "outbox" %}"{% if page == "outbox" %} …{% endfixed %}`
"""

from typing import Any

from django import template
from django.template.base import FilterExpression, NodeList, Parser, Token, token_kwargs
from django.utils.safestring import SafeString
from django.utils.translation import get_language

register = template.Library()

MOST = 500  # renderings kept of one block


class FixedNode(template.Node):
    def __init__(self, nodelist: NodeList, given: dict[str, FilterExpression]) -> None:
        self.nodelist = nodelist
        self.given = given
        self.rendered: dict[tuple[object, ...], SafeString] = {}

    def render(self, context: template.Context) -> SafeString:
        values = {name: value.resolve(context) for name, value in self.given.items()}
        # A marked string equals its unmarked twin, 1 equals True: the types tell them apart.
        key = (get_language(), *values.values(), *map(type, values.values()))
        if key not in self.rendered:
            if len(self.rendered) >= MOST:
                self.rendered.clear()
            self.rendered[key] = self._render(values, context)
        return self.rendered[key]

    def _render(self, values: dict[str, Any], context: template.Context) -> SafeString:
        alone = template.Context(values)
        alone.template = context.template
        return self.nodelist.render(alone)


@register.tag
def fixed(parser: Parser, token: Token) -> FixedNode:
    """Arguments must be hashable values."""
    bits = token.split_contents()[1:]
    given = token_kwargs(bits, parser)
    if bits:
        raise template.TemplateSyntaxError(f"fixed: expected name=value, found “{bits[0]}”.")
    nodelist = parser.parse(("endfixed",))
    parser.delete_first_token()
    return FixedNode(nodelist, given)
