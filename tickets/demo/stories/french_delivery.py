"""Livraison : où est ma commande, colis perdus, abîmés, mal livrés."""

from tickets.demo.story import Story, answers, notes, says
from tickets.states import State

STORIES = (
    Story(
        "fr",
        "late-carrier",
        "orders",
        status="shipped",
        subjects=("Où est ma commande {order} ?", "Suivi bloqué depuis plusieurs jours", "Toujours pas de colis"),
        openings=(
            "Bonjour,\n\nJ'ai commandé {le} le {placed} et le suivi indique « en cours d'acheminement » depuis cinq "
            "jours, "
            "sans bouger. Est-ce normal ? Je commence à m'inquiéter.\n\nNuméro de commande : {order}",
            "Bonjour, le numéro {tracking} n'évolue plus du tout. Pouvez-vous voir de votre côté où se trouve mon "
            "colis ? "
            "J'attends {le} avec impatience.",
            "Bonsoir,\nj'avais compris que la livraison se faisait sous 3 jours ouvrés. Ma commande {order} du "
            "{placed} "
            "n'est toujours pas à {city}. Savez-vous ce qui se passe ?",
        ),
        turns=(
            answers(
                "Je comprends votre inquiétude. Votre colis {tracking} est resté au centre de tri de {carrier} à "
                "cause "
                "d’un afflux inhabituel ; il a été repris ce matin. La livraison est maintenant annoncée pour le "
                "{eta}.\n\n"
                "Je garde votre commande à l’œil et je vous écris si quoi que ce soit change."
            ),
            says("Merci pour la réponse rapide, je guette la boîte aux lettres alors.", quotes=True),
            says("Bien reçu ce midi, tout est parfait. Merci {agent_first} !"),
            answers("Quelle bonne nouvelle ! Merci d’avoir pris le temps de nous le dire. Profitez bien {du} 🙂"),
        ),
    ),
    Story(
        "fr",
        "late-warehouse",
        "orders",
        status="processing",
        subjects=("Commande {order} pas encore expédiée", "Quand part ma commande ?"),
        openings=(
            "Bonjour,\nMa commande est « en préparation » depuis le {placed}. Votre site annonçait un départ sous 24 "
            "h. "
            "C'est un cadeau, j'aimerais savoir si je dois trouver autre chose.",
            "Bonjour l'équipe,\n\npetite question : {order} est toujours en préparation, y a-t-il un souci de stock "
            "sur {le} ?",
        ),
        turns=(
            notes("Vu avec l’entrepôt : la référence {sku} a été comptée deux fois, le réassort arrive demain matin."),
            answers(
                "Vous avez raison, nous avons pris du retard : une erreur d’inventaire sur {le} nous a obligés à "
                "attendre "
                "le réassort. Votre colis part demain et nous vous offrons la livraison express, sans frais. "
                "Toutes mes excuses pour cette attente."
            ),
            says("Merci pour la transparence. Demain ça me va très bien."),
        ),
    ),
    Story(
        "fr",
        "not-received",
        "orders",
        tags=("colis perdu",),
        priority=3,
        subjects=("Colis noté livré mais rien reçu", "{order} : livrée… chez qui ?", "Livraison fantôme"),
        openings=(
            "Bonjour,\n\nJe reçois un mail de {carrier} disant que mon colis a été livré le {delivered}. J'étais "
            "chez moi "
            "toute la journée, personne n'a sonné et il n'y a rien dans la boîte. Les voisins n'ont rien non plus.\n\n"
            "Pouvez-vous ouvrir une réclamation ? Colis {tracking}.",
            "Bonjour. Commande {order} soi-disant remise « au gardien ». Il n'y a pas de gardien dans mon immeuble à "
            "{city}. "
            "Où est {le} ?",
            "Bonjour Madame, Monsieur,\nle suivi affiche « livré » depuis le {delivered} et je n'ai rien. Je précise "
            "que c'est "
            "la première fois que cela m'arrive avec vous.",
        ),
        turns=(
            answers(
                "Quelle mauvaise surprise, toutes nos excuses. J’ouvre tout de suite une enquête auprès de {carrier} "
                "pour le "
                "colis {tracking}. Ils ont jusqu’au {eta} pour répondre ; pouvez-vous me confirmer que l’adresse de "
                "livraison à {city} est complète (étage, code, nom sur l’interphone) ?",
                then=State.PENDING,
            ),
            says("L'adresse est bonne, mon nom est bien sur la boîte et l'interphone. 2e étage gauche.", quotes=True),
            notes("Réponse de {carrier} : signature illisible, pas de photo. On ne se bat pas, je réexpédie."),
            answers(
                "{carrier} ne peut pas prouver la remise : la perte est donc à notre charge, pas à la vôtre. Un "
                "nouveau colis "
                "part aujourd’hui, contre signature. Vous recevrez son numéro de suivi ce soir."
            ),
            says("Reçu ce matin en main propre. Bravo pour la réactivité, je ne m'attendais pas à ça."),
            answers("Merci pour votre patience, et à bientôt chez Maison Lune !"),
        ),
    ),
    Story(
        "fr",
        "wrong-address",
        "orders",
        status="processing",
        subjects=("Erreur d'adresse sur {order}", "Changer l'adresse de livraison"),
        openings=(
            "Bonjour, je viens de m'apercevoir que j'ai laissé mon ancienne adresse en commandant {le}. J'ai "
            "déménagé à {city}. "
            "Est-il encore temps de corriger ?",
            "Bonjour,\n\nJe serai absent{f} la semaine prochaine. Peut-on livrer la commande {order} chez ma sœur "
            "plutôt que chez "
            "moi ? C'est la même ville, 8 rue des Lilas.",
        ),
        turns=(
            answers(
                "Il était temps : le colis n’était pas encore fermé. L’adresse est corrigée et la commande part ce "
                "soir. "
                "Vous recevrez la confirmation avec la nouvelle adresse dans quelques minutes."
            ),
            says("Ouf ! Merci beaucoup."),
        ),
    ),
    Story(
        "fr",
        "damaged",
        "care",
        goods="lamp tableware",
        tags=("casse",),
        priority=3,
        files=("photo-1.png", "photo-2.png"),
        subjects=("{product} : cassé{e} à l'arrivée", "Colis endommagé", "Mauvaise surprise à l'ouverture"),
        openings=(
            "Bonjour,\n\nJe viens d'ouvrir mon colis et {le} est arrivé{e} en morceaux, malgré le papier bulle. Je "
            "vous joins "
            "deux photos. Comment fait-on ?",
            "Bonjour, carton enfoncé sur un côté et à l'intérieur {le} est fêlé{e} sur toute la longueur. Commande "
            "{order}. "
            "Je ne demande pas forcément un remboursement, un échange m'irait bien.",
            "Bonsoir, je suis vraiment déçu{f} : {le} que j'attendais depuis le {placed} a un gros éclat. C'était "
            "pour une "
            "crémaillère dimanche…",
        ),
        turns=(
            answers(
                "Quel dommage, toutes nos excuses ! Merci pour les photos, elles suffisent. {Le} vous est renvoyé{e} "
                "dès "
                "aujourd’hui, emballé{e} dans un double carton. Inutile de nous retourner les morceaux."
            ),
            says("Merci c'est très gentil, je n'en espérais pas tant.", quotes=True),
            says("Bien arrivé{e} cette fois, intact{e}. Merci encore !"),
            answers("Parfait, nous voilà soulagés. Merci de nous avoir tenus au courant."),
        ),
    ),
    Story(
        "fr",
        "packaging",
        "orders",
        tags=("emballage",),
        subjects=("Carton ouvert et rescotché", "Il manque un article dans le colis"),
        openings=(
            "Bonjour, le carton de la commande {order} est arrivé ouvert puis refermé avec un scotch qui n'est pas "
            "le vôtre. "
            "Rien ne semble manquer mais je préfère vous le signaler.",
            "Bonjour, dans mon colis reçu le {delivered} il manque {le}. Le bon de livraison l'indique pourtant bien.",
        ),
        turns=(
            answers(
                "Merci de nous prévenir. J’ai comparé le poids au départ (relevé par {carrier}) avec celui de "
                "l’arrivée : "
                "il y a bien une différence. Pouvez-vous me dire si tout est là, et m’envoyer une photo de "
                "l’étiquette ?",
                then=State.PENDING,
            ),
            says("Après vérification, il manque {le}. Photo de l'étiquette ci-jointe.", files=("etiquette.png",)),
            answers(
                "Merci. {Le} part aujourd’hui à nos frais, et j’ai signalé le colis à {carrier}. Livraison prévue le "
                "{eta}."
            ),
        ),
    ),
    Story(
        "fr",
        "delivery-slot",
        "orders",
        status="shipped",
        subjects=("Créneau de livraison", "Livraison {carrier} : pas disponible"),
        openings=(
            "Bonjour, le livreur me propose un passage entre 8 h et 18 h, ce qui n'est pas très pratique ! Peut-on "
            "avoir un "
            "créneau plus précis pour {order} ?",
            "Bonjour, je travaille en journée. Est-il possible de faire déposer {le} dans un point relais à {city} ?",
        ),
        turns=(
            answers(
                "C’est tout à fait possible. J’ai demandé à {carrier} de déposer votre colis au point relais le plus "
                "proche ; "
                "il vous y attendra dix jours à partir du {eta}. Pensez à prendre une pièce d’identité."
            ),
            says("Super, merci !"),
        ),
    ),
    Story(
        "fr",
        "abroad",
        "care",
        status="",
        subjects=("Livraison en Belgique", "Livrez-vous à La Réunion ?", "Frais de port pour la Suisse"),
        openings=(
            "Bonjour, livrez-vous {le} à Namur ? Et si oui, quels seraient les frais ? Je ne trouve pas "
            "l'information sur le site.",
            "Bonjour,\nje vis à Saint-Pierre de La Réunion. Est-ce que vous expédiez {le} jusqu'ici, et y a-t-il "
            "l'octroi de mer "
            "à payer en plus ?",
            "Bonjour, je souhaite offrir {le} à une amie de Lausanne. Qui paie la douane, elle ou moi ?",
        ),
        turns=(
            answers(
                "Oui, nous livrons chez vous ! Le port est calculé au panier selon le poids, avant le paiement. Pour "
                "{le}, comptez "
                "12,90 € et cinq à sept jours ouvrés. Taxes et droits sont affichés et payés à la commande : rien ne "
                "sera "
                "demandé à la livraison."
            ),
            says("Parfait, je passe commande ce week-end. Merci pour ces précisions."),
            answers("Avec plaisir. N’hésitez pas si vous avez la moindre question au moment de payer."),
        ),
    ),
    Story(
        "fr",
        "returned-parcel",
        "orders",
        status="shipped",
        subjects=("Colis retourné à l'expéditeur ?!", "{order} repart chez vous"),
        openings=(
            "Bonjour, le suivi annonce « pli non réclamé, retour à l'expéditeur ». Je n'ai jamais eu d'avis de "
            "passage ! Que "
            "se passe-t-il maintenant ?",
            "Bonjour, j'étais en déplacement et mon colis a quitté le point relais hier. Peut-on le renvoyer ? C'est "
            "{le}.",
        ),
        turns=(
            answers(
                "Pas d’inquiétude : dès que le colis revient à notre atelier, je vous le renvoie, cette fois à "
                "l’adresse de votre "
                "choix. Préférez-vous votre domicile ou un autre point relais ?",
                then=State.PENDING,
            ),
            says(
                "À mon bureau ce serait l'idéal, je vous donne l'adresse : 3 place du Marché, {city}. Accueil ouvert "
                "jusqu'à 19 h."
            ),
            answers("C’est noté, le nouveau départ est fait. Suivi : {tracking}. Arrivée prévue le {eta}."),
            says("Merci infiniment."),
        ),
    ),
)
