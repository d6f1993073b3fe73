"""What is being written: kept as it is typed, one draft per person, ticket and kind (reply or note)."""

from collections.abc import Mapping
from functools import partial
from uuid import UUID

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.html import linebreaks
from django.utils.translation import gettext as _

from accounts.models import User
from channels_app.base import File
from channels_app.foreign.html_text import html_to_text
from helpdesk.lib import live
from helpdesk.lib.refused import Refused
from tickets.events import topics
from tickets.models import Draft, DraftFile, Message, Ticket
from tickets.richtext import clean_reply

MAX_FILES = 20
MAX_BYTES = 20 * 1024 * 1024


class StaleDraft(Exception):
    """Another tab has saved this draft meanwhile; `draft` is what stands now."""

    def __init__(self, draft: Draft) -> None:
        super().__init__(f"The draft is now version {draft.version}.")
        self.draft = draft


@transaction.atomic
def save_draft(
    ticket: Ticket,
    *,
    user: User,
    public: bool,
    text: str,
    html: str = "",
    recipients: Mapping[str, list[str]] | None = None,
    version: int | None = None,
) -> Draft | None:
    """Keep what this person is writing. Nothing written and no file keeps nothing: None.

    `version`: the one that the writer knows, 0 for none yet; StaleDraft when another tab has saved since.
    """
    html = clean_reply(html)
    text = text or html_to_text(html)
    draft = _locked(ticket, user, public)
    if draft is not None and version is not None and draft.version != version and (version or draft.text):
        raise StaleDraft(draft)
    if not text.strip() and "<img" not in html and (draft is None or not draft.files.exists()):
        discard_draft(ticket, user=user, public=public)
        return None
    if draft is None:
        draft = _begun(ticket, user, public)
    else:
        draft.version += 1
    marks = bool(draft.text) != bool(text)
    draft.text, draft.html, draft.recipients = text, html, dict(recipients or {})
    draft.save()
    _tell(ticket, marks=marks)
    return draft


@transaction.atomic
def discard_draft(ticket: Ticket, *, user: User, public: bool) -> None:
    """Forget the draft and its files; forgetting twice is forgetting once."""
    draft = _locked(ticket, user, public)
    if draft is None:
        return
    for file in draft.files.all():
        _remove(file)
    draft.delete()
    _tell(ticket)


@transaction.atomic
def add_draft_file(ticket: Ticket, *, user: User, public: bool, file: File) -> DraftFile:
    """Keep a file that will go with the draft. Refused (field "uploads") beyond 20 files or 20 MB."""
    draft = _locked(ticket, user, public) or _begun(ticket, user, public)
    sizes = list(draft.files.values_list("size", flat=True))
    if len(sizes) >= MAX_FILES:
        raise Refused("uploads", _("No more than %(n)d files at once.") % {"n": MAX_FILES})
    if sum(sizes) + len(file.data) > MAX_BYTES:
        raise Refused("uploads", _("Together the files may not exceed 20 MB."))
    return _keep(draft, file)


@transaction.atomic
def remove_draft_file(ticket: Ticket, *, user: User, uuid: UUID) -> None:
    """Take a file off one's own draft; one that is not there is already off."""
    for file in DraftFile.objects.filter(draft__ticket=ticket, draft__user=user, uuid=uuid):
        _remove(file)


def files_of(draft: Draft | None, html: str) -> list[File]:
    """The draft's files as actions take them; a picture of the text only while the text still shows it."""
    kept = draft.files.all() if draft else []
    return [
        File(file.name, file.content_type, file.file.read(), content_id=file.content_id, inline=file.inline)
        for file in kept
        if not file.inline or f"cid:{file.content_id}" in html
    ]


def restore_draft(message: Message) -> Draft:
    """Make a draft of a reply that was taken back, above what its author has begun to write since."""
    assert message.user is not None
    ticket, user = message.ticket.survivor(), message.user
    draft = _locked(ticket, user, True) or _begun(ticket, user, True)
    _put_above(draft, message)
    draft.recipients = {kind: message.recipients.get(kind, []) for kind in ("cc", "bcc")}
    draft.version += 1
    draft.save()
    for attachment in message.attachments.all():
        data = attachment.file.read()
        _keep(
            draft,
            File(attachment.name, attachment.content_type, data, attachment.content_id, inline=attachment.inline),
        )
    _tell(ticket)
    return draft


def carry_drafts(ticket: Ticket, *, into: Ticket) -> None:
    """What was being written on a ticket goes on where it is read now, above what its author writes there already."""
    for draft in Draft.objects.select_for_update().filter(ticket=ticket):
        kept = _locked(into, draft.user, draft.public)
        if kept is None:
            draft.ticket = into
            draft.save(update_fields=["ticket"])
            continue
        _put_above(kept, draft)
        kept.recipients = kept.recipients or draft.recipients
        kept.version += 1
        kept.save()
        draft.files.update(draft=kept)
        draft.delete()
    _tell(into)


def _put_above(draft: Draft, words: Message | Draft) -> None:
    if words.html or draft.html:
        draft.html = (words.html or _as_html(words.text)) + (draft.html or _as_html(draft.text))
    draft.text = "\n\n".join(part for part in (words.text, draft.text) if part)


def _as_html(text: str) -> str:
    return linebreaks(text, autoescape=True) if text else ""


def _keep(draft: Draft, file: File) -> DraftFile:
    kept = DraftFile(
        draft=draft,
        name=file.name[:255],
        content_type=file.content_type[:127],
        size=len(file.data),
        content_id=file.content_id[:255],
        inline=file.inline,
    )
    kept.file.save(file.name, ContentFile(file.data), save=True)
    return kept


def _locked(ticket: Ticket, user: User, public: bool) -> Draft | None:
    return Draft.objects.select_for_update().filter(ticket=ticket, user=user, public=public).first()


def _begun(ticket: Ticket, user: User, public: bool) -> Draft:
    return Draft.objects.get_or_create(ticket=ticket, user=user, public=public)[0]


def _remove(file: DraftFile) -> None:
    storage, name = file.file.storage, file.file.name
    file.delete()
    transaction.on_commit(lambda: storage.delete(name))


def _tell(ticket: Ticket, *, marks: bool = True) -> None:
    """Whoever has the ticket open, and the lists where its row is marked differently now."""
    for kind in ("draft", "ticket") if marks else ("draft",):
        transaction.on_commit(partial(live.publish, topics(ticket), kind, ticket.pk, ticket.version))
