"""The reply coach: reads an answer before it leaves and says what a good colleague would say (S73-S77, S91, S144).

Rule-based, local, French and English. It hints; only a shop that wants it to may let it block.
"""

from tickets.coach.hints import Hint, Kind, Situation
from tickets.coach.review import blocking, review

__all__ = ["Hint", "Kind", "Situation", "blocking", "review"]
