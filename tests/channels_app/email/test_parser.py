"""Hand-made mails with exactly what must be read from them."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from channels_app.adapters.email.model import Bounce, Invitation, Mailbox, ParsedMail
from channels_app.adapters.email.parser import parse

DATA = Path(__file__).parents[2] / "data" / "email"


def read(name: str, **options) -> ParsedMail:
    return parse((DATA / f"{name}.eml").read_bytes(), now=datetime(2026, 11, 22, tzinfo=UTC), **options)


def shown(mail: ParsedMail) -> str:
    return mail.text[: mail.visible_until]


def test_ordinary_mail():
    mail = read("plain_utf8")
    assert mail.sender == Mailbox("Jeanne Dupré", "jeanne@example.com")
    assert mail.to == [Mailbox("", "support@maison-lune.example")]
    assert mail.message_id == "m1@example.com"
    assert mail.subject == "Où est ma commande ?"
    assert mail.date == datetime.fromisoformat("2026-11-02T10:00:00+01:00")
    assert mail.text == "Bonjour,\n\nJ’attends ma commande n° 1001 depuis « mardi ».\n\nJeanne"
    assert (mail.nature, mail.suppress_reply, mail.visible_until, mail.html) == ("human", False, None, "")
    assert mail.headers["From"] == "Jeanne Dupré <jeanne@example.com>"


@pytest.mark.parametrize(
    ("name", "subject", "text", "warnings"),
    [
        (
            "latin1_labelled_ascii",
            "Café brûlé",
            "Le café est brûlé, c'est très regrettable et déjà la deuxième fois cette année.",
            ["charset-guessed"],
        ),
        ("gb2312_alias", "订单", "我的订单在哪里?", []),
        ("unknown_charset", "x", "Ça marche quand même : déjà vu.", []),
        ("split_character_words", "ééé é", "x", []),
        ("broken_words", "café =?utf-8?x?abc?= end", "x", []),
        ("headers_8bit", "Réponse à votre “offre”", "Merci", ["headers-8bit"]),
        ("nul_bytes", "ab", "onetwo", ["date-odd"]),
        ("missing_boundary_parameter", "x", "found anyway", []),
        ("flowed", "x", "This is one long line.\n\nAnd another.\n-- \nJane", []),
    ],
)
def test_charsets_and_broken_syntax(name, subject, text, warnings):
    mail = read(name)
    assert (mail.subject, mail.text, mail.warnings) == (subject, text, warnings)


@pytest.mark.parametrize(
    ("name", "sender", "suppress"),
    [
        ("no_from", Mailbox("Shop, Jane", "jane@example.com"), False),
        ("only_return_path", Mailbox("", "jane@example.com"), False),
        ("nobody", Mailbox("undisclosed", ""), True),
        ("headers_8bit", Mailbox("Renée", "renee@example.com"), False),
        ("broken_words", Mailbox("=?utf-8?q?Broken", "broken@example.com"), False),
    ],
)
def test_the_sender_is_found_on_the_next_rung(name, sender, suppress):
    mail = read(name)
    assert (mail.sender, mail.suppress_reply) == (sender, suppress)


def test_groups_comments_and_routes():
    mail = read("group_syntax")
    assert mail.sender == Mailbox("Ann (the) Agent", "a@example.com")
    assert mail.to == [
        Mailbox("", "joe@example.com"),
        Mailbox("Roe, Jane", "jane@example.com"),
        Mailbox("", "route@example.com"),
    ]
    assert mail.cc == [Mailbox("", "plain@example.com"), Mailbox("Bare Name", "bare@example.com")]


def test_an_image_between_two_texts_stays_a_visible_file():
    mail = read("apple_inline_no_cid")
    assert mail.text == "Voici la photo :\n\nMerci !"
    assert [(a.name, a.content_type, a.inline, a.size) for a in mail.attachments] == [
        ("IMG 1.png", "image/png", False, 69)
    ]


def test_only_what_the_html_shows_is_inline():
    mail = read("related_cid")
    assert mail.text == "See the logo"
    assert [(a.name, a.content_id, a.inline) for a in mail.attachments] == [
        ("logo.png", "logo@example.com", True),
        ("unused.png", "unused@example.com", False),
    ]
    assert mail.cids == {"logo@example.com": 0, "unused@example.com": 1}


def test_html_only_becomes_text_with_its_links():
    mail = read("html_only")
    assert mail.text == "Bonjour,\n\nVoir ma commande <https://example.com/c/1>.\n\n- un\n- deux"


def test_winmail_is_unpacked_and_kept():
    mail = read("winmail")
    assert mail.text == "See the invoice"
    assert [(a.name, a.content_type) for a in mail.attachments] == [
        ("winmail.dat", "application/ms-tnef"),
        ("facture.txt", "text/plain"),
    ]
    assert mail.attachments[1].data == b"Montant : 59,90 EUR\r\n"


def test_an_invitation_is_summarised():
    mail = read("calendar")
    assert mail.invitation == Invitation(
        method="REQUEST",
        summary="Retrait du colis",
        start="2026-11-05T13:00:00+00:00",
        end="2026-11-05T13:30:00+00:00",
        organiser="a@example.com",
        location="Paris",
    )
    assert [a.content_type for a in mail.attachments] == ["text/calendar"]


def test_an_attached_mail_is_a_file():
    mail = read("forwarded_eml")
    assert mail.text == "See attached"
    assert [(a.name, a.content_type) for a in mail.attachments] == [("Votre commande expédiée.eml", "message/rfc822")]
    assert b"inner body" in mail.attachments[0].data
    assert (mail.message_id, mail.nature) == ("", "human")


@pytest.mark.parametrize(
    ("name", "label", "text"),
    [("smime_signed", "smime-signed", "Signed text"), ("smime_encrypted", "smime-encrypted", "")],
)
def test_protected_mail_is_labelled_and_kept(name, label, text):
    mail = read(name)
    assert (mail.signed, mail.text, len(mail.attachments)) == (label, text, 1)


def test_names_and_types_of_files():
    assert [(a.name, a.content_type) for a in read("attachment_names").attachments] == [
        ("facété x.pdf", "application/pdf"),
        ("reçu.pdf", "application/pdf"),
        ("gnp.exe", "image/svg+xml"),
        ("_CON.txt", "text/plain"),
    ]


@pytest.mark.parametrize(
    ("name", "nature", "suppress"),
    [
        ("dsn_failed", "bounce", True),
        ("bounce_qmail", "bounce", True),
        ("ooo_english", "auto", True),
        ("ooo_french", "auto", True),
        ("mailing_list", "bulk", True),
        ("read_receipt", "receipt", True),
        ("forward_inline", "human", False),
    ],
)
def test_nature(name, nature, suppress):
    mail = read(name)
    assert (mail.nature, mail.suppress_reply) == (nature, suppress)


@pytest.mark.parametrize(
    ("name", "expected", "permanent"),
    [
        (
            "dsn_failed",
            Bounce(
                "failed",
                "5.1.1",
                "gone@example.com",
                "550 5.1.1 <gone@example.com>: User unknown",
                ["out.42.abcdef@maison-lune.example"],
            ),
            True,
        ),
        ("dsn_delayed", Bounce("delayed", "4.4.1", "slow@example.com", "", []), False),
        (
            "bounce_qmail",
            Bounce(
                "failed",
                "5.1.1",
                "gone@example.com",
                "Sorry, no mailbox here by that name. (#5.1.1)",
                ["out.43.abcdef@maison-lune.example"],
            ),
            True,
        ),
    ],
)
def test_bounces(name, expected, permanent):
    bounce = read(name).bounce
    assert bounce == expected
    assert bounce.permanent is permanent


def test_thread_ids():
    mail = read("quote_french")
    assert mail.in_reply_to == ["out.1@maison-lune.example", "other@example.com"]
    assert mail.references == ["root@maison-lune.example", "out.1@maison-lune.example"]


def test_five_hundred_references_keep_root_and_newest():
    ids = " ".join(f"<{n}@x>" for n in range(500))
    mail = parse(f"From: a@example.com\nReferences: {ids}\n\nx".encode())
    assert (len(mail.references), mail.references[0], mail.references[1], mail.references[-1]) == (
        100,
        "0@x",
        "401@x",
        "499@x",
    )


@pytest.mark.parametrize(
    ("name", "visible"),
    [
        ("quote_french", "Oui, c’est bien cela."),
        ("quote_outlook_french", "Merci beaucoup."),
        ("quote_gmail_html", "Oui, merci."),
    ],
)
def test_history_is_folded(name, visible):
    mail = read(name)
    assert shown(mail) == visible
    assert len(mail.text) > len(visible)


@pytest.mark.parametrize("name", ["quote_bottom", "quote_interleaved", "forward_inline", "plain_utf8"])
def test_answers_below_and_forwards_are_never_folded(name):
    mail = read(name)
    assert (mail.visible_until, mail.html_visible) == (None, None)


def test_gmail_history_is_cut_from_the_html():
    assert read("quote_gmail_html").html_visible == ('<html><body><div dir="ltr">Oui, merci.</div><br></body></html>')


def test_authentication_is_read_only_from_our_own_host():
    own = {"dmarc": "pass", "dkim": "pass", "spf": "pass"}
    assert read("own_instance", authserv_id="mx.maison-lune.example").authentication == own
    assert read("own_instance").authentication == {}
    assert read("own_instance", authserv_id="mx.other.example").authentication == {}


def test_own_mark_passes_and_other_control_headers_do_not():
    mail = read("own_instance")
    assert mail.own_instance == "abc.def"
    assert "closed" not in repr(mail)


def test_every_hand_made_mail_is_covered():
    assert len(list(DATA.glob("*.eml"))) == 37


@pytest.mark.parametrize(
    ("fields", "nature"),
    [
        ("From: Jane <jane@example.com>\nSubject: delivery problem with my order", "human"),
        ("From: Jane <jane@example.com>\nReturn-Path: <jane@example.com>\nSubject: Undelivered parcel", "human"),
        ("From: Postmaster Jane <postmaster@small.example>\nSubject: Question about order 12", "human"),
        ("From: Delivery Team <delivery@carrier.example>\nSubject: Your parcel", "human"),
        ("From: Luc <luc@example.com>\nSubject: Je suis absent demain, livraison possible ?", "human"),
        ("From: x <x@example.com>\nAuto-Submitted: no\nSubject: x", "human"),
        ("From: x <x@example.com>\nPrecedence: bulk\nSubject: x", "auto"),
        ("From: x <x@example.com>\nReturn-Path: <>\nSubject: x", "auto"),
        ("From: x <x@example.com>\nSubject: Réponse automatique : commande", "auto"),
        ("From: x <x@example.com>\nAuto-Submitted: auto-generated\nSubject: x", "auto"),
        ("From: postmaster@x.example\nSubject: Undeliverable: order", "bounce"),
        ("From: MAILER-DAEMON@x.example\nSubject: anything", "bounce"),
    ],
)
def test_people_are_not_taken_for_machines_nor_machines_for_people(fields, nature):
    assert parse(f"{fields}\n\nx".encode()).nature == nature


def test_a_request_not_to_answer_is_not_proof_of_a_machine():
    mail = parse(b"From: x <x@example.com>\nX-Auto-Response-Suppress: OOF, AutoReply\nSubject: x\n\nx")
    assert (mail.nature, mail.suppress_reply) == ("human", True)


@pytest.mark.parametrize(
    "text",
    [
        "The following address(es) failed:\n\n  gone@example.com\n    550 5.1.1 User unknown\n",
        "Delivery has failed to these recipients:\n\ngone@example.com<mailto:gone@example.com>\n550 5.1.1\n",
        "Votre message n'a pas pu être remis à gone@example.com\n550 5.1.1 boîte inconnue\n",
        "   ----- The following addresses had permanent fatal errors -----\n<gone@example.com>\n550 5.1.1 unknown\n",
    ],
    ids=["exim", "exchange", "french", "sendmail"],
)
def test_bounces_without_a_report(text):
    raw = f"From: MAILER-DAEMON@x.example\nTo: s@maison-lune.example\nSubject: failed\n\n{text}"
    bounce = parse(raw.encode()).bounce
    assert (bounce.action, bounce.status, bounce.recipient) == ("failed", "5.1.1", "gone@example.com")
