"""The reply coach, held against the pairs of the source articles: what they call bad gives hints, what they call good
none (S73-S77, S81, S91, S107, S132, S144, S150)."""

import uuid

import pytest
from django.test import Client

from tests import factories as make
from tickets.coach import Hint, Kind, Situation, blocking, review
from tickets.models import DeskSettings, Message

FR, EN = Situation("fr"), Situation("en")


def kinds(text: str, situation: Situation = FR) -> list[str]:
    return [hint.kind.value for hint in review(text, situation)]


def only(text: str, situation: Situation = FR) -> Hint:
    (hint,) = review(text, situation)
    return hint


GOOD = [
    ("fr", "Vérifions ensemble l'adresse. Je peux vous aider, préférez-vous un échange ?"),
    ("fr", "Nous pouvons résoudre cela ensemble."),
    (
        "fr",
        "Je suis désolé pour ce retard.\n\nDeux possibilités :\n1. je vous renvoie un colis aujourd'hui ;\n"
        "2. je vous rembourse.\n\nQue préférez-vous ?",
    ),
    ("fr", "Je suis navrée de cet oubli. Votre colis est prêt, je le poste moi-même ce soir."),
    ("fr", "Bonjour Marie,\n\nVotre commande part ce matin, vous la recevrez mardi.\n\nBelle journée,\nSophie"),
    ("en", "Let's check the address together. Would you prefer an exchange?"),
    ("en", "I'm sorry about the delay. I have sent a new parcel this morning; I'll call you on Tuesday."),
    ("fr", "Désolée que la lampe soit cassée : une nouvelle part aujourd'hui, vous la recevrez jeudi."),
    ("en", "I'm sorry that it arrived broken: a new one leaves today and should be with you on Thursday."),
    ("en", "You should have received it by now, so I have asked the carrier today."),
    ("en", "Hello Mary,\n\nYour order leaves today and reaches you on Friday.\n\nKind regards,\nSophie"),
]


@pytest.mark.parametrize(("language", "text"), GOOD)
def test_good_answers_get_no_remark(language: str, text: str) -> None:
    assert kinds(text, Situation(language)) == []


def test_orders_become_offers() -> None:
    hints = review("Vous devez vérifier votre adresse, puis vous devez envoyer une demande.", FR)
    assert [(hint.quote, hint.rewrites[0]) for hint in hints] == [
        ("Vous devez vérifier", "Vérifions"),
        ("vous devez envoyer", "envoyons"),
    ]


@pytest.mark.parametrize(
    ("verb", "lets"), [("changer", "changeons"), ("commencer", "commençons"), ("choisir", "je vous propose de choisir")]
)
def test_the_offer_is_spelt_right(verb: str, lets: str) -> None:
    assert only(f"vous devez {verb} un point relais").rewrites[0] == lets


def test_cannot_and_must_become_together() -> None:
    """S150, the exact pair."""
    assert only("Je ne peux pas").rewrites == ("Nous pouvons résoudre cela ensemble",)
    assert only("vous devez").rewrites == ("nous pouvons résoudre cela ensemble",)
    assert only("We cannot", EN).rewrites == ("We can solve this together",)


def test_typographic_apostrophes_are_apostrophes() -> None:
    text = "Comme je l\u2019ai dit au téléphone, le colis arrive."
    hint = only(text)
    assert (hint.kind, text[hint.start : hint.end]) == (Kind.BLAME, "Comme je l\u2019ai dit au téléphone")


