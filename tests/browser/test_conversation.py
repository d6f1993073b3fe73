"""Journeys through a conversation: drafts, second thoughts, company, and everything by keyboard."""

import re
import time
from pathlib import Path

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from accounts.models import User
from tests import factories as make
from tests.browser import scenes
from tests.browser.conftest import listening, log_in, writing
from tickets import actions
from tickets.actors import Actor
from tickets.models import Complaint, Delivery, DeskSettings, Draft, Message, Ticket

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)


@pytest.fixture
def sophie(shop_floor: None) -> User:
    return make.user("sophie@example.com", role="manager", first_name="Sophie", last_name="Martin", presence="online")


@pytest.fixture
def her_page(browser: Browser, browser_context_args: dict[str, object], sophie: User, desk: str) -> Page:
    """Sophie's own browser."""
    context = browser.new_context(**browser_context_args)
    log_in(context, sophie, desk)
    yield context.new_page()
    context.close()


def eventually(check) -> None:
    """Until `check()` is true, for five seconds."""
    for _attempt in range(100):
        if check():
            return
        time.sleep(0.05)
    assert check()


def test_a_draft_survives_a_killed_tab(page: Page, context: BrowserContext, agent: User) -> None:
    ticket = make.ticket(assignee=agent)
    page.goto(f"/tickets/{ticket.pk}/")
    writing(page, "Bonjour, votre colis ")
    page.keyboard.press("Control+b")
    page.keyboard.type("repart")
    expect(page.locator("draft-keeper")).to_have_text("Draft saved", timeout=4000)
    page.keyboard.type(" demain")
    page.close()  # before the pause is over
    eventually(lambda: Draft.objects.filter(text="Bonjour, votre colis repart demain").exists())
    again = context.new_page()
    again.goto(f"/tickets/{ticket.pk}/")
    expect(again.locator(".rich b")).to_have_text("repart demain")
    expect(again.locator("#composer-text")).to_have_value("Bonjour, votre colis repart demain")


def test_two_tabs_do_not_overwrite_each_other(page: Page, context: BrowserContext, agent: User, complaints) -> None:
    ticket = make.ticket(assignee=agent)
    other = context.new_page()
    for tab in (page, other):
        tab.goto(f"/tickets/{ticket.pk}/")
    writing(page, "Ici")
    writing(other, "Là-bas")
    expect(other.locator("draft-keeper")).to_contain_text("Changed in another tab", timeout=4000)
    assert Draft.objects.get().text == "Ici"
    other.get_by_role("button", name="Take that one").click()
    expect(other.locator("#composer-text")).to_have_value("Ici")
    complaints.clear()  # the browser notes every 409


def test_a_reply_is_undone_and_comes_back_as_a_draft(page: Page, agent: User) -> None:
    ticket = make.ticket(assignee=agent)
    page.goto(f"/tickets/{ticket.pk}/")
    writing(page, "Trop vite")
    page.keyboard.press("Control+Enter")
    expect(page.locator("undo-clock")).to_have_text(re.compile(r"^Leaves in \d+ s$"))
    expect(page.locator("#composer-text")).to_have_value("")
    page.keyboard.press("Escape")
    page.keyboard.press("z")
    expect(page.locator("#composer-text")).to_have_value("Trop vite")
    expect(page.locator(".msg--out")).to_have_count(0)
    assert Message.objects.get(user=agent).delivery == Delivery.CANCELLED


def test_send_and_next_can_still_be_undone(page: Page, agent: User) -> None:
    first, second = make.ticket(subject="First"), make.ticket(subject="Second")
    page.goto(f"/tickets/{first.pk}/?view=open")
    writing(page, "Voilà.")
    page.keyboard.press("Control+Shift+Enter")
    page.wait_for_url(f"**/tickets/{second.pk}/?view=open")
    page.get_by_role("button", name="Undo").click()
    page.wait_for_url(f"**/tickets/{first.pk}/?view=open#composer")  # in the list that it was left for
    expect(page.locator("#composer-text")).to_have_value("Voilà.")
    assert Ticket.objects.get(pk=first.pk).state == "new"


def test_the_customer_writes_meanwhile_and_nothing_leaves(page: Page, agent: User) -> None:
    ticket = make.ticket(assignee=agent)
    DeskSettings.objects.create(shop=ticket.shop, undo_seconds={"email": 60})
    page.goto(f"/tickets/{ticket.pk}/")
    listening(page)
    writing(page, "Il est perdu.")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".msg--out")).to_have_count(1)
    page.keyboard.press("Escape")
    make.message(ticket, text="Il est arrivé, merci !")
    expect(page.get_by_text("The customer wrote first")).to_be_visible()
    expect(page.locator(".msg--out")).to_have_count(0)
    expect(page.locator("#composer-text")).to_have_value("Il est perdu.")


