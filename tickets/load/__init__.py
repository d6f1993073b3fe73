"""Bulk data for measuring: believable in size, skew and words, straight into the tables."""

from tickets.load.load import load

__all__ = ["load"]