@pytest.mark.parametrize(
    ("language", "text", "kind"),
    [
        ("fr", "Je suis désolé.", "apology"),
        ("en", "We are so sorry about this.", "apology"),
        ("fr", "Expédition en 24 h, promis par la maison.", "promise"),
        ("fr", "Cela n'arrivera plus jamais.", "promise"),
        ("fr", "Je reviens vers vous dès que possible.", "promise"),
        ("en", "This will never happen again.", "promise"),
        ("en", "It ships within 24 hours.", "promise"),
        ("fr", "Envoyez-nous un e-mail avec la facture.", "away"),
        ("en", "Please send us an email about it.", "away"),
        ("fr", "Je vous prie d'agréer l'expression de mes sentiments distingués.", "blame"),
        ("en", "As per my last email, the parcel left.", "blame"),
        ("fr", "Calmez-vous.", "blame"),
        ("fr", "Il vous faut renvoyer le produit.", "negative"),
        ("en", "You should have read the terms.", "blame"),
        ("en", "Unfortunately there is nothing I can do.", "negative"),
    ],
)
def test_phrases_to_avoid(language: str, text: str, kind: str) -> None:
    assert kinds(text, Situation(language)) == [kind]


def test_the_last_word_is_not_sorry() -> None:
    """S144: « je le poste moi-même », not « désolé »."""
    assert kinds("Je vous renvoie le vase demain.\n\nEncore désolé.") == ["last_word"]
    assert kinds("Encore désolé.\n\nJe le poste moi-même demain.") == []
    assert kinds("I'll send a new one today. Again, sorry for that.", EN) == ["last_word"]


def test_a_wall_of_text_and_the_same_in_steps() -> None:
    sentence = "Votre colis a quitté notre entrepôt mardi et il est passé par Lyon. "
    assert kinds(sentence * 9) == ["wall"]
    assert kinds("\n".join(f"{n}. {sentence}" for n in range(1, 10))) == []


def test_no_jokes_with_bad_news() -> None:
    text = "Oups, le vase est arrivé cassé ! Je vous en renvoie un demain 😅"
    assert kinds(text, Situation("fr", bad_news=True)) == ["tone", "tone"]
    assert kinds(text) == []


def test_a_complaint_is_listened_acknowledged_acted_upon_thanked_explained() -> None:
    complaint = Situation("fr", complaint=True)
    whole = (
        "Merci pour votre message. Je comprends votre déception : le colis a été mal protégé, car l'atelier "
        "manquait de carton. Je vous renvoie un vase ce matin."
    )
    assert review(whole, complaint) == []
    hint = only(whole.replace("Merci pour", "J'ai bien lu"), complaint)
    assert (hint.kind, hint.missing) == (Kind.ERARE, ("thank",))


def test_the_shops_own_lists() -> None:
    own = Situation("fr", lists={"banned": ["cher client"], "rewrites": [["bien à vous", "belle journée"]]})
    hints = review("Cher client, tout est parti. Bien à vous", own)
    assert [(hint.quote, hint.rewrites) for hint in hints] == [
        ("Cher client", ()),
        ("Bien à vous", ("Belle journée",)),
    ]
    assert blocking(hints) == hints


def test_only_promises_and_banned_words_may_block() -> None:
    assert blocking(review("Vous devez vérifier. Je suis désolé.", FR)) == []
    assert [hint.kind for hint in blocking(review("Expédition en 24 h.", FR))] == [Kind.PROMISE]


def test_an_unknown_language_and_an_empty_answer_get_none() -> None:
    assert kinds("Sie müssen das prüfen.", Situation("de")) == []
    assert kinds("  \n ") == []


@pytest.mark.django_db
@pytest.mark.parametrize(("blocks", "said"), [(False, 1), (True, 0)])
def test_only_a_shop_that_wants_it_holds_an_answer_back(client: Client, blocks: bool, said: int) -> None:
    ticket, agent = make.ticket(language="fr"), make.user()
    DeskSettings.objects.create(shop=ticket.shop, coach_blocks=blocks)
    client.force_login(agent)
    form = {"kind": "reply", "text": "Expédition en 24 h.", "then": "", "submission": str(uuid.uuid4())}
    page = client.post(f"/tickets/{ticket.pk}/say/", form)
    assert page.status_code == (422 if blocks else 302)
    assert Message.objects.filter(user=agent).count() == said
    if blocks:
        assert "“Expédition en 24 h”" in page.content.decode()
