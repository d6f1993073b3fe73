"""Addresses that somebody else wrote."""

from urllib.parse import SplitResult, urlsplit

NOTHING = SplitResult("", "", "", "", "")


def parts(url: str) -> SplitResult:
    """As `urlsplit`, but what no browser could open ("http://[x") has no parts instead of raising ValueError."""
    try:
        return urlsplit(url)
    except ValueError:
        return NOTHING
