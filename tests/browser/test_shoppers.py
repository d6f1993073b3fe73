"""A shopper writes, follows the request and changes an order, in a real browser: with and without JavaScript; axe finds
nothing serious on any of these pages."""

import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from customers.models import Order
from faq.models import SelfServiceEntry
from tests import factories as make
from tests.faq import makers
from tests.faq.test_safety import png
from tickets.models import Attachment, Reason, Ticket


@pytest.fixture
def order(shop_floor: None) -> Order:
    shop = make.shop(phone="+33 1 99 00 47 12", email="support@maison-lune.example", legal_name="Maison Lune SAS")
    make.calendar(shop)
    makers.article()
    Reason.objects.create(key="late", what="Livraison", why="Retard du transporteur")
    Reason.objects.create(key="damaged", what="Produit", why="Abîmé à l’arrivée")
    customer = make.customer("jasmine@example.org", postcode="75011")
    items = [{"name": "Lampe Opale", "quantity": 1, "price": "119.00"}]
    return make.order(customer, number="ML-7", status="processing", items=items)


@pytest.fixture
def axe_may_try_inline_styles(complaints: list[str]) -> Iterator[None]:
    yield
    complaints[:] = [one for one in complaints if not one.startswith("Applying inline style")]


def write(page: Page) -> None:
    page.get_by_text("Livraison", exact=True).click()
    page.get_by_label("More precisely").locator("visible=true").select_option("late")
    page.get_by_label("Order number").fill("ML-7")
    page.get_by_label("Your message").fill("Où en est ma lampe ?")
    page.get_by_label("Photos or papers").set_input_files({"name": "g.png", "mimeType": "image/png", "buffer": png()})
    page.get_by_label("Your name").fill("Jasmine Roy")
    page.get_by_label("Your e-mail").fill("jasmine@example.org")
    page.get_by_role("button", name="Send").click()


@pytest.mark.parametrize("script", [True, False])
def test_a_message_with_reason_order_and_photo(browser: Browser, desk: str, order: Order, script: bool) -> None:
    context = browser.new_context(java_script_enabled=script, base_url=desk, locale="en-GB")
    page = context.new_page()
    page.goto("/help/main/contact/")
    write(page)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Your request #")
    ticket = Ticket.objects.get()
    assert (ticket.reason.key, list(ticket.orders.all()), Attachment.objects.get().name) == ("late", [order], "g.png")
    page.get_by_label("Your message").fill("Elle est arrivée !")
    page.get_by_role("button", name="Send").click()
    expect(page.locator("#newest")).to_contain_text("Elle est arrivée !")
    context.close()


def test_an_answer_appears_while_one_writes_and_settles_it(page: Page, order: Order) -> None:
    page.goto("/help/main/contact/?lang=fr")
    page.locator("#id_text").press_sequentially("comment retourner ma lampe", delay=10)
    expect(page.locator(".answer h3")).to_have_text("Comment retourner un article ?")
    page.locator(".answer__acts button").click()
    page.wait_for_url(re.compile("settled=1"))
    assert SelfServiceEntry.objects.get().kind == "article_solved"


def test_an_order_is_found_and_cancelled(page: Page, order: Order) -> None:
    page.goto("/help/main/orders/?lang=en")
    page.get_by_label("Order number").fill("ml-7")
    page.get_by_label("E-mail or postcode").fill("75011")
    page.get_by_role("button", name="Find my order").click()
    page.locator("summary", has_text="Cancel the order").click()
    page.get_by_role("button", name="Yes, cancel it").click()
    expect(page.get_by_role("status")).to_contain_text("Done")
    order.refresh_from_db()
    assert order.status == "cancelled"


@pytest.mark.usefixtures("axe_may_try_inline_styles")
@pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (390, "dark")])
def test_axe_finds_nothing_serious(page: Page, order: Order, width: int, theme: str) -> None:
    from customers import passes

    page.emulate_media(color_scheme=theme)
    page.set_viewport_size({"width": width, "height": 900})
    places = ["contact/", "orders/", "orders/code/", f"orders/{passes.for_order(order)}/"]
    for place in [*places, f"orders/{passes.for_customer(order.customer)}/"]:
        page.goto(f"/help/main/{place}")
        found = [one for one in Axe().run(page).response["violations"] if one["impact"] in ("serious", "critical")]
        assert (place, [(one["id"], one["nodes"][0]["html"][:120]) for one in found]) == (place, [])
        assert page.evaluate("document.documentElement.scrollWidth") <= width, place
