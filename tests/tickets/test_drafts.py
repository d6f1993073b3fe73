"""What is being written is kept."""

import pytest

from channels_app.base import File
from helpdesk.lib.refused import Refused
from tests import factories as make
from tickets import actions
from tickets.models import Draft, DraftFile

pytestmark = pytest.mark.django_db
PICTURE = File("a.png", "image/png", b"\x89PNG\r\n\x1a\n", content_id="p1@draft", inline=True)


@pytest.fixture
def agent():
    return make.user()


def test_one_draft_for_each_person_and_kind(agent):
    ticket = make.ticket()
    for text in ("B", "Bon", "Bonjour"):
        actions.save_draft(ticket, user=agent, public=True, text=text)
    actions.save_draft(ticket, user=agent, public=False, text="Attention")
    actions.save_draft(ticket, user=make.user(), public=True, text="Moi aussi")
    drafts = Draft.objects.filter(user=agent).order_by("pk").values_list("public", "text", "version")
    assert list(drafts) == [(True, "Bonjour", 3), (False, "Attention", 1)]


def test_an_empty_draft_is_none(agent):
    ticket = make.ticket()
    actions.save_draft(ticket, user=agent, public=True, text="Bonjour")
    assert actions.save_draft(ticket, user=agent, public=True, text="  ") is None
    assert Draft.objects.count() == 0


def test_two_tabs_do_not_overwrite_each_other(agent):
    ticket = make.ticket()
    here = actions.save_draft(ticket, user=agent, public=True, text="ici", version=0)
    actions.save_draft(ticket, user=agent, public=True, text="là-bas", version=here.version)
    with pytest.raises(actions.StaleDraft) as stale:
        actions.save_draft(ticket, user=agent, public=True, text="ici encore", version=here.version)
    assert (stale.value.draft.text, stale.value.draft.version) == ("là-bas", 2)
    assert Draft.objects.get().text == "là-bas"


def test_what_is_kept_is_clean(agent):
    draft = actions.save_draft(
        make.ticket(), user=agent, public=True, text="x", html='<p onclick="x()">x<script>1</script></p>'
    )
    assert draft.html == "<p>x</p>"


def test_files_wait_with_the_draft_and_go_with_it(agent, django_capture_on_commit_callbacks):
    ticket = make.ticket()
    actions.add_draft_file(ticket, user=agent, public=True, file=File("a.txt", "text/plain", b"abc"))
    kept = actions.add_draft_file(ticket, user=agent, public=True, file=PICTURE)
    draft = Draft.objects.get()
    assert [file.name for file in actions.files_of(draft, "<p></p>")] == ["a.txt"]
    assert actions.files_of(draft, '<img src="cid:p1@draft">')[1] == PICTURE
    with django_capture_on_commit_callbacks(execute=True):
        actions.discard_draft(ticket, user=agent, public=True)
    assert DraftFile.objects.count() == 0
    assert not kept.file.storage.exists(kept.file.name)


def test_too_much_is_refused(agent, monkeypatch):
    ticket = make.ticket()
    for number in range(20):
        actions.add_draft_file(ticket, user=agent, public=True, file=File(f"{number}.txt", "text/plain", b"x"))
    with pytest.raises(Refused, match="^uploads: "):
        actions.add_draft_file(ticket, user=agent, public=True, file=PICTURE)
    assert DraftFile.objects.count() == 20


def test_nobody_removes_the_file_of_another(agent):
    ticket = make.ticket()
    file = actions.add_draft_file(ticket, user=agent, public=True, file=PICTURE)
    actions.remove_draft_file(ticket, user=make.user(), uuid=file.uuid)
    assert DraftFile.objects.count() == 1
    actions.remove_draft_file(ticket, user=agent, uuid=file.uuid)
    assert DraftFile.objects.count() == 0
