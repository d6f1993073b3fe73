"""{% fixed %}: markup kept for everybody must hold nothing of anybody."""

import pytest
from django.template import Context, Template, TemplateSyntaxError
from django.utils import translation
from django.utils.safestring import mark_safe


def test_its_body_knows_no_variable_but_those_given():
    template = Template("{% fixed name=user %}{{ name }}-{{ user }}-{{ request }}{% endfixed %}")
    assert template.render(Context({"user": "Inès", "request": "secret"})) == "Inès--"
    assert template.render(Context({"user": "Sophie", "request": "other"})) == "Sophie--"


def test_each_language_has_its_own():
    template = Template('{% fixed %}{% translate "Search" %}{% endfixed %}')
    with translation.override("en"):
        assert template.render(Context()) == "Search"
    with translation.override("fr"):
        assert template.render(Context()) == "Rechercher"


@pytest.mark.parametrize("markup", ["{% fixed label=label %}{{ label }}{% endfixed %}", "{% pill label=label %}"])
def test_a_marked_string_does_not_pass_for_an_unmarked_one(markup: str):
    template = Template(markup)
    assert "<b>" in template.render(Context({"label": mark_safe("<b>")}))
    assert "<b>" not in template.render(Context({"label": "<b>"}))


def test_what_is_not_named_is_refused():
    with pytest.raises(TemplateSyntaxError):
        Template("{% fixed user %}{% endfixed %}")


def test_what_differs_on_every_page_is_filled_in_each_time_and_escaped():
    template = Template(
        "{% fixed to=to with number=ticket.number query=query %}"
        '<a href="{% url "ticket" number %}{{ query }}">{{ to }}</a>{% endfixed %}'
    )
    pages = [{"to": "read", "ticket": {"number": n}, "query": query} for n, query in ((7, '?q="<'), (8, ""))]
    assert [template.render(Context(page)) for page in pages] == [
        '<a href="/tickets/7/?q=&quot;&lt;">read</a>',
        '<a href="/tickets/8/">read</a>',
    ]
