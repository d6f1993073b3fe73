"""Templates are indented for those who read them; what the browser gets holds none of it."""

import re

from django.template import Origin
from django.template.loaders import filesystem

# Also before what closes or branches: it stands under its opening, at the edge for the outermost one.
INDENTATION = re.compile(r"\n(?:[ \t]+|(?=</|\{% (?:end|el|empty %)))")


class Loader(filesystem.Loader):
    """Joins an indented line to the one before it, without a space between; a line at the edge begins a new one."""

    def get_contents(self, origin: Origin) -> str:
        text = super().get_contents(origin)
        return INDENTATION.sub("", text) if origin.name.endswith(".html") else text
