"""The help centre in a real browser: typing, voting, keyboard, no JavaScript, phones; axe finds nothing serious."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from faq import demo
from faq.models import Article, ArticleFeedback, SelfServiceEntry

SIZES = {"wide": {"width": 1440, "height": 900}, "phone": {"width": 390, "height": 844}}
MOST_JAVASCRIPT = 20 * 1024  # bytes as sent


@pytest.fixture
def help_centre(shop_floor: None) -> Article:
    """The demo's articles; the one about returns."""
    from django.utils import timezone

    from tests import factories as make

    shop = make.shop(
        phone="+33 1 99 00 47 12", email="support@maison-lune.example", legal_name="Maison Lune SAS",
        registered_office="18 rue des Trois-Lampes, 75011 Paris", registration_number="RCS Paris 901 234 567",
        vat_number="FR 45 901234567", website="https://www.maison-lune.example",
    )  # fmt: skip
    make.calendar(shop)
    demo.fill(shop, by=make.user(first_name="Sophie", last_name="Marchetti"), now=timezone.now())
    return Article.objects.get(translations__title="How do I return an item?")


def serious(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [
        f"{one['id']}: {node['html'][:160]}"
        for one in found
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]


def test_typing_suggests_and_the_arrows_choose(page: Page, help_centre: Article) -> None:
    page.goto("/help/main/en/")
    page.get_by_label("Search the help").press_sequentially("retrun", delay=20)
    expect(page.locator(".suggest__fix")).to_contain_text("Results for return")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.locator(":focus")).to_contain_text("How do I return an item?")
    page.keyboard.press("Escape")
    expect(page.locator(".suggest")).to_be_hidden()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("return")


def test_no_asks_why_and_yes_thanks(page: Page, help_centre: Article) -> None:
    page.goto(f"/help/main/en/articles/{help_centre.pk}/")
    page.get_by_role("button", name="No", exact=True).click()
    page.get_by_label("It is not clear").check()
    page.get_by_role("button", name="Send").click()
    expect(page.locator("#helpful")).to_contain_text("We read every word")
    assert ArticleFeedback.objects.get().reason == "unclear"
    page.reload()
    page.get_by_role("button", name="Yes", exact=True).click()
    expect(page.locator("#helpful")).to_contain_text("Thank you for saying so")
    assert SelfServiceEntry.objects.filter(visitor__isnull=False).count() == 1


def test_everything_works_without_javascript(browser: Browser, desk: str, help_centre: Article) -> None:
    context = browser.new_context(java_script_enabled=False, base_url=desk, locale="en-GB")
    page = context.new_page()
    page.goto("/help/main/")
    page.get_by_label("Search the help").fill("retrun")
    page.get_by_role("button", name="Search", exact=True).click()
    page.get_by_role("link", name="How do I return an item?").first.click()
    page.get_by_role("button", name="No", exact=True).click()
    expect(page.get_by_text("A pity. What was missing?")).to_be_visible()
    page.get_by_role("button", name="Yes", exact=True).click()
    expect(page.locator("#helpful")).to_contain_text("Thank you for saying so")
    context.close()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_serious_finding(page: Page, help_centre: Article, complaints: list[str], size: str, theme: str) -> None:
    page.set_viewport_size(SIZES[size])
    page.emulate_media(color_scheme=theme)
    for path in (
        "/help/main/en/", "/help/main/fr/topics/returns/", f"/help/main/fr/articles/{help_centre.pk}/?voted=no",
        "/help/main/en/search/?q=retrun", "/help/main/en/search/?q=xylophone", "/help/main/en/products/SEL-LB/",
    ):  # fmt: skip
        page.goto(path)
        assert (path, serious(page)) == (path, [])
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert (path, wide) == (path, 0)
    complaints[:] = [one for one in complaints if not one.startswith("Applying inline style")]  # axe's own


def test_a_page_is_light(page: Page, help_centre: Article) -> None:
    sent: dict[str, int] = {}

    def weigh(response: object) -> None:
        url = response.url  # type: ignore[attr-defined]
        if url.endswith((".js", ".css")):
            sent[url] = int(response.headers.get("content-length", 0))  # type: ignore[attr-defined]

    page.on("response", weigh)
    page.goto(f"/help/main/en/articles/{help_centre.pk}/")
    page.wait_for_load_state("networkidle")
    scripts = [size for url, size in sent.items() if url.endswith(".js")]
    assert len(scripts) == 3  # htmx, the entry, the search box
    assert 0 < sum(scripts) <= MOST_JAVASCRIPT
