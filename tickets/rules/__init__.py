"""Rules: when something happens, if the ticket is so, then do this. In explicit order, each cause once."""

from tickets.rules.active import kinds_heard
from tickets.rules.definition import check, define, reorder, restore
from tickets.rules.dryrun import DryRun, dry_run
from tickets.rules.engine import run
from tickets.rules.shipped import install
from tickets.rules.timed import sweep

__all__ = [
    "DryRun",
    "check",
    "define",
    "dry_run",
    "install",
    "kinds_heard",
    "reorder",
    "restore",
    "run",
    "sweep",
]
