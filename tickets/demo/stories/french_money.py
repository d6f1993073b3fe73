"""Paiement, facture, remboursement, commande."""

from tickets.demo.story import Story, answers, notes, robot, says
from tickets.states import State

STORIES = (
    Story(
        "fr",
        "refund-late",
        "orders",
        status="returned",
        tags=("remboursement",),
        priority=3,
        subjects=("Remboursement toujours pas reçu", "Relance remboursement {order}", "Où en est mon remboursement ?"),
        openings=(
            "Bonjour,\n\nJ'ai renvoyé {le} il y a trois semaines, le suivi dit que vous l'avez reçu{e}. Je n'ai "
            "toujours rien sur "
            "mon compte. Pouvez-vous vérifier ?",
            "Bonjour, deuxième relance concernant le remboursement de {price} de la commande {order}. Merci de me "
            "donner une date.",
            "Bonjour, votre mail annonçait un remboursement « sous 14 jours ». Nous en sommes à 19. Avez-vous eu un "
            "souci "
            "technique ?",
        ),
        turns=(
            notes(
                "Retour scanné le {shipped} à l’entrepôt mais jamais contrôlé : resté sur l’étagère B. Compta prévenue."
            ),
            answers(
                "Vous n’auriez pas dû avoir à nous relancer, pardon. Votre retour est bien arrivé mais son contrôle "
                "a été oublié. "
                "Je viens de faire partir le remboursement de {price} ; votre banque l’affichera d’ici le {eta}."
            ),
            says("Merci, j'attends de le voir sur mon relevé pour me réjouir.", quotes=True),
            says("C'est bon, {price} bien reçus. Bonne continuation."),
            answers("Merci de nous l’avoir confirmé, et merci encore pour votre patience."),
        ),
    ),
    Story(
        "fr",
        "promo-refused",
        "care",
        status="",
        subjects=("Code promo refusé", "Le code LUNE15 ne marche pas", "Ma remise n'apparaît pas"),
        openings=(
            "Bonjour, le code LUNE15 reçu par mail est refusé au paiement : « non applicable aux articles du panier "
            "». Il y a "
            "seulement {le} dans mon panier…",
            "Bonjour, j'ai un bon d'anniversaire de 10 € et le site me dit qu'il a expiré alors que c'est "
            "aujourd'hui mon "
            "anniversaire ! Pouvez-vous l'appliquer sur {le} ?",
            "Bonsoir, impossible de cumuler la livraison offerte et mon code de bienvenue. Est-ce voulu ?",
        ),
        turns=(
            answers(
                "Le code était limité par erreur à une seule collection : c’est corrigé. Pour vous éviter "
                "d’attendre, en voici un "
                "nouveau à votre nom : {code}. Il donne la même remise et reste valable trente jours."
            ),
            says("Ça fonctionne, commande passée. Merci !"),
        ),
    ),
    Story(
        "fr",
        "invoice",
        "orders",
        subjects=("Demande de facture {order}", "Facture avec TVA", "Duplicata de facture"),
        openings=(
            "Bonjour,\n\nPourriez-vous m'envoyer la facture de la commande {order} ? Mon assurance me la demande "
            "pour {le}.",
            "Bonjour, j'ai besoin d'une facture au nom de mon cabinet, avec le numéro de TVA FR 61 482 913 557. "
            "Est-ce possible "
            "après coup ?",
            "Bonjour, le lien « télécharger ma facture » ouvre une page blanche. Pouvez-vous me l'adresser par mail ?",
        ),
        turns=(
            answers(
                "Voici votre facture en pièce jointe. Elle est aussi dans votre espace client, rubrique « Mes "
                "commandes ». "
                "Le nom et le numéro de TVA peuvent y être ajoutés pendant douze mois."
            ),
            says("Bien reçue, merci.", files=()),
        ),
    ),
    Story(
        "fr",
        "payment-error",
        "orders",
        status="",
        subjects=("Paiement refusé deux fois", "Débité{f} mais pas de commande ?", "Erreur 3-D Secure"),
        openings=(
            "Bonjour, ma carte a été refusée deux fois pour {le}, pourtant ma banque ne voit aucun blocage. "
            "Pouvez-vous m'aider ?",
            "Bonjour, je vois un débit de {price} sur mon compte mais aucun mail de confirmation. La commande "
            "est-elle passée ?",
            "Bonjour, la page de validation de ma banque tourne sans fin au moment de payer {le}.",
        ),
        turns=(
            answers(
                "Je viens de vérifier : le paiement n’a pas abouti chez nous, et le montant que vous voyez est une "
                "simple "
                "autorisation, qui s’effacera seule sous 48 h. {Le} reste réservé{e} pour vous jusqu’à demain soir ; "
                "voici un "
                "lien de paiement direct dans votre espace.",
                then=State.PENDING,
            ),
            says("Cette fois c'est passé du premier coup, merci beaucoup !"),
            answers("Parfait, votre commande est confirmée et part demain."),
        ),
    ),
    Story(
        "fr",
        "order-change",
        "orders",
        status="processing",
        subjects=("Ajouter un article à {order}", "Annuler ma commande", "Double commande par erreur"),
        openings=(
            "Bonjour, est-il possible d'ajouter une bougie à ma commande {order} avant qu'elle parte ? Je paierai la "
            "différence.",
            "Bonjour, j'ai validé deux fois {le}, je n'en veux qu'un{e} ! Merci d'annuler la seconde commande.",
            "Bonjour, je souhaite annuler la commande {order}. J'ai trouvé ce qu'il me fallait dans le grenier de "
            "mes parents…",
        ),
        turns=(
            answers(
                "C’est fait : votre commande n’était pas encore préparée, la modification est donc immédiate. Vous "
                "recevez à "
                "l’instant un mail récapitulatif, et l’éventuelle différence est remboursée aujourd’hui."
            ),
            robot(
                "Bonjour, je suis absent(e) jusqu'à lundi et ne consulte pas mes messages. Pour toute urgence, merci "
                "d'appeler "
                "le standard.",
                0.02,
            ),
            says("Vu, merci pour votre rapidité."),
        ),
    ),
    Story(
        "fr",
        "gift-card",
        "care",
        status="",
        subjects=("Carte cadeau jamais reçue", "Solde de ma carte cadeau"),
        openings=(
            "Bonjour, mon frère m'a offert une carte cadeau Maison Lune de 50 € et je ne l'ai jamais reçue par mail. "
            "Il s'appelle "
            "Antoine et il l'a achetée fin du mois dernier.",
            "Bonjour, après mon achat {du}, combien me reste-t-il sur ma carte cadeau se terminant par 8812 ?",
        ),
        turns=(
            answers(
                "Je l’ai retrouvée : une lettre manquait dans votre adresse. La carte vous est renvoyée à l’instant "
                "; elle est "
                "valable un an et utilisable en plusieurs fois."
            ),
            says("Reçue ! Merci, je sais déjà ce que je vais prendre."),
        ),
    ),
)
