"""The widget itself: who is invited and who sees it, by keyboard, with assistive technology, asleep, out of hours."""

import http.server
import threading
from collections.abc import Callable, Iterator
from itertools import count

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, expect

from channels_app.models import Channel
from faq.models import SelfServiceEntry
from tests import factories as make
from tests.browser.test_chat import answer, chat, inner, say, widget
from tests.faq import makers
from tickets.models import Message, Ticket

__all__ = ["chat"]  # a fixture
Show = Callable[..., None]
fresh = count()  # so that no browser keeps an earlier loader


@pytest.fixture
def shop_page(page: Page, desk: str, chat: Channel) -> Iterator[Show]:
    """Open a shop's page, on an origin of its own, with these attributes on its line of script."""
    said = {"html": ""}

    class Shop(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(said["html"].encode())

        def log_message(self, *args: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Shop)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    origin = f"http://localhost:{server.server_port}"

    def show(path: str = "/", **data: str) -> None:
        chat.configure(chat.config | {"origins": [origin]})
        chat.save()
        given = "".join(f' data-{name.replace("_", "-")}="{value}"' for name, value in data.items())
        script = f"<script src='{desk}/widget/main.js?{next(fresh)}' async{given}></script>"
        said["html"] = f"<!doctype html><html lang=en><title>Shop</title><a href='#'>Lamps</a>{script}"
        page.goto(origin + path)
        page.wait_for_load_state("load")

    yield show
    server.shutdown()


def configured(chat: Channel, **config: object) -> None:
    chat.configure(chat.config | config)
    chat.save()


def launcher(page: Page) -> dict[str, bool]:
    """What stands in the closed shadow root, by tag: {"P": shown, "BUTTON": shown}."""
    session = page.context.new_cdp_session(page)
    tree = session.send("DOM.getDocument", {"depth": -1, "pierce": True})["root"]
    found: dict[str, bool] = {}

    def walk(node: dict, inside: bool) -> None:
        if inside and node["nodeName"] in ("P", "BUTTON"):
            found[node["nodeName"]] = "hidden" not in node.get("attributes", [])[::2]
        for root in node.get("shadowRoots", []):
            walk(root, node["nodeName"] == "COMPTOIR-CHAT")
        for child in node.get("children", []):
            walk(child, inside)

    walk(tree, False)
    return found


def invited(page: Page) -> bool:
    page.wait_for_timeout(1500)
    return launcher(page)["P"]


def test_who_browses_is_invited_once_per_session(page: Page, chat: Channel, shop_page: Show) -> None:
    configured(chat, browse_after=1)
    shop_page()
    assert invited(page)
    shop_page("/another")
    assert not invited(page)


def test_a_buyer_is_never_invited_for_browsing(page: Page, chat: Channel, shop_page: Show) -> None:
    configured(chat, browse_after=1)
    shop_page(orders="1")
    assert not invited(page)
    shop_page("/another")  # which does not say it again
    assert not invited(page)


def test_who_has_just_bought_is_invited_on_the_thank_you_page(page: Page, chat: Channel, shop_page: Show) -> None:
    configured(chat, bought_within=600)
    now = page.evaluate("new Date().toISOString()")
    shop_page("/lamps")
    assert not invited(page)
    shop_page("/old", order_at="2020-01-01T00:00:00Z")
    assert not invited(page)
    shop_page("/thanks", order_at=now)
    assert invited(page)


def test_pages_and_visitors_who_are_left_out_see_nothing(page: Page, chat: Channel, shop_page: Show) -> None:
    configured(chat, hide=["/checkout*"], segments=["vip"])
    for path, segment, seen in (("/lamps", "vip", True), ("/checkout/pay", "vip", False), ("/lamps", "new", False)):
        shop_page(path, segment=segment)
        page.wait_for_timeout(500)
        assert (path, segment, page.evaluate("Boolean(window.comptoir)")) == (path, segment, seen)


def test_it_opens_writes_and_closes_by_keyboard(page: Page, chat: Channel) -> None:
    page.goto("/demo-shop/")
    page.wait_for_function("() => window.comptoir")
    page.wait_for_selector("comptoir-chat", state="attached")
    page.locator("footer a").last.focus()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.localName") == "comptoir-chat"
    page.keyboard.press("Enter")
    frame = inner(page)
    expect(frame.locator("textarea")).to_be_focused()
    page.keyboard.type("Bonjour")
    page.keyboard.press("Enter")
    expect(frame.locator(".bubble--me:not(.is-pending)")).to_have_count(1)
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.localName") == "comptoir-chat"
    assert launcher(page)["BUTTON"]


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_serious_finding(page: Page, chat: Channel, complaints: list[str], language: str, theme: str) -> None:
    make.user("karim@example.com", first_name="Karim", last_name="Haddad", presence="online")
    makers.article(language=language) if language == "fr" else None
    page.emulate_media(color_scheme=theme)
    page.set_viewport_size({"width": 376, "height": 704})
    page.goto(f"/chat/main/?lang={language}")
    page.wait_for_selector("chat-room:defined")
    found = [Axe().run(page).response["violations"]]
    say(page.main_frame, "Bonjour")
    expect(page.locator(".bubble--me:not(.is-pending)")).to_have_count(1)
    answer("Elle part demain.")
    expect(page.locator(".bubble--them")).to_have_count(1)
    found.append(Axe().run(page).response["violations"])
    serious = [one["id"] for run in found for one in run if one["impact"] in ("serious", "critical")]
    assert serious == []
    assert page.get_attribute("html", "lang") == language
    complaints[:] = [one for one in complaints if not one.startswith("Applying inline style")]  # axe's own


def test_out_of_hours_the_form_keeps_what_was_typed(page: Page, chat: Channel) -> None:
    make.calendar(weekly={})
    page.goto("/demo-shop/")
    frame = widget(page)
    frame.locator("textarea").fill("Le globe est-il en verre ?")
    frame.locator("textarea").press("Enter")  # no address yet: nothing leaves, nothing is lost
    expect(frame.locator("textarea")).to_have_value("Le globe est-il en verre ?")
    page.reload()
    frame = inner(page)
    expect(frame.locator("textarea")).to_have_value("Le globe est-il en verre ?")
    frame.locator("[name=email]").fill("jasmine@example.org")
    frame.locator("textarea").press("Enter")
    expect(frame.locator(".bubble--me:not(.is-pending)")).to_have_count(1)
    assert Ticket.objects.get().customer.identities.get(kind="email").value == "jasmine@example.org"


def test_an_article_answers_instead_of_a_person(page: Page, context: BrowserContext, chat: Channel) -> None:
    article = makers.article()
    page.goto("/demo-shop/")
    frame = widget(page)
    frame.locator("textarea").press_sequentially("retuor", delay=20)
    offered = frame.get_by_role("link", name="Comment retourner un article ?")
    expect(offered).to_be_visible()
    settled = frame.locator("chat-answers button")
    expect(settled).to_be_hidden()
    with context.expect_page() as opened:
        offered.click()
    opened.value.close()
    with page.expect_response(lambda answer: "/solved/" in answer.url):
        settled.click()
    thanks = frame.locator("chat-answers [role=status]")
    expect(thanks).to_be_visible()
    with page.expect_response(lambda answer: "/suggest" in answer.url):
        frame.locator("textarea").press_sequentially("e")  # the list is made anew
    page.wait_for_timeout(300)
    expect(thanks).to_be_visible()
    assert SelfServiceEntry.objects.get().article == article
    assert not Ticket.objects.exists()


def test_a_laptop_that_slept_catches_up_once(page: Page, context: BrowserContext, chat: Channel) -> None:
    make.user("karim@example.com", first_name="Karim")
    page.goto("/demo-shop/")
    frame = widget(page)
    say(frame, "Bonjour")
    expect(frame.locator(".bubble--me:not(.is-pending)")).to_have_count(1)
    session = context.new_cdp_session(page)
    session.send("Page.setWebLifecycleState", {"state": "frozen"})
    answer("Elle part demain.")
    page.wait_for_timeout(1000)
    session.send("Page.setWebLifecycleState", {"state": "active"})
    expect(frame.locator(".bubble--them")).to_have_text(["Elle part demain."], timeout=25_000)
    assert Message.objects.filter(author="agent").count() == 1
