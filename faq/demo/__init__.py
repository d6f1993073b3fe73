"""The help centre of the demo shop: one Markdown file a theme and language, read by `fill`."""

from faq.demo.fill import fill

__all__ = ["fill"]
