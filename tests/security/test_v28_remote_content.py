"""V28: opening a mail tells its sender (osTicket 1c6f98e62): nothing leaves the browser for another host."""

import re
import uuid
from email import policy
from email.message import EmailMessage

import pytest
from playwright.sync_api import Page

from accounts.models import User
from tests import factories
from tests.mailroom import receive, taken_in_as
from tickets.models import Message

pytestmark = [pytest.mark.browser, pytest.mark.timeout(90)]
HOST = "https://spy.example"
WAYS = [
    '<img src="{}">',
    '<img src="{}" loading=eager width=1 height=1>',
    '<img srcset="{} 2x" src="">',
    '<img lowsrc="{}" dynsrc="{}">',
    '<img src="cid:missing@x" data-remote-src="{}">',
    '<picture><source srcset="{}"><img></picture>',
    '<input type=image src="{}">',
    '<body background="{}">',
    '<table background="{}"><tr><td background="{}">x</table>',
    '<div style="background:url({})">x</div>',
    '<div style="background-image:url(&quot;{}&quot;)">x</div>',
    '<div style="list-style-image:url({})">x</div>',
    '<div style="border-image:url({}) 1">x</div>',
    '<div style="content:url({})">x</div>',
    '<div style="cursor:url({}),auto">x</div>',
    '<div style="width:1px;background:image-set(&quot;{}&quot; 1x)">x</div>',
    '<div style="background:\\75rl({})">x</div>',
    '<div style="font-family:x;src:url({})">x</div>',
    "<style>@import url({});</style>",
    "<style>body{{background:url({})}}</style>",
    "<style>@font-face{{font-family:x;src:url({})}}*{{font-family:x}}</style>",
    '<link rel=stylesheet href="{}">',
    '<link rel=icon href="{}">',
    '<link rel=preload as=image href="{}">',
    '<link rel=prefetch href="{}">',
    '<link rel=dns-prefetch href="{}">',
    '<link rel=preconnect href="{}">',
    '<link rel=prerender href="{}">',
    '<link rel=modulepreload href="{}">',
    '<link rel=manifest href="{}">',
    '<script src="{}"></script>',
    '<script type=speculationrules>{{"prefetch":[{{"source":"list","urls":["{}"]}}]}}</script>',
    '<iframe src="{}"></iframe>',
    '<frameset><frame src="{}"></frameset>',
    '<embed src="{}">',
    '<object data="{}"></object>',
    '<object><param name=movie value="{}"></object>',
    '<applet archive="{}"></applet>',
    '<video src="{}" autoplay></video>',
    '<video poster="{}"></video>',
    '<audio src="{}" preload=auto></audio>',
    '<video><source src="{}"><track default src="{}"></video>',
    '<svg><image href="{}"/></svg>',
    '<svg><image xlink:href="{}"/></svg>',
    '<svg><use href="{}#x"/></svg>',
    '<svg><feImage href="{}"/></svg>',
    '<svg><style>@import "{}";</style></svg>',
    '<svg><rect fill="url({}#x)"/></svg>',
    '<meta http-equiv=refresh content="0;url={}">',
    '<meta http-equiv=Link content="<{}>;rel=preload;as=image">',
    '<base href="{}"><img src="x.png">',
    '<a href="{}" ping="{}">x</a>',
    '<form action="{}"></form><script>document.forms[0].submit()</script>',
    '<bgsound src="{}">',
    '<img src="//spy.example/x">',
    '<img src="\\\\spy.example\\x">',
    '<img src="HTTPS://spy.example/x">',
    '<img src=" https://spy.example/x">',
    '<img src="http&colon;//spy.example/x">',
    '<img src="http:spy.example/x">',
    '<img src="ftp://spy.example/x">',
    '<image src="{}">',
    '<menuitem icon="{}">',
    '<html manifest="{}">',
    '<head profile="{}">',
    '<q cite="{}">x</q>',
    '<img longdesc="{}" usemap="{}">',
]


def spying_mail(html: str, to: str) -> bytes:
    made = EmailMessage(policy=policy.SMTP)
    made["From"], made["To"], made["Subject"] = "spy@spy.example", to, "Votre commande"
    made["Message-ID"] = f"<{uuid.uuid4().hex}@spy.example>"
    for name in ("Disposition-Notification-To", "Return-Receipt-To", "Face", "X-Image-URL", "List-Unsubscribe"):
        made[name] = f"<{HOST}/{name}>"
    made.set_content(f"Voir {HOST}/text et www.spy.example")
    made.add_alternative(f"<p>{uuid.uuid4().hex}</p>{html}", subtype="html")
    return made.as_bytes()


def test_opening_a_ticket_and_its_originals_asks_nobody_outside(
    page: Page, agent: User, outside: list[str], complaints: list[str]
) -> None:
    """Each way in a frame of its own, as the conversation frames it."""
    channel = factories.channel()
    pages = [way.replace("{{", "{").replace("}}", "}").replace("{}", f"{HOST}/{n}") for n, way in enumerate(WAYS)]
    ticket = taken_in_as(receive(spying_mail(pages[0], channel.address))).ticket
    for html in pages[1:]:
        first = factories.message(ticket, raw_html=f"<p>x</p>{html}")
        assert first.html
    page.goto("/")
    page.goto(f"/tickets/{ticket.pk}/?all=1")
    loaded = page.evaluate("""async () => {
        const frames = [...document.querySelectorAll("iframe.original")];
        const all = frames.map(frame => new Promise(done => { frame.onload = done; frame.loading = "eager"; }));
        for (const details of document.querySelectorAll("details")) details.open = true;
        await Promise.all(all);
        return frames.length;
    }""")
    assert loaded == len(WAYS)
    page.wait_for_timeout(300)
    assert (outside, complaints) == ([], [])


@pytest.mark.parametrize("stored", ["as it came", "hostile in the row"])
def test_the_original_alone_asks_nobody_either(
    page: Page, agent: User, outside: list[str], complaints: list[str], stored: str
) -> None:
    ticket = factories.ticket()
    message = factories.message(ticket, raw_html="<p>x</p>")
    html = "".join(re.sub(r"\{\{|\}\}", "", way).replace("{}", HOST) for way in WAYS if "<style" not in way)
    if stored == "hostile in the row":
        Message.objects.filter(pk=message.pk).update(html=html)
    else:
        message = factories.message(ticket, raw_html=html)
    answer = page.goto(f"/tickets/{ticket.pk}/messages/{message.pk}/original/")
    assert answer is not None and answer.ok
    page.wait_for_timeout(300)
    assert (outside, complaints) == ([], [])
    assert page.locator("img[data-remote-src]").count() >= 1
