"""Bring the installation to the state that this code expects: run before the processes start, safe to repeat."""

import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from accounts.bootstrap import ensure_admin
from accounts.models import ApiToken, Role, Shop, User
from faq.actions import furnish
from tickets import rules
from tickets.demo.logins import DEMO_LOGINS, DEMO_PASSWORD


def say(text: str) -> None:
    """Progress goes to stderr; stdout is the answer."""
    print(text, file=sys.stderr, flush=True)


class Command(BaseCommand):
    help = "Migrate, collect static files, ensure an admin, load the demo into an empty database (--demo)."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--demo", action="store_true", help="load the demo shop if there is no shop yet")
        parser.add_argument("--static-only", action="store_true", help="no database is there (image build)")
        parser.add_argument("--welcome", action="store_true", help="print logins and an API token as JSON (make run)")

    def handle(self, *args: Any, **options: Any) -> None:
        collect_static()
        if options["static_only"]:
            return
        migrate()
        first = ensure_admin()
        if options["demo"]:
            seed_if_empty()
        furnish_shops()
        if options["welcome"]:
            self.stdout.write(json.dumps(welcome(first[1] if first else "")))
        elif first:
            shown = f"password {first[1]} (shown only now)" if first[1] else "password as in ADMIN_PASSWORD"
            self.stdout.write(f"First admin: {first[0].email}, {shown}")


def welcome(password: str) -> dict[str, Any]:
    """What `make run` tells: the admin (with the password just generated, else ""), an API token, demo logins."""
    admin = User.objects.filter(role=Role.ADMIN, is_active=True).order_by("pk").first()
    if admin is None:
        return {}
    return {"admin": admin.email, "password": password, "token": _token(admin), "logins": _demo_logins()}


def _demo_logins() -> list[tuple[str, str, str]]:
    """(role, e-mail, password) of one colleague of each role in the demo; empty without the demo."""
    here = set(User.objects.filter(is_active=True).values_list("email", flat=True))
    first = {role: email for email, role in reversed(DEMO_LOGINS) if email in here}
    return [(role, email, DEMO_PASSWORD) for role, email in reversed(first.items())]


def _token(admin: User) -> str:
    """An API token of the admin: the one issued at an earlier start while it is valid, else a new one."""
    kept = Path(settings.VAR_DIR) / "admin_token"
    if kept.is_file():
        secret = kept.read_text().strip()
        if ApiToken.objects.valid().filter(digest=ApiToken.digest_of(secret)).exists():
            return secret
    secret = ApiToken.issue(admin, "make run")[1]
    kept.unlink(missing_ok=True)
    kept.touch(mode=0o600)
    kept.write_text(secret)
    return secret


def migrate() -> None:
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        say(f"migrating the database: {len(plan)} migrations")
        call_command("migrate", verbosity=0, interactive=False)


def seed_if_empty() -> None:
    if not Shop.objects.exists():
        say("loading the demo shop (once)")
        call_command("seed_demo", stdout=sys.stderr)


def furnish_shops() -> None:
    """A shop's help centre begins with the five usual themes (S70), its desk with the shipped macros and rules."""
    for shop in Shop.objects.filter(categories=None):
        furnish(shop)
    for shop in Shop.objects.filter(macros=None, rules=None):
        rules.install(shop)


def collect_static() -> None:
    """collectstatic, unless no source has changed since the last time."""
    stamp = Path(settings.STATIC_ROOT) / ".sources"
    digest = hashlib.sha256()
    for line in _sources():
        digest.update(line.encode())
    if stamp.is_file() and stamp.read_text() == digest.hexdigest():
        return
    say("collecting static files")
    call_command("collectstatic", verbosity=0, interactive=False, clear=True)
    stamp.write_text(digest.hexdigest())


def _sources() -> Iterator[str]:
    yield repr(settings.STORAGES["staticfiles"])
    for finder in get_finders():
        for path, storage in finder.list([]):
            stat = Path(storage.path(path)).stat()
            yield f"{getattr(storage, 'prefix', '')}/{path}:{stat.st_size}:{stat.st_mtime_ns}\n"
