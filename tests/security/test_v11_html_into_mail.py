"""V11: a display name that becomes markup in our own mail (CVE-2026-40567 FreeScout)."""

import re

import pytest
from django.conf import settings
from hypothesis import HealthCheck, example, given
from hypothesis import settings as tries
from hypothesis import strategies as st
from lxml import html

from customers.models import Customer
from faq.models import Banner, NoticeLetter
from tests import factories
from tests.mailroom import Catcher, answer, mail, receive, taken_in_as, work
from tests.security.vectors import VECTORS
from tickets.letters import Letter, compose_acknowledgement, compose_reply
from tickets.models import Promise, Ticket
from tickets.notices import compose

pytestmark = pytest.mark.django_db
TEMPLATES = settings.BASE_DIR / "templates" / "emails"
OF_SHOP = ("name", "phone", "website", "legal_name", "registration_number", "registration_place", "registered_office",
           "vat_number")  # fmt: skip
OF_PERSON = ("first_name", "last_name")
VARIABLES = [*(("shop", name) for name in OF_SHOP), *(("author", name) for name in OF_PERSON), ("customer", "name"),
             ("promise", "text"), ("reply", "text")]  # fmt: skip
hostile = st.one_of(
    st.sampled_from(VECTORS),
    st.text(st.sampled_from("<>\"'&;/=!-`{}%() \tabonscript\u2028\u00a0\u202e"), min_size=1, max_size=40),
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=40),
)


def letters(ticket: Ticket, hostile: dict[tuple[str, str], str]) -> list[Letter]:
    """Both letters that we write, with these values in their variables."""
    author = factories.user(first_name="Inès", last_name="Benali")
    promise = Promise(ticket=ticket, text=hostile.get(("promise", "text"), "before noon"))
    ticket.assignee = author
    for (owner, name), value in hostile.items():
        whole = {"shop": ticket.shop, "author": author, "customer": ticket.customer}.get(owner)
        if whole is not None:
            setattr(whole, name, value)
    text = hostile.get(("reply", "text"), "Bonjour.")
    return [compose_reply(ticket, author=author, text=text, html=""), compose_acknowledgement(ticket, promise)]


def shape(letter: Letter) -> list[tuple[str, ...]]:
    """Its elements in order, each with the names of its attributes; paragraphs and line breaks are the text's own."""
    page = html.document_fromstring(letter.html)
    every = [(str(one.tag), *sorted(one.attrib)) for one in page.iter()]
    return [one for one in every if one not in (("p",), ("br",))]


def fresh() -> Ticket:
    ticket = Ticket.objects.select_related("shop", "customer").get()
    for name in OF_SHOP:
        setattr(ticket.shop, name, "https://x.example" if name == "website" else "plain")
    return ticket


@pytest.fixture
def only_ticket() -> Ticket:
    factories.calendar()
    return factories.ticket()


@pytest.fixture
def plain(only_ticket: Ticket) -> list[list[tuple[str, ...]]]:
    return [shape(letter) for letter in letters(fresh(), {})]


@given(value=hostile, variable=st.sampled_from(VARIABLES))
@example(value="</title><script>alert(1)</script>", variable=("shop", "name"))
@example(value="<img src=x onerror=alert(1)>", variable=("customer", "name"))
@tries(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_variable_becomes_markup(plain: list[list[tuple[str, ...]]], value: str, variable: tuple[str, str]) -> None:
    assert [shape(letter) for letter in letters(fresh(), {variable: value})] == plain


@pytest.mark.parametrize("variable", VARIABLES)
def test_every_variable_reaches_a_letter_escaped(only_ticket: Ticket, variable: tuple[str, str]) -> None:
    value = "<q7>"
    written = [letter.html for letter in letters(fresh(), {variable: value})]
    assert any("&lt;q7&gt;" in text for text in written)
    assert not any("<q7>" in text for text in written)


def test_a_letter_about_orders_escapes_whom_what_and_which() -> None:
    letter = NoticeLetter(
        banner=Banner(shop=factories.shop()), customer=Customer(name="<q7> B"), orders=["<q7>", "2"], language="fr"
    )
    written = compose(letter, {"fr": {"subject": "x", "text": "<q7>"}}, by=factories.user()).html
    assert (written.count("&lt;q7&gt;"), "<q7>" in written) == (3, False)


def test_the_list_of_variables_is_whole() -> None:
    """A variable that a template gains must be tried above."""
    used: set[str] = set()
    for template in TEMPLATES.glob("*.html"):
        source = template.read_text()
        used |= set(re.findall(r"{{ *([a-z_.]+)", source)) | set(re.findall(r"with \w+=([a-z_.]+)", source))
    tried = {f"{owner}.{name}" for owner, name in VARIABLES}
    known = {"author.full_name", "customer.first_name", "promise", "html", "text", "name", "number"}  # tried by parts
    known |= {"ticket.language", "ticket.number", "ticket.pk", "hours"}  # a known code, numbers, words about numbers
    known |= {"orders", "numbers"}  # tried above
    known |= {"status_url", "url", "more"}  # addresses that we made
    known |= {
        "question",
        "ends.",
        "button.url",
        "button.word",
        "button.step.score",
        "button.step.word",
    }  # surveys: our own words
    assert used - tried - known == set()


def test_the_only_unescaped_variable_is_the_cleaned_reply() -> None:
    unescaped = {(path.name, found) for path in TEMPLATES.glob("*.html")
                 for found in re.findall(r"{{[^}]*\|\s*safe[^}]*}}|autoescape off", path.read_text())}  # fmt: skip
    assert unescaped == {("reply.html", "{{ html|safe }}"), ("automatic.html", "{{ html|safe }}")}


def test_a_strangers_name_leaves_as_words(catcher: Catcher) -> None:
    """From the mail that names them to the acknowledgement and the answer that they get."""
    for vector in VECTORS[::25]:
        name = vector.replace("\\", "").replace('"', "")
        message = taken_in_as(receive(mail(sender=f'"{name}" <a{abs(hash(vector))}@example.org>')))
        answer(message.ticket, f"Bonjour {name}")
    work()
    assert len(catcher.caught) == 2 * len(VECTORS[::25])
    for caught in catcher.caught:
        body = caught.message.get_body(("html",))
        assert body is not None
        page = html.document_fromstring(body.get_content())
        assert page.xpath("//script|//img|//svg|//iframe|//form|//*[@onerror]") == []
