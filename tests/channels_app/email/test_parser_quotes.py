"""Where the reply ends: folded when certain, shown when in doubt, quick in any case."""

import pytest

from channels_app.adapters.email.quotes import visible_until
from tests.patience import bounded

OLD = "> old\n> older"


@pytest.mark.parametrize(
    "introduction",
    [
        "On Mon, 2 Nov 2026 at 09:12, Maison Lune <s@maison-lune.example> wrote:",
        "On Mon, 2 Nov 2026 at 09:12, Maison Lune\n<s@maison-lune.example> wrote:",
        "Le lun. 2 nov. 2026 à 09:12, Maison Lune <s@maison-lune.example> a écrit :",
        "Le 02/11/2026 à 09:12, Maison Lune a écrit\xa0:",
        "Am 02.11.2026 um 09:12 schrieb Maison Lune <s@maison-lune.example>:",
        "El lun, 2 nov 2026 a las 9:12, Maison Lune (<s@maison-lune.example>) escribió:",
        "Il giorno lun 2 nov 2026 alle ore 09:12 Maison Lune <s@maison-lune.example> ha scritto:",
        "Op ma 2 nov 2026 om 09:12 schreef Maison Lune <s@maison-lune.example>:",
        "Em seg., 2 de nov. de 2026 às 09:12, Maison Lune <s@maison-lune.example> escreveu:",
    ],
)
def test_attribution_lines(introduction):
    assert visible_until(f"Merci\n\n{introduction}\n\n{OLD}\n") == 5


@pytest.mark.parametrize(
    "block",
    [
        "From: Shop <s@x.example>\nSent: Monday\nTo: me\nSubject: order\n\nold",
        "De : Shop <s@x.example>\nEnvoyé : lundi\nÀ : moi\nObjet : commande\n\nold",
        "*De :* Shop\n*Date :* lundi\n*À :* moi\n*Objet :* commande\n\nold",
        "Von: Shop\nGesendet: Montag\nAn: mich\nBetreff: Bestellung\n\nold",
        "-----Original Message-----\nold",
        "-----Message d'origine-----\nold",
        "________________________________\nFrom: Shop\nSent: Monday\nTo: me\nSubject: x\n\nold",
        "> old\n\n-- \nJeanne",
        "##- Please type your reply above this line -##\nold",
    ],
)
def test_history_blocks(block):
    assert visible_until(f"Merci\n\n{block}") == 5


@pytest.mark.parametrize(
    "text",
    [
        "just a text",
        "",
        "> all quoted",
        "> Which size?\n\nLarge",
        "On Mon, 2 Nov 2026 at 09:12, x wrote:\n> a\n\nmy answer",
        "Le livreur a écrit :\nabsent\nQue faire ?",
        "Two facts:\nFrom: Paris\nTo: Lyon",
        "See\n\n---------- Message transféré ---------\nDe : x\nDate : y\nObjet : z\n\nhello",
        "See\n\nBegin forwarded message:\n\nFrom: x\nDate: y\nSubject: z\n\nhello",
    ],
)
def test_nothing_to_fold(text):
    assert visible_until(text) is None


def test_a_forward_by_its_subject():
    block = "See\n\nFrom: x\nSent: y\nTo: z\nSubject: a\n\nhello"
    assert (visible_until(block, "Fwd: a"), visible_until(block, "RE: a")) == (None, 3)


def test_history_after_the_last_answer_in_between():
    text = "Hi\n\n> Which size?\n\nLarge.\n\n> Which colour?\n> Thanks"
    assert text[: visible_until(text)] == "Hi\n\n> Which size?\n\nLarge."


@pytest.mark.parametrize(
    "text",
    [
        "x\n" + "> quote\n" * 10_000,
        "On " * 70_000,
        ("On Mon " * 100 + "\n") * 3_000,
        ("Le 3 " + "a " * 90 + "\n") * 3_000,
        "On Mon, x wrote:\n" * 5_000,
        "From: a\nTo: b\n" * 5_000,
        ("> " + "a" * 80 + "\nbbb\n") * 5_000,
    ],
    ids=["quotes", "on", "on-lines", "le-lines", "attributions", "headers", "wrapped"],
)
def test_hostile_texts_take_no_time(text):
    with bounded():
        visible_until(text)