def test_two_colleagues_see_each_other(page: Page, her_page: Page, agent: User, sophie: User) -> None:
    ticket = make.ticket(assignee=agent)
    for tab in (page, her_page):
        tab.goto(f"/tickets/{ticket.pk}/")
        listening(tab)
    expect(page.locator("#company [title='Sophie is looking']").first).to_be_visible()
    writing(her_page, "Je m’en occupe")
    expect(page.locator("#company .clash")).to_contain_text("Sophie is writing")
    expect(page.get_by_role("button", name="1 draft")).to_be_visible(timeout=6000)
    page.get_by_role("button", name="1 draft").click()
    expect(page.locator(".begun")).to_contain_text("Je m’en occupe")
    page.keyboard.press("Escape")
    her_page.close()
    expect(page.locator("#company .clash")).to_have_count(0)


def test_a_list_shows_who_is_at_a_ticket_and_that_they_have_begun_an_answer(
    page: Page, her_page: Page, agent: User
) -> None:
    ticket = make.ticket()
    page.goto("/")
    listening(page)
    row = page.locator(f"#row-{ticket.pk}")
    her_page.goto(f"/tickets/{ticket.pk}/")
    listening(her_page)
    expect(row.locator("[title='Sophie is looking']")).to_be_visible()
    writing(her_page, "Je m’en occupe")
    expect(row.locator("[title='Sophie is writing']")).to_be_visible()
    expect(row.locator(".draft")).to_be_visible(timeout=6000)
    her_page.goto("/")
    expect(row.locator(".row__company .avatar")).to_have_count(0)
    expect(row.locator(".draft")).to_be_visible()


def test_a_stale_reply_is_confirmed(page: Page, agent: User, sophie: User, complaints: list[str]) -> None:
    ticket = make.ticket(assignee=agent)
    page.goto(f"/tickets/{ticket.pk}/")
    writing(page, "Je regarde.")
    actions.reply(ticket, by=Actor.agent(sophie), text="C’est déjà réglé.")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".held")).to_contain_text("Sophie Martin has written since")
    expect(page.locator(".held")).to_contain_text("C’est déjà réglé.")
    assert not Message.objects.filter(user=agent).exists()
    expect(page.get_by_role("button", name="Send anyway")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".msg--out")).to_have_count(2)
    complaints.clear()  # the browser notes every 422


def test_answered_by_keyboard_only_with_formats_and_a_mention(page: Page, agent: User, sophie: User) -> None:
    ticket = make.ticket(assignee=agent)
    page.goto(f"/tickets/{ticket.pk}/")
    page.keyboard.press("n")
    expect(page.locator(".rich")).to_be_focused()
    page.keyboard.type("Attention @sop")
    expect(page.get_by_role("option", name="Sophie Martin")).to_be_visible()
    page.keyboard.press("Enter")
    page.keyboard.type("elle est VIP")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".msg--note .mention")).to_have_text("@Sophie Martin")
    page.keyboard.press("Escape")
    writing(page, "Bonjour,")
    page.keyboard.press("Enter")
    page.keyboard.press("Control+b")
    page.keyboard.type("Oui")
    page.keyboard.press("Control+b")
    page.keyboard.type(" <demain>.")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".msg--out .msg__body b")).to_have_text("Oui")
    note, reply = Message.objects.filter(user=agent).order_by("pk")
    assert (note.text, list(note.mentions.all())) == ("Attention @Sophie Martin elle est VIP", [sophie])
    assert (reply.text, reply.html) == (
        "Bonjour,\nOui <demain>.",
        "<div>Bonjour,</div><div><b>Oui</b> &lt;demain&gt;.</div>",
    )


def test_files_go_up_at_once_and_leave_with_the_reply(page: Page, agent: User, tmp_path: Path) -> None:
    ticket = make.ticket(assignee=agent)
    paper = tmp_path / "facture.pdf"
    paper.write_bytes(b"%PDF-1.7 x")
    page.goto(f"/tickets/{ticket.pk}/")
    page.set_input_files("[name=uploads]", paper)
    expect(page.locator(".attached")).to_contain_text("facture.pdf")
    expect(page.locator(".attached progress")).to_have_count(0)  # it has arrived
    page.reload()
    expect(page.locator(".attached")).to_contain_text("facture.pdf")
    writing(page, "Voici la facture.")
    drop = """(node, bytes) => {
        const data = new DataTransfer();
        data.items.add(new File([new Uint8Array(bytes)], "photo.png", {type: "image/png"}));
        node.dispatchEvent(new DragEvent("drop", {bubbles: true, cancelable: true, dataTransfer: data}));
    }"""
    page.locator(".rich").evaluate(drop, list(PNG))
    expect(page.locator(".rich img")).to_be_visible()
    expect(page.locator(".attached progress")).to_have_count(0)
    page.keyboard.press("Control+Enter")
    expect(page.locator(".msg--out img")).to_be_visible()
    reply = Message.objects.get(user=agent)
    files = [(file.name, file.inline) for file in reply.attachments.order_by("pk")]
    assert files == [("facture.pdf", False), ("photo.png", True)]
    assert re.search(r'<img src="cid:[a-z0-9-]+@draft"', reply.html)


