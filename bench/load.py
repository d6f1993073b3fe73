"""Bulk data: how fast `generate_load` fills the tables that the rows of bench/inbox.py measure."""

import os
import time

from django.core.management import call_command

from bench.__main__ import Row

TICKETS = int(os.environ.get("BENCH_TICKETS", "100000"))  # 1000000 for the large table of docs/performance.md


def rows() -> list[Row]:
    began = time.perf_counter()
    call_command("generate_load", tickets=TICKETS, yes=True, verbosity=0)
    rate = TICKETS / (time.perf_counter() - began)
    return [Row(f"load: {TICKETS:,} tickets, four messages each", rate, "tickets/s", ">= 5000", rate >= 5000)]
