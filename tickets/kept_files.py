"""Files of a refused form: kept for an hour, named by signed references that only the next try of that form holds."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

from celery import shared_task
from django.core import signing
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from channels_app.base import File

PLACE = "kept"
LASTS = timedelta(hours=1)
HOUR = "%Y%m%d%H"  # one folder an hour, named in UTC: what is too old is known by its name


class Lost(Exception):
    """A reference that is forged, too old, or of another form."""


@dataclass(frozen=True, slots=True)
class Kept:
    """`reference` stands in the form; name and type are those that were judged when it came."""

    reference: str
    path: str
    name: str
    content_type: str
    size: int

    def file(self) -> File:
        with default_storage.open(self.path, "rb") as stored:
            return File(name=self.name, content_type=self.content_type, data=stored.read())


def keep(file: File, submission: str) -> Kept:
    """Store it for the next try of the form that `submission` names."""
    path = default_storage.save(f"{PLACE}/{timezone.now():{HOUR}}/{uuid4()}", ContentFile(file.data))
    facts: dict[str, Any] = {"path": path, "name": file.name, "content_type": file.content_type, "size": len(file.data)}
    return Kept(signing.dumps(facts, salt=_salt(submission)), **facts)


def find(reference: str, submission: str) -> Kept:
    """What a reference names. Lost when it is not ours, not this form's, too old, or gone."""
    try:
        facts = signing.loads(reference, salt=_salt(submission), max_age=LASTS)
    except signing.BadSignature:
        raise Lost from None
    if not default_storage.exists(facts["path"]):
        raise Lost
    return Kept(reference, **facts)


@shared_task(name="tickets.kept_files.forget_kept_files")
def forget_kept_files() -> int:
    """Delete what nobody can name any more. Returns how many files."""
    gone, oldest = 0, f"{timezone.now() - LASTS - timedelta(hours=1):{HOUR}}"
    for folder in _folders():
        if folder < oldest:
            names = default_storage.listdir(f"{PLACE}/{folder}")[1]
            for path in [*(f"{PLACE}/{folder}/{name}" for name in names), f"{PLACE}/{folder}"]:
                default_storage.delete(path)
            gone += len(names)
    return gone


def _folders() -> list[str]:
    try:
        return default_storage.listdir(PLACE)[0]
    except FileNotFoundError:  # nothing was ever kept
        return []


def _salt(submission: str) -> str:
    return f"contact.kept.{submission}"
