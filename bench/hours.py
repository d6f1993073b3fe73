"""Open time: one question at a time in Python, and a million tickets in one query."""

import time
from datetime import UTC, datetime, timedelta

from django.db import connection
from django.db.models import DateTimeField, Sum, Value
from django.db.models.functions import Cast

from bench.__main__ import Row, cpu
from hours import clock
from hours.models import Calendar
from hours.sql import open_seconds
from tickets.models import Event

QUESTIONS, TICKETS = 1_000, 1_000_000
