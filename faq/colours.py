"""Colours of a theme: whether they can be read."""

READABLE = 4.5  # WCAG 2.2 AA, small text
PAPER, PAPER_DARK = "#f3f1ed", "#24282d"  # the least favourable surfaces that links stand on


def contrast(one: str, other: str) -> float:
    """The WCAG contrast ratio of two colours such as "#0f6b5c": 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
