"""The components: each on the style guide, each in its own template, and no template that our policy would break."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template import Context, Template, TemplateSyntaxError
from django.test import Client

from helpdesk.templatetags import ui
from tests import factories as make

TEMPLATES = sorted((settings.BASE_DIR / "templates").rglob("*.html"))
PAGES = [path for path in TEMPLATES if "emails" not in path.parts]


def test_every_component_is_on_the_style_guide():
    page = (settings.BASE_DIR / "templates" / "styleguide.html").read_text()
    assert [name for name in ui.register.tags if not re.search(rf"{{% {name}\b", page)] == []


@pytest.mark.django_db
def test_the_style_guide_opens(client: Client):
    assert client.get("/styleguide/").status_code == 302
    client.force_login(make.user())
    assert client.get("/styleguide/").status_code == 200


@pytest.mark.parametrize(
    "wrong",
    ["{% pill %}", '{% pill label="x" colour="red" %}', "{% due %}", '{% avatar name="x" %}', "{% nosuch %}"],
)
def test_a_wrong_argument_fails_when_compiled(wrong: str):
    with pytest.raises(TemplateSyntaxError):
        Template(wrong)


@pytest.mark.parametrize(("level", "icon"), [("success", "check"), ("info", "info"), ("warning", "warn")])
def test_what_went_well_is_not_told_as_a_warning(level: str, icon: str):
    assert f"#{icon}" in ui.toast(text="Saved.", tone=level)


def test_an_unknown_icon_fails():
    with pytest.raises(TemplateSyntaxError):
        Template('{% icon "nosuch" %}').render(Context())


def test_values_stay_escaped():
    evil = "<script>"
    source = "{% pill label=x %}{% face initials=x %}{% reason what=x why=x %}{% toast text=x %}"
    source += "{% empty title=x %}{{ x }}{% endempty %}{% menu id=x label=x %}{% endmenu %}"
    assert "<script>" not in Template(source).render(Context({"x": evil}))


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(settings.BASE_DIR / "templates")))
def test_no_template_needs_what_the_content_policy_forbids(path: Path):
    """No inline style or script, nothing of htmx that evaluates strings (the framed mail has a policy of its own)."""
    text = path.read_text()
    if path.name in ("original.html", "demo_shop.html"):  # the demo shop stands for a page of somebody else's
        return
    found = re.findall(r"\sstyle=|<style|\son[a-z]+=|hx-on|js:|javascript:|<script(?! type=\"module\" src)", text)
    assert found == []
