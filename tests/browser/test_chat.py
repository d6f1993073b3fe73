"""The chat from both sides at once, on a page with the strictest policy, through a cut of the network."""

import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Frame, Page, expect

from accounts.models import User
from channels_app import outbox
from channels_app.models import Channel
from tests import factories as make
from tickets import actions
from tickets.actors import Actor
from tickets.models import Message, Ticket


@pytest.fixture
def chat(shop_floor: None) -> Channel:
    from django.core.cache import cache

    cache.clear()
    make.shop(website="https://www.maison-lune.example")
    return make.channel("chat", kind="chat", address="")


@pytest.fixture
def elsewhere() -> Iterator[tuple[str, dict[str, str]]]:
    """A shop's page on an origin of its own: (address, {"policy", "page"} to fill in)."""
    said = {"policy": "", "page": ""}

    class Page(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Security-Policy", said["policy"])
            self.end_headers()
            self.wfile.write(said["page"].encode() if self.path == "/" else b"")

        def log_message(self, *args: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://localhost:{server.server_port}/", said
    server.shutdown()


def widget(page: Page) -> Frame:
    """The chat, opened: its frame stands in a closed shadow root."""
    page.wait_for_function("() => window.comptoir")
    page.evaluate("comptoir.open()")
    return inner(page)


def inner(page: Page) -> Frame:
    """The widget's frame, loaded. `window.length` does not count what stands in a shadow root."""
    for _attempt in range(100):
        found = [one for one in page.frames if "/chat/" in one.url]
        if found:
            found[0].wait_for_selector("chat-room:defined")
            return found[0]
        page.wait_for_timeout(50)
    raise AssertionError("no frame")


def answer(text: str) -> None:
    message = actions.reply(Ticket.objects.get(), by=Actor.agent(User.objects.get()), text=text)
    assert message.outbound_id is not None
    outbox.deliver(message.outbound_id)


def say(frame: Frame, text: str) -> None:
    frame.locator("textarea").fill(text)
    frame.locator("textarea").press("Enter")


def test_a_conversation_survives_a_cut_a_reload_and_a_second_tab(
    page: Page, context: BrowserContext, chat: Channel, complaints: list[str], tmp_path: Path
) -> None:
    make.user("karim@example.com", first_name="Karim", last_name="Haddad", presence="online")
    page.goto("/demo-shop/")
    frame = widget(page)
    page.screenshot(path=str(tmp_path / "hello.png"))
    say(frame, "Bonjour, le globe se remplace ?")
    mine, theirs = frame.locator(".bubble--me:not(.is-pending)"), frame.locator(".bubble--them")
    expect(mine).to_have_count(1)
    answer("Oui, d'un quart de tour.")
    expect(theirs).to_have_text(["Oui, d'un quart de tour."])
    context.set_offline(True)
    say(frame, "Merci !")
    say(frame, "Et le pied ?")
    answer("Le pied aussi.")
    expect(frame.locator(".is-pending")).to_have_count(2)
    context.set_offline(False)
    expect(mine).to_have_count(3, timeout=20_000)
    expect(theirs).to_have_count(2, timeout=20_000)
    page.screenshot(path=str(tmp_path / "talk.png"))
    other = context.new_page()
    other.goto("/demo-shop/")
    expect(widget(other).locator(".bubble")).to_have_count(5)
    page.reload()
    again = inner(page)
    expect(again.locator(".bubble")).to_have_count(5)
    texts = sorted(Message.objects.filter(author="customer").values_list("text", flat=True))
    assert texts == ["Bonjour, le globe se remplace ?", "Et le pied ?", "Merci !"]
    complaints[:] = [one for one in complaints if "ERR_INTERNET_DISCONNECTED" not in one]


def test_a_page_with_the_strictest_policy_can_carry_it(
    page: Page, desk: str, chat: Channel, elsewhere: tuple[str, dict[str, str]]
) -> None:
    address, said = elsewhere
    chat.configure({"origins": [address.rstrip("/")]})
    chat.save()
    said["policy"] = f"default-src 'none'; script-src {desk}; frame-src {desk}; img-src 'self'; style-src 'none'"
    said["page"] = (
        f"<!doctype html><html lang=en><title>Shop</title><script src='{desk}/widget/main.js' async></script>"
    )
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.goto(address)
    page.wait_for_function("() => window.comptoir")
    assert [one for one in requests if one.startswith(desk)] == [f"{desk}/widget/main.js"]
    frame = widget(page)
    say(frame, "Hello")
    expect(frame.locator(".bubble--me:not(.is-pending)")).to_have_count(1)
    assert page.context.cookies(address) == []


def test_a_hostile_page_gets_no_frame(
    page: Page, desk: str, chat: Channel, elsewhere: tuple[str, dict[str, str]], complaints: list[str]
) -> None:
    address, said = elsewhere
    said["page"] = f"<!doctype html><title>x</title><script src='{desk}/widget/main.js' async></script>"
    page.goto(address)
    page.wait_for_function("() => window.comptoir")
    page.evaluate("comptoir.open()")
    page.wait_for_timeout(1500)
    frames = [one for one in page.frames if one != page.main_frame]
    assert [one.url for one in frames if one.url.startswith(desk)] == []
    assert any("frame-ancestors" in one for one in complaints)
    complaints.clear()
