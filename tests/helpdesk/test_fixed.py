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
