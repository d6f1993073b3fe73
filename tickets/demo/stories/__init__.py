"""Every story of the demo, by language."""

from tickets.demo.stories import (
    english_after,
    english_before,
    french_after,
    french_before,
    french_delivery,
    french_money,
)

FRENCH = (*french_delivery.STORIES, *french_after.STORIES, *french_money.STORIES, *french_before.STORIES)
ENGLISH = (*english_after.STORIES, *english_before.STORIES)