def test_a_reply_waits_for_the_file_that_is_still_on_its_way_up(page: Page, agent: User, tmp_path: Path) -> None:
    ticket = make.ticket(assignee=agent)
    paper = tmp_path / "facture.pdf"
    paper.write_bytes(b"%PDF-1.7 x")
    going_up: list[Route] = []

    def hold(upload: Route) -> None:
        going_up.append(upload)

    page.route(re.compile(r"/files/"), hold)
    page.goto(f"/tickets/{ticket.pk}/")
    writing(page, "Voici la facture.")
    page.set_input_files("[name=uploads]", paper)
    page.keyboard.press("Control+Enter")
    expect(page.locator(".attached progress")).to_be_visible()
    assert not Message.objects.filter(user=agent).exists()
    for upload in going_up:
        upload.continue_()
    expect(page.locator(".msg--out")).to_contain_text("facture.pdf")
    assert [file.name for file in Message.objects.get(user=agent).attachments.all()] == ["facture.pdf"]


def test_a_pasted_page_keeps_its_structure_and_nothing_else(page: Page, agent: User, complaints: list[str]) -> None:
    ticket = make.ticket(assignee=agent)
    page.goto(f"/tickets/{ticket.pk}/")
    writing(page, "")
    word = (
        "<html><head><style>p.MsoNormal{color:red}</style></head><body lang=FR><p class=MsoNormal style='margin:0'>"
        "Un <b style='mso-bidi:x'>mot</b><o:p></o:p></p><script>window.hacked=1</script>"
        "<p><a href='javascript:alert(1)'>lien</a><img src='https://x.example/p.gif' onerror='window.hacked=1'></p>"
    )
    paste = """(node, html) => {
        const data = new DataTransfer();
        data.setData("text/html", html);
        data.setData("text/plain", "Un mot");
        node.dispatchEvent(new ClipboardEvent("paste", {bubbles: true, cancelable: true, clipboardData: data}));
    }"""
    page.locator(".rich").evaluate(paste, word)
    expect(page.locator(".rich b")).to_have_text("mot")
    assert page.locator(".rich [style], .rich [class], .rich img, .rich script, .rich [href^=javascript]").count() == 0
    assert page.evaluate("window.hacked") is None
    complaints.clear()  # what the policy blocked while the paste was read


def test_a_message_is_forwarded_to_the_carrier(page: Page, agent: User) -> None:
    ticket = make.ticket(assignee=agent, text="Je n’ai rien reçu.")
    page.goto(f"/tickets/{ticket.pk}/")
    page.keyboard.press("f")
    expect(page.locator(".composer--aside [name=to]")).to_be_focused()
    page.keyboard.type("sav@colissimo.example")
    page.locator(".composer--aside [name=text]").fill("Où est ce colis ?")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".aside")).to_contain_text("sav@colissimo.example")
    expect(page.locator(".composer--aside")).to_have_count(0)
    expect(page.locator(".aside").get_by_role("button", name="Undo")).to_be_visible()
    page.locator(".aside textarea").fill("Et la photo ?")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".aside .msg__text")).to_have_text(["Où est ce colis ?", "Et la photo ?"])
    expect(page.locator(".aside textarea")).to_be_focused()
    expect(page.locator(".aside textarea")).to_have_value("")
    assert page.locator("main").evaluate("main => main.scrollTop") == 0
    assert set(Message.objects.filter(user=agent).values_list("public", flat=True)) == {False}


def test_the_side_panel_keeps_its_place_and_the_focus(page: Page, agent: User) -> None:
    ticket = make.ticket(assignee=agent)
    page.set_viewport_size({"width": 1440, "height": 420})
    page.goto(f"/tickets/{ticket.pk}/")
    panel = page.get_by_role("region", name="About the customer")
    panel.evaluate("panel => (panel.scrollTop = 60)")
    page.locator("[name=wants]").fill("Un échange")
    page.keyboard.press("Enter")
    expect(page.locator("[name=wants][value='Un échange']")).to_be_focused()
    assert panel.evaluate("panel => panel.scrollTop") == 60
    page.get_by_text("Report a problem").click()
    page.get_by_label("What goes wrong").fill("Carton trop fin")
    page.keyboard.press("Enter")
    expect(page.locator("#customer").get_by_role("link", name="Carton trop fin")).to_be_visible()
    expect(panel).to_be_focused()


