"""`make bench`: builds its data, measures, prints one table, writes var/bench.json."""

import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))


@dataclass
class Row:
    name: str
    value: float
    unit: str
    goal: str
    ok: bool


def main() -> None:
    with embedded_servers():
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        call_command("seed_demo", verbosity=0)
        from bench import chat, figures, help_centre, hours, inbox, intake, load, pages, weight

        parts = (pages, help_centre, hours, intake, figures, load, inbox, weight, chat)
        rows = [row for part in parts for row in part.rows()]
    from bench import chaos

    rows += chaos.rows()
    report(rows)


@contextmanager
def embedded_servers() -> Iterator[None]:
    """PostgreSQL (durable: fsync counts) and Valkey for this run only."""
    from tests.conftest import Servers

    servers = Servers()
    from helpdesk.local import Postgres, Valkey

    try:
        os.environ |= {
            "DATABASE_URL": servers.start(Postgres(servers.var)),
            "REDIS_URL": servers.start(Valkey(servers.var)),
            "VAR_DIR": str(servers.var),
            "SECRET_KEY": "bench-" + "x" * 50,
            "DJANGO_SETTINGS_MODULE": "helpdesk.settings",
            "LOG_LEVEL": "WARNING",
        }
        yield
    finally:
        servers.stop()


def cpu(work: Callable[[], object], times: int = 30) -> float:
    """Median CPU milliseconds of this process for one call (the database's own work is not counted)."""
    work()
    spent = []
    for _n in range(times):
        before = time.process_time()
        work()
        spent.append((time.process_time() - before) * 1000)
    return statistics.median(spent)


def report(rows: list[Row]) -> None:
    width = max(len(row.name) for row in rows)
    for row in rows:
        print(f"{row.name:{width}}  {row.value:10.2f} {row.unit:10} goal {row.goal:28} {'ok' if row.ok else 'MISSED'}")
    target = Path(os.environ.get("BENCH_JSON", "var/bench.json"))
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps([asdict(row) for row in rows], indent=1))


def temporary() -> Path:
    return Path(tempfile.mkdtemp(prefix="comptoir-bench-"))


if __name__ == "__main__":
    main()
