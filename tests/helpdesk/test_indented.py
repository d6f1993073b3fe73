from pathlib import Path

from django.template import Context, Engine

LIST = """\
<ul>
    {% for one in them %}
        <li>{{ one }} is
            there</li>
    {% empty %}
        <li>Nobody</li>
    {% endfor %}
</ul>
<p>Below</p>
"""


def rendered(folder: Path, name: str, **context: object) -> str:
    engine = Engine(dirs=[folder], loaders=["helpdesk.lib.indented.Loader"])
    return engine.get_template(name).render(Context(context))


def test_the_browser_gets_no_indentation(tmp_path: Path) -> None:
    (tmp_path / "list.html").write_text(LIST)
    assert rendered(tmp_path, "list.html", them=["Inès"]) == "<ul><li>Inès isthere</li></ul>\n<p>Below</p>\n"
    assert rendered(tmp_path, "list.html", them=[]) == "<ul><li>Nobody</li></ul>\n<p>Below</p>\n"


def test_a_letter_keeps_its_lines(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("Your things:\n  - a lamp\n")
    assert rendered(tmp_path, "letter.txt") == "Your things:\n  - a lamp\n"
