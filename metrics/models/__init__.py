"""What is stored to count with: facts read from timelines, and what a manager may set about figures."""

from metrics.models.dirty import DirtyTicket
from metrics.models.facts import OpenSpan, TicketFacts, WaitFact, Why
from metrics.models.settings import FigureSettings, LevelSetting

__all__ = ["DirtyTicket", "FigureSettings", "LevelSetting", "OpenSpan", "TicketFacts", "WaitFact", "Why"]
