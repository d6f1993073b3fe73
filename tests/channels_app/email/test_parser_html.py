"""Foreign HTML: what survives cleaning, and how it reads as plain text."""

import pytest

from channels_app.adapters.email.html_quotes import visible_html
from channels_app.foreign.html import clean_html
from channels_app.foreign.html_text import html_to_text
from tests.patience import bounded

URLS = {"logo@x": "/files/1/?t=a&b=c", "rel.png": "/files/2/"}


@pytest.mark.parametrize(
    ("html", "clean"),
    [
        ('<img src="cid:logo%40x">', '<img src="/files/1/?t=a&amp;b=c">'),
        ('<img src="cid:unknown">', "<img>"),
        ('<img src="rel.png">', '<img src="/files/2/">'),
        ('<img src="other.png">', "<img>"),
        ('<a href="cid:logo%40x">x</a>', '<a href="/files/1/?t=a&amp;b=c" rel="noopener noreferrer nofollow">x</a>'),
        ('<p class="a" id="b">x</p>', "<p>x</p>"),
        ("<p>a<b>c</p>", "<p>a<b>c</b></p>"),
        ("", ""),
    ],
)
def test_cleaning(html, clean):
    assert clean_html(html, URLS) == clean


def test_cleaning_twice_changes_nothing():
    html = (
        '<p style="color:red">x<img src="https://a.example/b.png?c=1&d=2">'
        '<img src="cid:logo@x"><a href="tel:+331">t</a>'
    )
    once = clean_html(html, URLS)
    assert clean_html(once, URLS) == once


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 100_000 + "hello",
        "&" * 1_000_000 + "hello",
        "<a " + " ".join(f"a{n}=1" for n in range(50_000)) + ">hello</a>",
    ],
    ids=["deep", "ampersands", "attributes"],
)
def test_costly_html_is_shown_quickly_as_text(html):
    with bounded():
        assert "hello" in clean_html(html, {})
        assert "hello" in html_to_text(html)


def test_reading_html():
    html = (
        "<h1>Bonjour</h1><p>Une&nbsp;ligne<br>et deux</p><table><tr><td>a</td><td>b</td></tr></table>"
        "<blockquote><p>cité</p></blockquote><pre>  code\n   x</pre><img alt='logo'><style>x</style>fin"
    )
    assert html_to_text(html) == "Bonjour\n\nUne ligne\net deux\n\na b\n>\n> cité\n\n  code\n   x\n\n[logo]fin"


@pytest.mark.parametrize(
    ("html", "visible"),
    [
        (
            "<p>Hi</p><div>On 3 Mar 2026, at 10:00, Joe &lt;j@x.example&gt; wrote:</div>"
            '<blockquote type="cite">old</blockquote>',
            "<html><body><p>Hi</p></body></html>",
        ),
        (
            '<p>Hi</p><div id="divRplyFwdMsg"><b>From:</b> x</div><div>old</div>',
            "<html><body><p>Hi</p></body></html>",
        ),
        ("<p>Hi</p><p>Le 3 mars 2026 à 10:00, Joe &lt;j@x.example&gt; a écrit :</p><p>old</p>", "<p>Hi</p>"),
        ('<div class="gmail_quote"><blockquote>old</blockquote></div><p>below</p>', None),
        ('<blockquote type="cite">only history</blockquote>', None),
        ('<p>Hi</p><div class="gmail_quote">---------- Forwarded message ---------<br>x</div>', None),
        ("<p>Hi</p>", None),
    ],
)
def test_history_in_html(html, visible):
    assert visible_html(html) == visible