def test_a_folded_form_opens_with_the_caret_in_it_and_escape_leads_back(page: Page, agent: User) -> None:
    ticket = make.ticket(assignee=agent)
    actions.open_complaint(ticket, by=Actor.agent(agent))
    page.goto(f"/tickets/{ticket.pk}/")
    for words, label in (
        ("What we learn from it", "Cause"),
        ("Compensate", "What"),
        ("Report a problem", "What goes wrong"),
    ):
        summary = page.locator("summary", has_text=words)
        summary.press("Enter")  # by the pointer it is fetched even before
        expect(page.locator("details[open]", has=summary).get_by_label(label).first).to_be_focused()
        page.keyboard.press("Escape")
        expect(summary).to_be_focused()
        expect(page.locator("details[open]", has=summary)).to_have_count(0)
    page.locator("summary", has_text="What we learn").click()
    page.get_by_label("Cause").fill("Emballage trop fin")
    page.keyboard.press("Enter")
    expect(page.locator("summary", has_text="What we learn")).to_be_visible()
    eventually(lambda: Complaint.objects.get(ticket=ticket).cause == "Emballage trop fin")


@pytest.mark.parametrize(("width", "name"), [(1440, "wide"), (390, "phone")])
def test_it_can_be_looked_at(page: Page, agent: User, width: int, name: str, tmp_path: Path) -> None:
    """French, wide and narrow: nothing sticks out."""
    agent.language = "fr"
    agent.save()
    scenes.full_inbox(agent)
    ticket = scenes.long_conversation(agent)
    ask = "Bonjour, pouvez-vous nous dire où se trouve ce colis ?"
    actions.start_side(ticket, by=Actor.agent(agent), to="sav@colissimo.example", subject="Enquête", text=ask)
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"/tickets/{ticket.pk}/")
    listening(page)
    writing(page, "Bonjour Marie-Clémence, votre colis a été déposé au 21 au lieu du 12.")
    page.screenshot(path=tmp_path / f"{name}.png")
    assert page.evaluate("document.documentElement.scrollWidth") == width
    for part in (".composer", ".composer .split"):
        box = page.locator(part).bounding_box()
        assert box["x"] + box["width"] <= width, part


def test_a_page_rendered_ahead_is_not_looked_at_before_it_is_shown(page: Page, agent: User) -> None:
    """The browser that tests drive renders nothing ahead, so it says so here."""
    ticket = make.ticket(assignee=agent, subject="Colis perdu")
    page.add_init_script("Object.defineProperty(document, 'prerendering', { value: true })")
    said: list[str] = []
    page.on("request", lambda request: said.append(request.method))
    page.goto(f"/tickets/{ticket.pk}/")
    page.wait_for_load_state("networkidle")
    assert "POST" not in said
    assert page.evaluate("document.querySelectorAll('live-region:defined').length") == 0
    with page.expect_request(lambda request: request.method == "POST" and "here" in request.url):
        page.evaluate("document.dispatchEvent(new Event('prerenderingchange'))")
    assert page.evaluate("document.querySelectorAll('live-region:not(:defined)').length") == 0


def test_words_that_could_not_be_saved_are_saved_later(
    page: Page, context: BrowserContext, agent: User, complaints: list[str]
) -> None:
    ticket = make.ticket(assignee=agent)
    page.goto(f"/tickets/{ticket.pk}/")
    writing(page, "Bonjour, ")
    expect(page.locator("draft-keeper")).to_have_text("Draft saved", timeout=4000)
    context.set_offline(True)
    page.keyboard.type("votre colis repart")
    expect(page.locator("draft-keeper")).to_have_text("Not saved: no connection", timeout=4000)
    context.set_offline(False)
    expect(page.locator("draft-keeper")).to_have_text("Draft saved", timeout=9000)
    assert Draft.objects.get().text == "Bonjour, votre colis repart"
    complaints.clear()


def test_words_that_never_reached_the_house_are_back_after_the_login(
    page: Page, context: BrowserContext, agent: User, desk: str, complaints: list[str]
) -> None:
    ticket = make.ticket(assignee=agent)
    page.goto(f"/tickets/{ticket.pk}/")
    page.route("**/draft/", lambda route: route.abort())
    writing(page, "Votre colis repart demain")
    Session.objects.all().delete()
    page.keyboard.press("Control+Enter")
    page.close()
    page = context.new_page()
    page.goto(f"/tickets/{ticket.pk}/")
    page.wait_for_url("**/accounts/login/**")
    log_in(context, agent, desk)
    page.goto(f"/tickets/{ticket.pk}/")
    expect(page.locator("#composer-text")).to_have_value("Votre colis repart demain")
    expect(page.locator("draft-keeper")).to_have_text("Draft saved", timeout=4000)
    assert Draft.objects.get().text == "Votre colis repart demain"
    complaints.clear()
