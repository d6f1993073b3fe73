"""What is stored to count with: facts read from timelines, and what a manager may set about figures."""

from metrics.models.alert import Alert
from metrics.models.check import Check
from metrics.models.dirty import DirtyTicket
from metrics.models.facts import OpenSpan, TicketFacts, WaitFact, Why
from metrics.models.goal import Goal
from metrics.models.report import Report
from metrics.models.reward import Reward
from metrics.models.settings import FigureSettings, LevelSetting

__all__ = [
    "Alert",
    "Check",
    "DirtyTicket",
    "FigureSettings",
    "Goal",
    "LevelSetting",
    "OpenSpan",
    "Report",
    "Reward",
    "TicketFacts",
    "WaitFact",
    "Why",
]
