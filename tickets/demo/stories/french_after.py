"""Produit et retours : mauvais article, défaut, taille, entretien, remerciements, colères."""

from tickets.demo.story import Story, answers, notes, says
from tickets.states import State

STORIES = (
    Story(
        "fr",
        "wrong-item",
        "orders",
        tags=("erreur de préparation",),
        subjects=("Mauvais article reçu", "Ce n'est pas ce que j'ai commandé ({order})"),
        openings=(
            "Bonjour,\n\nJ'avais commandé {le} et j'ai reçu un tout autre modèle. Le bon de livraison est pourtant "
            "correct, "
            "c'est donc une erreur de préparation. Comment procéder à l'échange ?",
            "Bonjour, il y a eu inversion je pense : j'ai dans les mains un photophore au lieu {du}. Quelqu'un doit "
            "avoir mon "
            "paquet, et se poser la même question !",
        ),
        turns=(
            answers(
                "L’erreur vient de nous, je vous prie de nous en excuser. Le bon article part aujourd’hui, sans "
                "attendre votre "
                "retour. Vous trouverez dans votre espace une étiquette prépayée pour renvoyer l’autre, quand vous "
                "voudrez."
            ),
            says("D'accord, je dépose le paquet à La Poste samedi.", quotes=True),
            answers("Merci ! Nous avons bien reçu le retour ce matin, tout est en ordre de notre côté."),
        ),
    ),
    Story(
        "fr",
        "wrong-colour",
        "care",
        goods="linen",
        files=("couleur.png",),
        subjects=("Couleur différente de la photo", "{product} : pas la bonne teinte"),
        openings=(
            "Bonjour, sur le site {le} paraît vert doux, en vrai c'est presque gris. Est-ce une erreur de coloris ou "
            "la photo "
            "qui trompe ? Voyez vous-même en pièce jointe.",
            "Bonjour, j'ai racheté {un} pour compléter ma chambre : les deux ne sont pas du tout de la même teinte. "
            "Est-ce normal ?",
        ),
        turns=(
            answers(
                "Merci pour la photo. Le lin est teint par petits bains, et deux bains peuvent différer légèrement ; "
                "ici, l’écart "
                "est trop grand, vous avez raison. Préférez-vous un échange dans le bain d’origine ou un "
                "remboursement ?",
                then=State.PENDING,
            ),
            says("Un échange si vous avez encore l'ancien bain."),
            notes("Il reste 3 pièces du bain 0412 à l’atelier, mise de côté faite."),
            answers(
                "Il nous en reste, je vous l’envoie demain avec une étiquette de retour. Merci de votre œil aiguisé !"
            ),
        ),
    ),
    Story(
        "fr",
        "defect",
        "care",
        goods="lamp",
        files=("lampe.png",),
        priority=3,
        subjects=("{product} ne s'allume plus", "Lampe qui clignote", "Panne sous garantie ?"),
        openings=(
            "Bonjour,\n{mon} achetée le {placed} ne s'allume plus. J'ai changé l'ampoule et testé une autre prise, "
            "sans succès. "
            "Est-elle encore sous garantie ?",
            "Bonjour, {le} se met à clignoter au bout d'une dizaine de minutes. Cela me fait un peu peur, je l'ai "
            "débranchée.",
            "Bonjour. L'interrupteur {du} reste enfoncé et ne revient plus. Peut-on changer seulement cette pièce ?",
        ),
        turns=(
            answers(
                "Vous avez bien fait de la débrancher. {Le} est garantie deux ans, la prise en charge est donc "
                "complète. "
                "Pouvez-vous me donner le numéro gravé sous le socle ? Il me dira de quelle série il s’agit.",
                then=State.PENDING,
            ),
            says("Sous le socle je lis : L-2407-113."),
            notes("Série 2407 : interrupteur fragile, déjà 4 cas. À signaler à la production. @Sophie", by="Thomas"),
            answers(
                "Merci ! Cette série a un interrupteur un peu fragile. Je vous envoie une lampe neuve, et le "
                "transporteur "
                "reprendra l’ancienne le même jour, chez vous, le {eta}."
            ),
            says("Échange fait, elle fonctionne. Service impeccable."),
        ),
    ),
    Story(
        "fr",
        "return-size",
        "orders",
        goods="linen",
        subjects=("Retour : mauvaise taille", "Échange {product} trop grand{e}", "Comment renvoyer ma commande ?"),
        openings=(
            "Bonjour, j'ai mal mesuré mon lit, {le} est beaucoup trop grand{e}. Est-ce que je peux l'échanger contre "
            "la "
            "taille en dessous ? Pas lavé{e}, juste déplié{e}.",
            "Bonjour,\nje souhaite retourner {le} de la commande {order}. Les dimensions ne conviennent pas à ma "
            "table. "
            "Pouvez-vous m'indiquer la marche à suivre ?",
            "Bonjour, combien de temps ai-je pour renvoyer {le} ? L'étiquette est encore dessus.",
        ),
        turns=(
            answers(
                "Bien sûr. Vous avez trente jours à partir de la réception, et le retour est gratuit en point relais. "
                "L’étiquette est en pièce jointe de ce message et dans votre espace client. Souhaitez-vous un "
                "échange ou "
                "un remboursement ?",
                then=State.PENDING,
            ),
            says("Un échange s'il vous plaît, dans la taille juste en dessous.", quotes=True),
            answers(
                "C’est réservé à votre nom. Dès que votre colis est scanné au point relais, la nouvelle taille part "
                "de chez nous."
            ),
            says("Colis déposé aujourd'hui, merci de votre aide !"),
        ),
    ),
    Story(
        "fr",
        "return-changed-mind",
        "orders",
        subjects=("Droit de rétractation {order}", "Je change d'avis"),
        openings=(
            "Madame, Monsieur,\n\nPar la présente je vous informe de ma rétractation du contrat portant sur la "
            "commande {order} "
            "reçue le {delivered}.\n\nMerci de me confirmer la réception de ce message.",
            "Bonjour, finalement {le} ne va pas du tout dans mon salon… Je n'ai rien abîmé, tout est dans la boîte. "
            "Je peux "
            "vous renvoyer le tout ?",
        ),
        turns=(
            answers(
                "Nous avons bien reçu votre rétractation, elle est enregistrée à la date de votre message. Voici "
                "l’étiquette de "
                "retour prépayée. Le remboursement de {price}, frais de port compris, sera fait dès l’arrivée du "
                "colis."
            ),
            says("Merci, c'est parti ce matin."),
            answers(
                "Colis reçu et contrôlé : {price} viennent d’être remboursés sur votre carte. Comptez deux à trois "
                "jours "
                "pour que la banque l’affiche."
            ),
        ),
    ),
    Story(
        "fr",
        "care-advice",
        "care",
        goods="linen",
        status="delivered",
        subjects=("Entretien du lin", "Lavage {du}", "Tache de vin sur {mon} !"),
        openings=(
            "Bonjour, puis-je passer {mon} au sèche-linge ? L'étiquette a été coupée par ma fille avant que je la "
            "lise…",
            "Bonjour, {le} peluche un peu au premier lavage, est-ce que cela va se calmer ? Et faut-il repasser ?",
            "Au secours : un verre de rouge entier sur {mon}, hier soir. Que faire sans abîmer la couleur ?",
        ),
        turns=(
            answers(
                "Bonne nouvelle, le lin est plus solide qu’il n’en a l’air. Lavez à 40 °C, essorage doux, et séchez "
                "à l’air ou au "
                "sèche-linge à basse température. Pour une tache : eau pétillante tout de suite, puis savon de "
                "Marseille, "
                "jamais de javel. Il s’assouplit à chaque lavage, et le repassage est affaire de goût."
            ),
            says("Ça a marché, merci pour le conseil de grand-mère 😄"),
            answers("Les grands-mères ont toujours raison ! Merci pour ce petit mot."),
        ),
    ),
    Story(
        "fr",
        "care-advice",
        "care",
        goods="candle",
        subjects=("Ma bougie creuse un puits", "Conseil pour {mon}"),
        openings=(
            "Bonjour, {mon} brûle au centre mais la cire reste sur les bords. Est-ce un défaut ?",
            "Bonjour, y a-t-il une façon de récupérer le verre {du} une fois la cire finie ? Il est trop joli pour "
            "être jeté.",
        ),
        turns=(
            answers(
                "Un petit secret de ciriers : à la première utilisation, laissez brûler jusqu’à ce que toute la "
                "surface soit "
                "liquide (environ deux heures), et coupez la mèche à 5 mm à chaque fois. Pour vider le verre, versez "
                "de "
                "l’eau très chaude, laissez refroidir : la cire remonte et se détache."
            ),
            says("Merci, je vais essayer ce soir."),
        ),
    ),
    Story(
        "fr",
        "thanks",
        "care",
        tags=("merci",),
        priority=1,
        subjects=("Un simple merci", "Bravo à toute l'équipe", "{product} : quelle merveille"),
        openings=(
            "Bonjour,\n\nPas de problème pour une fois ! Je voulais juste dire que {le} est encore plus {beau} que "
            "sur les photos. "
            "Le petit mot écrit à la main m'a touché{f}. Continuez !",
            "Bonjour, ma mère a ouvert son cadeau hier et elle en a pleuré. Merci d'avoir fait l'effort d'envoyer "
            "{le} à temps.",
            "Merci à la personne qui a emballé la commande {order}, c'était un cadeau en soi.",
        ),
        turns=(
            answers(
                "Votre message a fait le tour de l’atelier ce matin et a donné le sourire à tout le monde. Merci du "
                "fond du "
                "cœur, et à très bientôt !"
            ),
        ),
    ),
    Story(
        "fr",
        "complaint",
        "care",
        tags=("réclamation",),
        priority=4,
        subjects=("INADMISSIBLE", "RÉCLAMATION COMMANDE {order}", "JE VEUX PARLER À UN RESPONSABLE"),
        openings=(
            "C'EST LA DERNIÈRE FOIS QUE JE COMMANDE CHEZ VOUS. {order} PROMISE POUR LE {delivered}, ARRIVÉE APRÈS "
            "L'ANNIVERSAIRE, "
            "ET PERSONNE NE RÉPOND AU TÉLÉPHONE. J'ATTENDS VOS EXPLICATIONS.",
            "Bonjour,\nDEUX appels, un chat interrompu, et toujours RIEN. Je veux une réponse écrite d'un "
            "responsable aujourd'hui. "
            "{Le} que j'ai reçu{e} n'est pas conforme et votre serveur vocal raccroche tout seul.",
            "Votre service client se moque du monde. On me dit lundi que {le} part mardi, mardi qu'il part jeudi, "
            "jeudi qu'on ne "
            "sait pas. Commande {order}, {total} débités le {placed}. Faites le nécessaire.",
        ),
        turns=(
            notes("Je prends celui-ci. L’historique lui donne raison : deux promesses non tenues.", by="Sophie"),
            answers(
                "Je suis Sophie Marchetti, responsable du service client. Vous avez raison d’être en colère : nous "
                "vous avons annoncé "
                "trois dates et n’en avons tenu aucune. Voici ce que je fais maintenant : remboursement des frais de "
                "port, "
                "un avoir de 20 € ({code}), et mon numéro direct pour la suite.",
                by="Sophie",
            ),
            says(
                "Au moins quelqu'un qui répond. J'accepte, mais j'espère que cela ne se reproduira plus.", quotes=True
            ),
            answers(
                "Merci de nous laisser cette chance. J’ai fait corriger les dates affichées sur le site pour que cela "
                "n’arrive à personne d’autre.",
                by="Sophie",
            ),
        ),
    ),
    Story(
        "fr",
        "missing-part",
        "care",
        goods="lamp tableware",
        subjects=("Pièce manquante", "Pas de notice dans la boîte"),
        openings=(
            "Bonjour, dans la boîte {du} il manque le sachet de vis. Pouvez-vous me l'envoyer ?",
            "Bonjour, aucune notice avec {le}. Pourriez-vous me l'envoyer en PDF ? Je monte tout demain matin.",
        ),
        turns=(
            answers(
                "Voilà qui est réparé : ce qui manque part par lettre suivie aujourd’hui, et la notice vous attend "
                "déjà sur la page "
                "du produit, tout en bas. Bon montage !"
            ),
            says("Notice trouvée, vis reçues, tout est monté. Merci !"),
        ),
    ),
)
