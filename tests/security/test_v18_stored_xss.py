"""V18: stored XSS in a mail's HTML, subject, names and notes (CVE-2026-32754 FreeScout, CVE-2023-37636 UVdesk).

The judge is a browser that runs whatever it can: alone with the cleaned text, then on the pages of the desk.
"""

import uuid
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage

import pytest
from playwright.sync_api import Page

from accounts.models import User
from channels_app.adapters.email.addresses import reply_address
from channels_app.foreign.html import clean_html
from tests import factories
from tests.mailroom import receive, taken_in_as
from tests.security.vectors import ATTRIBUTES, LINKS, STYLES, TAGS, VECTORS
from tickets import actions
from tickets.actors import Actor
from tickets.models import Message, Ticket
from tickets.richtext import clean_reply

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]
AT_ONCE = 30  # on a busy machine more would run into their time limit
CARRIED = (*TAGS[::2], *ATTRIBUTES, *LINKS, *STYLES)  # each in a mail of its own
# Each document in a window of its own, every element clicked, pointed at and focused.
RUN = """async documents => {
    const run = (document_, name) => new Promise(done => {
        const frame = document.createElement("iframe");
        frame.name = name;
        frame.onload = () => {
            frame.onload = null;
            for (const element of frame.contentDocument?.querySelectorAll("*") ?? [])
                for (const kind of ["click", "mouseover", "pointerover", "focus"])
                    element.dispatchEvent(new MouseEvent(kind, {bubbles: false, cancelable: true}));
            setTimeout(() => { frame.remove(); done(); }, 150);
        };
        frame.srcdoc = document_;
        document.body.append(frame);
        setTimeout(() => { frame.remove(); done(); }, 1500);
    });
    await Promise.all(documents.map(([name, text]) => run(text, name)));
}"""
OPEN_ORIGINALS = """async () => {
    const frames = [...document.querySelectorAll("iframe.original")];
    const all = frames.map(frame => new Promise(done => { frame.onload = done; frame.loading = "eager"; }));
    for (const details of document.querySelectorAll("details")) details.open = true;
    await Promise.all(all);
    return frames.length;
}"""
# What only a stranger can have put there: handlers, and elements that the desk and the cleaner never write.
FOREIGN = """() => {
    const documents = [document, ...[...document.querySelectorAll("iframe")].map(frame => frame.contentDocument)];
    const desk = document.querySelector("key-map") && document;
    const found = [];
    for (const one of documents) for (const element of one.querySelectorAll("*")) {
        const ours = one === desk && (element.localName === "script" || element.localName === "iframe");
        const bad = ["script", "iframe", "object", "embed", "math", "video", "audio", "marquee"];
        if (one !== desk) bad.push("svg", "form", "input", "button", "textarea", "select", "link", "meta[http-equiv]");
        const handler = [...element.attributes].find(attribute => /^on/.test(attribute.name));
        if (handler || (!ours && bad.includes(element.localName))) found.push(element.outerHTML.slice(0, 200));
        const href = element.getAttribute("href") ?? "";
        if (/^\\s*(javascript|data|vbscript|blob):/i.test(href)) found.push(href);
    }
    return found;
}"""


def run(page: Page, documents: dict[str, str]) -> None:
    """Show each of these documents, {name: html}, in a bare window."""
    items = list(documents.items())
    for start in range(0, len(items), AT_ONCE):
        page.evaluate(RUN, items[start : start + AT_ONCE])


def test_a_bare_browser_runs_the_vectors_but_nothing_that_was_cleaned(
    page: Page, ran: list[str], outside: list[str]
) -> None:
    assert len(VECTORS) >= len(CARRIED) >= 150
    named = {f"v{number}": vector for number, vector in enumerate(VECTORS)}
    run(page, named)
    assert len(set(ran) & set(named)) >= 80, "the judge is blind"
    page.goto("about:blank")
    ran.clear()
    run(page, {name: clean_html(vector, {}) for name, vector in named.items()})
    run(page, {name: f"<p>{clean_reply(vector)}" for name, vector in named.items()})
    assert {name: named.get(name) for name in ran} == {}


def hostile_mail(vector: str, to: str) -> bytes:
    """A mail that says the vector wherever a mail can say something."""
    made = EmailMessage(policy=policy.SMTP)
    made["From"] = Address(vector, addr_spec="jasmine@example.org")
    made["To"], made["Subject"] = to, vector
    made["Message-ID"] = f"<{uuid.uuid4().hex}@example.org>"
    made.set_content(vector)
    made.add_alternative(f"<p>{uuid.uuid4().hex}</p>{vector}", subtype="html")
    made.add_attachment(b"x", maintype="application", subtype="octet-stream", filename=vector)
    return made.as_bytes()


def hostile_ticket(by: User) -> Ticket:
    """One conversation in which customer, order, tags, notes and every message are vectors."""
    ticket = taken_in_as(receive(hostile_mail(VECTORS[22], "support@maison-lune.example"))).ticket
    to = reply_address(factories.channel(), str(ticket.pk))
    for vector in CARRIED:
        assert taken_in_as(receive(hostile_mail(vector, to))).ticket == ticket
    items = [{"name": vector, "sku": vector, "price": vector} for vector in VECTORS]
    factories.order(ticket.customer, status=VECTORS[0], items=items, tracking={"url": LINKS[0], "number": VECTORS[0]})
    actor = Actor.agent(by)
    actions.tag(ticket, add=[vector[:60] for vector in VECTORS[:100]], by=actor)
    actions.note(ticket, text="\n".join(VECTORS), by=actor)
    for vector in LINKS:
        actions.note(ticket, text=vector, html=vector, by=actor)
    return ticket


def test_no_page_of_the_desk_runs_any_of_them(
    page: Page, agent: User, ran: list[str], outside: list[str], complaints: list[str]
) -> None:
    ticket = hostile_ticket(agent)
    for start in range(0, len(VECTORS), 4):
        words = VECTORS[start : start + 4]
        factories.ticket(factories.customer(name=" ".join(words)[:200]), subject=" ".join(words), text=" ".join(words))
    page.goto(f"/tickets/{ticket.pk}/?all=1")
    with_html = Message.objects.filter(ticket=ticket, author="customer").exclude(html="").count()
    assert page.evaluate(OPEN_ORIGINALS) == with_html == len(CARRIED) + 1
    assert page.evaluate(FOREIGN) == []
    page.goto("/?rows=300")
    assert page.locator("[data-row]").count() == len(range(0, len(VECTORS), 4)) + 1
    assert page.evaluate(FOREIGN) == []
    assert (ran, complaints, outside) == ([], [], [])


def test_html_that_is_hostile_in_the_row_is_cleaned_again(
    page: Page, agent: User, ran: list[str], outside: list[str], complaints: list[str]
) -> None:
    """As an older or broken cleaner could have stored it: the frame's address alone, without its sandbox attribute."""
    ticket = factories.ticket()
    message = factories.message(ticket)
    for vector in VECTORS[:: len(VECTORS) // 12]:
        Message.objects.filter(pk=message.pk).update(html=vector)
        answer = page.goto(f"/tickets/{ticket.pk}/messages/{message.pk}/original/")
        assert answer is not None and answer.status == 200
        assert page.evaluate(FOREIGN) == []
    assert (ran, complaints, outside) == ([], [], [])
