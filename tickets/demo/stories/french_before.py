"""Avant l'achat, professionnels, partenaires, transporteurs."""

from tickets.demo.story import Story, answers, notes, says
from tickets.states import State

STORIES = (
    Story(
        "fr",
        "availability",
        "care",
        status="",
        subjects=("Retour en stock {product} ?", "{product} : bientôt disponible ?", "Disponibilité en boutique"),
        openings=(
            "Bonjour, {le} est « bientôt de retour » depuis des semaines. Avez-vous une date ? Je préfère attendre "
            "que prendre "
            "un autre modèle.",
            "Bonjour,\nserait-il possible de voir {le} dans votre boutique parisienne avant de commander ? Je viens "
            "de {city} "
            "samedi.",
            "Bonjour ! Il m'en faudrait six, le site n'en propose que deux. {Le} va-t-{il} être réassorti{e} ?",
        ),
        turns=(
            notes("Atelier : prochaine fournée attendue le {eta}, 40 pièces."),
            answers(
                "{Le} revient le {eta}. Je vous ai inscrit{f} sur la liste : vous recevrez un message une heure "
                "avant la remise en "
                "ligne, et je peux vous en mettre de côté si vous me dites combien."
            ),
            says("Génial, mettez-m'en de côté s'il vous plaît !"),
            answers("C’est noté à votre nom, jusqu’au lendemain soir de la remise en ligne."),
        ),
    ),
    Story(
        "fr",
        "technical",
        "care",
        goods="lamp",
        status="",
        subjects=("Quelle ampoule pour {product} ?", "Hauteur réglable ?", "Compatible avec un variateur ?"),
        openings=(
            "Bonjour, quelle ampoule faut-il pour {le} ? J'aimerais une lumière chaude, pas trop forte, pour une "
            "chambre.",
            "Bonjour, j'ai 2,40 m sous plafond. Est-ce que {le} peut se régler en hauteur ?",
            "Bonjour, j'ai un variateur mural de marque Legrand. Est-il compatible avec {le} ?",
        ),
        turns=(
            answers(
                "Bonne question ! {Le} accepte un culot E27 de 8 W au plus. Pour une lumière douce, prenez une LED "
                "de 2 200 K à "
                "filament, « dimmable » si vous avez un variateur. Le câble textile se règle de 60 à 150 cm."
            ),
            says("C'est très clair, merci. Je valide mon panier."),
        ),
    ),
    Story(
        "fr",
        "product-advice",
        "care",
        status="",
        subjects=("Conseil pour un cadeau", "Un avis avant d'acheter"),
        openings=(
            "Bonjour, je cherche un cadeau de mariage autour de 150 €, pour un couple qui a déjà tout. Vous pensez "
            "quoi {du} ?",
            "Bonjour, mon salon donne au nord et il est un peu triste. {Le} ou plutôt quelque chose de plus clair ?",
        ),
        turns=(
            answers(
                "Quelle jolie mission ! {Le} est une valeur sûre, et l’échange reste possible pendant trente jours "
                "si le couple "
                "l’a déjà. Pour réchauffer une pièce au nord, pensez aux tons sable et au laiton : ils accrochent la "
                "moindre lumière."
            ),
            says("Merci pour l'idée, vous m'avez convaincu{f}."),
        ),
    ),
    Story(
        "fr",
        "quote",
        "care",
        status="",
        tags=("pro",),
        subjects=("Devis pour un hôtel", "Tarif professionnel", "Commande pour un restaurant à {city}"),
        openings=(
            "Bonjour,\n\nNous ouvrons une maison d'hôtes de 9 chambres près de {city} et souhaitons équiper chaque "
            "chambre avec {le}. "
            "Pouvez-vous nous faire un devis, avec délais ?",
            "Bonjour, je suis architecte d'intérieur. Proposez-vous des conditions pour les professionnels, par "
            "exemple pour une "
            "douzaine d'exemplaires {du} ?",
        ),
        turns=(
            answers(
                "Merci pour ce beau projet. À partir de huit pièces nous accordons 15 %, et la livraison est "
                "offerte. Le devis "
                "détaillé est en pièce jointe ; il est valable un mois. Quelle date d’ouverture visez-vous ?",
                then=State.PENDING,
            ),
            says("Ouverture prévue au printemps. Je présente le devis à mon associé et je reviens vers vous."),
            answers("Parfait, prenez le temps qu’il vous faut. Je vous réserve les quantités jusqu’à la fin du devis."),
        ),
    ),
    Story(
        "fr",
        "partnership",
        "care",
        status="",
        priority=1,
        subjects=("Demande de partenariat", "Don pour la fête de l'école", "Proposition de collaboration"),
        openings=(
            "Bonjour, je tiens un compte de décoration suivi par 12 000 personnes et j'adorerais présenter {le}. "
            "Seriez-vous "
            "intéressés par une collaboration ?",
            "Bonjour,\n\nL'école primaire de mes enfants, à {city}, organise sa fête annuelle. Auriez-vous un petit "
            "lot à offrir "
            "pour la tombola ? Même un article de fin de série ferait plaisir.",
            "Bonjour, nous sommes un magazine local et préparons un dossier sur l'artisanat. Pourrions-nous "
            "interviewer la "
            "personne qui dessine vos modèles ?",
        ),
        turns=(
            answers(
                "Merci d’avoir pensé à nous. J’ai transmis votre message à Claire Astruc-Delmas, qui choisit nos "
                "partenariats chaque "
                "fin de mois. Elle vous répondra personnellement, quelle que soit la décision."
            ),
            says("Merci beaucoup, bonne journée à vous."),
        ),
    ),
    Story(
        "fr",
        "account",
        "care",
        status="",
        subjects=("Mot de passe oublié", "Supprimer mon compte", "Je reçois trop de mails"),
        openings=(
            "Bonjour, je ne reçois pas le mail pour changer mon mot de passe, même dans les indésirables.",
            "Bonjour,\nconformément au RGPD je souhaite la suppression de mon compte et de mes données, à "
            "l'exception de la "
            "facture {du} si la loi l'exige.",
            "Bonjour, j'ai cliqué trois fois sur « se désabonner » et je reçois toujours votre lettre. Aidez-moi !",
        ),
        turns=(
            answers(
                "C’est réglé de mon côté, à l’instant, et je vous le confirme par écrit comme vous le souhaitiez. Si "
                "quelque chose vous "
                "paraît encore étrange demain, répondez simplement à ce message : il me revient directement."
            ),
            says("Tout est en ordre, merci."),
        ),
    ),
    Story(
        "fr",
        "origin",
        "care",
        status="",
        subjects=("Où est fabriqué{e} {le} ?", "Composition {du}", "Question sur vos matières"),
        openings=(
            "Bonjour, pouvez-vous me dire où est fabriqué{e} {le}, et avec quelles matières ? J'essaie d'acheter "
            "moins mais mieux.",
            "Bonjour, mon fils est allergique à beaucoup de choses. Quelle est la composition exacte {du} ?",
        ),
        turns=(
            answers(
                "{Le} est fabriqué{e} en Normandie, dans un atelier de onze personnes. La fiche complète des "
                "matières est en bas de la "
                "page du produit. Si vous avez une allergie précise, dites-la-moi : je poserai la question à "
                "l’atelier."
            ),
            says("Merci pour cette réponse complète et humaine."),
        ),
    ),
)
