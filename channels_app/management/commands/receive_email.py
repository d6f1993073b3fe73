"""A mail pipe: one RFC 5322 message on stdin becomes one stored row."""

import os
import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, InterfaceError

from channels_app.adapters.email.mailboxes import mailboxes
from channels_app.adapters.email.mime import Limits, read_headers
from channels_app.adapters.email.receive import TooLarge, channel_for, store_mail
from channels_app.models import Channel, ChannelKind

# What mail servers make of an exit status (sysexits.h).
DATA_ERROR, NO_USER, TRY_AGAIN = 65, 67, 75
_HEADERS = ("delivered-to", "x-original-to", "envelope-to", "to", "cc")
_VARIABLES = ("ORIGINAL_RECIPIENT", "RECIPIENT")  # set by Postfix and others for pipes


class Command(BaseCommand):
    help = "Take in one mail from stdin. Exit status: 0 stored, 75 try again later, 65 bad mail, 67 no such channel."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--channel", metavar="NAME", help="the e-mail channel; else by the mail's recipients")

    def handle(self, *args: Any, channel: str | None, **options: Any) -> None:
        raw = sys.stdin.buffer.read(settings.MAIL_MAX_BYTES + 1)
        if not raw.strip():
            raise CommandError("stdin: the message is empty.", returncode=DATA_ERROR)
        try:
            found = _named(channel) if channel else channel_for(_recipients(raw))
            if found is None:
                where = (
                    f"“{channel}” is no e-mail channel."
                    if channel
                    else "no recipient is an address of ours; use --channel."
                )
                raise CommandError(where, returncode=NO_USER)
            message, is_new = store_mail(found, raw, source="pipe", envelope={})
        except TooLarge as error:
            raise CommandError(str(error), returncode=DATA_ERROR) from error
        except (DatabaseError, InterfaceError, OSError) as error:
            raise CommandError(f"try again later: {str(error).splitlines()[0]}", returncode=TRY_AGAIN) from error
        if options["verbosity"] > 1:
            self.stdout.write(f"{message.uuid} {'stored' if is_new else 'known already'}")


def _named(name: str) -> Channel | None:
    return Channel.objects.filter(kind=ChannelKind.EMAIL, name=name).first()


def _recipients(raw: bytes) -> list[str]:
    text = raw.replace(b"\r\n", b"\n").lstrip(b"\n")
    headers = read_headers(text, 0, len(text), Limits())[0]
    named = [box.address for name in _HEADERS for value in headers.all(name) for box in mailboxes(value)[0]]
    return [*(os.environ[name] for name in _VARIABLES if os.environ.get(name)), *named]
