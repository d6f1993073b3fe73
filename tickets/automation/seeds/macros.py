"""Prepared answers, in our own words (S75, S88-S93): short paragraphs, numbered steps, one next step each."""

from typing import Any, TypedDict


class Seed(TypedDict, total=False):
    name: dict[str, str]
    texts: dict[str, str]
    steps: list[dict[str, Any]]
    reasons: list[str]
    closes: bool
    argues: bool
    guard: dict[str, Any]


HELLO = 'Bonjour {{ customer.first_name | "et merci de votre message" }},'
HELLO_EN = 'Hello {{ customer.first_name | "and thank you for writing" }},'

MACROS: dict[str, Seed] = {
    "find-order-number": {
        "name": {"fr": "Trouver son numéro de commande", "en": "Find your order number"},
        "texts": {
            "fr": f"""{HELLO}

Pour retrouver votre commande, il me faut son numéro. Le voici en trois pas :

1. Ouvrez l’e-mail de confirmation reçu le jour de l’achat. Son objet commence par « Votre commande ».
2. Le numéro est écrit en haut, juste après le mot « Commande ».
3. Recopiez-le dans votre réponse à ce message.

L’e-mail est introuvable ? Donnez-moi simplement l’adresse utilisée pour l’achat et votre code postal : je chercherai pour vous.""",
            "en": f"""{HELLO_EN}

To find your order I need its number. Here is where it is, in three steps:

1. Open the confirmation e-mail of the day you ordered. Its subject begins with "Your order".
2. The number stands at the top, right after the word "Order".
3. Copy it into your reply to this message.

You cannot find that e-mail? Just give me the address you ordered with and your postcode, and I will look for you.""",
        },
        "steps": [{"do": "state", "to": "pending"}],
    },
    "lost-parcel": {
        "name": {"fr": "Colis perdu : nous le renvoyons", "en": "Lost parcel: we send it again"},
        "texts": {
            "fr": f"""{HELLO}

Je suis désolé : votre commande {{{{ order.number }}}} aurait dû arriver, et vous l’attendez encore.

J’ai vérifié le suivi {{{{ order.tracking_number | "du transporteur" }}}} : le colis n’avance plus, nous le considérons comme perdu. Un nouveau colis part à nos frais, avec les mêmes articles.

Vous le recevrez le {{{{ input.date_prévue }}}} au plus tard. Je suis ce dossier moi-même et je vous écris ce jour-là pour vérifier qu’il est bien entre vos mains.

Merci de votre patience.""",
            "en": f"""{HELLO_EN}

I am sorry: your order {{{{ order.number }}}} should have arrived by now, and you are still waiting.

I checked its tracking {{{{ order.tracking_number | "with the carrier" }}}}: the parcel no longer moves, so we treat it as lost. A new one with the same items is leaving at our expense.

It will reach you by {{{{ input.arrival_date }}}} at the latest. I am following this myself and will write to you that day to make sure that you have it.

Thank you for your patience.""",
        },
        "steps": [
            {"do": "tag", "add": ["renvoi"]},
            {"do": "task", "title": "Colis #{{ ticket.number }} arrivé ?", "to": "me"},
        ],
        "reasons": ["not-received", "late-carrier"],
    },
    "unhappy-product": {
        "name": {"fr": "Produit décevant : deux solutions", "en": "Unhappy with the product: two ways out"},
        "texts": {
            "fr": f"""{HELLO}

Merci de nous l’avoir dit. Vous attendiez mieux de {{{{ order.product | "cet article" }}}}, et je le comprends.

Voici deux solutions, choisissez celle qui vous convient :

1. Un échange : vous nous le renvoyez sans frais et nous envoyons un autre modèle.
2. Un remboursement : dès son retour, le montant est rendu sur votre moyen de paiement.

Répondez simplement « 1 » ou « 2 », avec un numéro de téléphone où vous joindre : je vous appelle pour organiser la suite.""",
            "en": f"""{HELLO_EN}

Thank you for telling us. You expected more of {{{{ order.product | "this item" }}}}, and I understand.

Here are two ways out; choose the one that suits you:

1. An exchange: you return it free of charge and we send you another model.
2. A refund: as soon as it is back, the amount returns to your means of payment.

Simply answer "1" or "2", with a phone number where I can reach you: I will call you to arrange the rest.""",
        },
        "steps": [{"do": "tag", "add": ["choix-demandé"]}, {"do": "state", "to": "pending"}],
        "reasons": ["wrong-colour", "defect"],
    },
    "damaged-parcel": {
        "name": {"fr": "Colis endommagé : excuses et suivi", "en": "Damaged parcel: apology and follow-up"},
        "texts": {
            "fr": f"""{HELLO}

Merci de nous avoir prévenus, et pardon pour ce colis abîmé. Nos emballages protègent presque toujours ce qu’ils contiennent ; pas cette fois, et c’est à nous de réparer cela.

Vos prochaines commandes seront contrôlées une à une avant leur départ. Dites-moi si vous préférez un nouvel article ou un remboursement : je m’en occupe aujourd’hui même.""",
            "en": f"""{HELLO_EN}

Thank you for letting us know, and I am sorry that your parcel arrived damaged. Our packaging almost always protects what is inside; this time it did not, and it is up to us to put that right.

Your next orders will be checked one by one before they leave. Tell me whether you would rather have a new item or a refund: I will see to it today.""",
        },
        "steps": [{"do": "tag", "add": ["client-à-suivre"]}, {"do": "reason", "to": "damaged"}],
        "reasons": ["damaged", "packaging"],
    },
    "next-questions": {
        "name": {"fr": "Retour : les questions qui suivent", "en": "Returns: the questions that come next"},
        "texts": {
            "fr": """Pour vous éviter d’avoir à nous réécrire, voici la suite :

1. L’étiquette de retour arrive par e-mail dans l’heure. Collez-la sur le carton.
2. Déposez le colis dans un point relais. Gardez la preuve de dépôt.
3. Le remboursement part au plus tard 5 jours ouvrés après son arrivée, sur le moyen de paiement utilisé.
4. Vous préférez un échange ? Dites-le-nous en une ligne : rien d’autre à renvoyer.""",
            "en": """To save you another message, here is what comes next:

1. The return label reaches you by e-mail within the hour. Stick it on the box.
2. Drop the parcel at a pick-up point and keep the receipt.
3. The refund leaves within 5 working days of its arrival, to the means of payment you used.
4. Would you rather exchange it? Tell us in one line; there is nothing else to send.""",
        },
        "reasons": ["return-size", "return-changed-mind"],
    },
    "refund-done": {
        "name": {"fr": "Remboursement effectué", "en": "Refund done"},
        "texts": {
            "fr": f"""{HELLO}

C’est fait : votre commande {{{{ order.number }}}} est remboursée. Selon votre banque, la somme de {{{{ order.total }}}} apparaît sous 3 à 5 jours ouvrés.

Si vous ne la voyez pas d’ici là, répondez à ce message : je vous enverrai la preuve de l’opération.""",
            "en": f"""{HELLO_EN}

It is done: your order {{{{ order.number }}}} is refunded. Depending on your bank, the {{{{ order.total }}}} will show within 3 to 5 working days.

If you do not see it by then, reply to this message and I will send you the proof of the operation.""",
        },
        "steps": [{"do": "state", "to": "solved"}],
        "reasons": ["refund-late", "refund-partial"],
        "guard": {"all": [{"field": "order.status", "is": "is", "value": ["refunded"]}]},
    },
    "our-position": {
        "name": {"fr": "Expliquer notre position", "en": "Explain our position"},
        "texts": {
            "fr": f"""{HELLO}

J’ai relu tout votre dossier avant de vous répondre. Voici ce que nous pouvons faire, et pourquoi : {{{{ input.explication }}}}.

Si un élément m’a échappé, dites-le-moi : je rouvre aussitôt la question.""",
            "en": f"""{HELLO_EN}

I have read your whole case again before answering. Here is what we can do, and why: {{{{ input.explanation }}}}.

If I have missed something, tell me and I will look at it again at once.""",
        },
        "argues": True,
    },
    "closing-solution": {
        "name": {"fr": "Conclure : après une solution", "en": "Closing: after a solution"},
        "texts": {
            "fr": "Tout est-il en ordre de votre côté ? Si un détail reste à régler, répondez à ce message : c’est moi qui le lirai.",
            "en": "Is everything in order on your side? If any detail is left, reply to this message: I will be the one to read it.",
        },
        "closes": True,
    },
    "closing-product": {
        "name": {
            "fr": "Conclure : avis sur le produit ou la livraison",
            "en": "Closing: feedback on product or delivery",
        },
        "texts": {
            "fr": "Votre remarque est transmise à l’équipe qui prépare nos produits et nos envois. Elle sert : merci de l’avoir écrite.",
            "en": "Your remark has gone to the team that makes and ships our products. It is put to use: thank you for writing it.",
        },
        "closes": True,
        "reasons": ["damaged", "packaging", "defect", "wrong-colour", "late-carrier"],
    },
    "closing-cart": {
        "name": {"fr": "Conclure : difficulté à commander", "en": "Closing: trouble with the cart"},
        "texts": {
            "fr": "Votre panier est gardé. Reprenez-le quand vous voulez ; au moindre blocage, dites-moi à quelle étape et je termine la commande avec vous.",
            "en": "Your cart is kept. Take it up again whenever you like; if anything blocks, tell me at which step and we will finish the order together.",
        },
        "closes": True,
        "reasons": ["promo-refused", "payment-error"],
    },
    "out-of-hours": {
        "name": {"fr": "Hors horaires", "en": "Outside our hours"},
        "texts": {
            "fr": f"""{HELLO}

Votre message est bien arrivé. Nous sommes fermés en ce moment ; une personne de l’équipe le lira dès notre réouverture et vous répondra.""",
            "en": f"""{HELLO_EN}

Your message has arrived. We are closed at the moment; someone from the team will read it as soon as we open and will answer you.""",
        },
    },
    "other-channel": {
        "name": {"fr": "Canal non suivi : nous écrire ailleurs", "en": "Unattended channel: write to us elsewhere"},
        "texts": {
            "fr": f"""{HELLO}

Nous ne suivons pas les messages envoyés ici. Pour une réponse rapide, écrivez-nous à {{{{ shop.email }}}} ou passez par notre centre d’aide : {{{{ shop.website | "notre site" }}}}.""",
            "en": f"""{HELLO_EN}

We do not follow messages sent here. For a quick answer, write to {{{{ shop.email }}}} or use our help centre: {{{{ shop.website | "our website" }}}}.""",
        },
    },
    "silence-notice": {
        "name": {"fr": "Sans nouvelles : préavis", "en": "No news: prior notice"},
        "texts": {
            "fr": f"""{HELLO}

Sans nouvelles de vous, je suppose que notre réponse vous a aidé : je classerai votre demande dans deux jours. S’il reste une question, répondez simplement à ce message.""",
            "en": f"""{HELLO_EN}

As I have not heard from you, I take it that our answer helped: I will close your request in two days. If a question remains, simply reply to this message.""",
        },
    },
}
