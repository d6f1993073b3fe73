"""What is stored to count with: facts read from timelines, and what a manager may set about figures."""

from metrics.models.alert import Alert
from metrics.models.check import Check
from metrics.models.dirty import DirtyCustomer, DirtyTicket
from metrics.models.facts import OpenSpan, OrderFact, TicketFacts, WaitFact, Why
from metrics.models.goal import Goal
from metrics.models.report import Report
from metrics.models.reward import Reward
from metrics.models.settings import FigureSettings, LevelSetting

__all__ = [
    "Alert",
    "Check",
    "DirtyCustomer",
    "DirtyTicket",
    "FigureSettings",
    "Goal",
    "LevelSetting",
    "OpenSpan",
    "OrderFact",
    "Report",
    "Reward",
    "TicketFacts",
    "WaitFact",
    "Why",
]
