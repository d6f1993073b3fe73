from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.bootstrap import ensure_admin
from accounts.models import ApiToken, User


class Command(BaseCommand):
    help = "Print a new API token of a user."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--name", default="command line")
        parser.add_argument("--scope", action="append", choices=ApiToken.Scope.values, help="default: all")

    def handle(self, *args: Any, **options: Any) -> None:
        first, password = ensure_admin() or (None, "")
        if first and password:
            self.stderr.write(f"The first admin is {first.email}, password {password}")
        user = User.objects.filter(email__iexact=options["email"], is_active=True).first()
        if user is None:
            raise CommandError(f"Nobody works here under {options['email']}.")
        _token, secret = ApiToken.issue(user, options["name"], options["scope"])
        self.stdout.write(secret)
