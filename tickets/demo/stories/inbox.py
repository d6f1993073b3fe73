"""The head of the inbox: late, within the hour, and the conversations that come with them."""

from tickets.demo.live import Live, Purchase
from tickets.demo.people import Person
from tickets.demo.story import answers, notes, says
from tickets.states import State

REUNION = ("Saint-Denis", "97400", "Indian/Reunion")
LYON = ("Lyon", "69006", "Europe/Paris")
BATH = ("Bath", "BA2 4HG", "Europe/London")
CORK = ("Cork", "T23 H7F9", "Europe/Dublin")

STORIES = (
    Live(
        Person("Jean-Baptiste Kowalczyk", "jb.kowalczyk@courriel.example", phone="+33639984120", years=2.4),
        "INADMISSIBLE : 3 relances, toujours aucun remboursement",
        (
            says(
                "Bonjour,\n\nMa parure est repartie chez vous il y a cinq semaines, bien reçue d'après le suivi. "
                "Quand serai-je "
                "remboursé des 189 € ?\n\nJean-Baptiste Kowalczyk"
            ),
            answers(
                "Bonjour Jean-Baptiste,\n\nVotre retour est bien enregistré. Le remboursement est en cours de "
                "validation, vous le "
                "verrez d’ici cinq jours ouvrés.\n\nBien à vous,",
                5,
                then=State.PENDING,
                by="Karim",
            ),
            says("Cinq jours ouvrés passés, toujours rien. Merci de me donner une date ferme.", 190, quotes=True),
            notes(
                "Validation bloquée en compta : l’IBAN du client a changé. @Sophie tu peux forcer le virement ?",
                4,
                by="Karim",
            ),
            says(
                "Je saisis la DGCCRF lundi si je n’ai pas de réponse écrite de votre part avant ce soir. Vous "
                "trouverez en pièce "
                "jointe le bordereau de retour signé par votre entrepôt.\n\nC'est INADMISSIBLE. Trois relances !\n\n"
                "J.-B. Kowalczyk",
                22,
                quotes=True,
                files=("bordereau-retour.pdf",),
            ),
        ),
        due=-72,
        state=State.OPEN,
        assignee="Sophie",
        team="care",
        reason="refund-late",
        tags=("réclamation",),
        priority=4,
        orders=(Purchase(("BRU-PA",), 52, "returned"),),
    ),
    Live(
        Person("Aurélien Petit", "aurelien.petit@boite.example", town=("Nantes", "44000", "Europe/Paris")),
        "Facture au nom de ma société",
        (
            says(
                "Bonjour, pourriez-vous rééditer la facture ML-20391 avec le numéro de TVA FR 32 849 120 774 et la "
                "raison sociale "
                "« Atelier Petit & Fils » ? Mon comptable clôture demain.\n\nMerci d'avance,\nAurélien Petit"
            ),
        ),
        due=-14,
        kind="form",
        assignee="Karim",
        team="orders",
        reason="invoice",
        orders=(Purchase(("NOV-SU", "NOV-SU"), 11.5, "delivered", "ML-20391"),),
    ),
    Live(
        Person("Visiteur · Lyon", "lucile.chat@boite.example", town=LYON, years=0.0),
        "Bonjour, il y a quelqu’un ?",
        (
            says("Bonjour, il y a quelqu’un ?"),
            says(
                "Je voudrais juste savoir si la lampe Sélène existe en laiton poli, et si je peux la voir quelque "
                "part à Lyon.",
                0.02,
            ),
        ),
        due=-1,
        kind="chat",
        reason="availability",
    ),
    Live(
        Person("Nadia Cherkaoui", "nadia.cherkaoui@mail.example", female=True, town=("Lille", "59000", "Europe/Paris")),
        "Code NUITDHIVER refusé au paiement",
        (
            says(
                "Le panier me dit « code expiré » alors que le mail dit jusqu’à 21 h. J'ai la nappe Rivage et deux "
                "bougies dedans, "
                "je n'ose pas payer plein tarif !"
            ),
        ),
        due=2,
        kind="chat",
        assignee="Inès",
        team="care",
        reason="promo-refused",
    ),
    Live(
        Person(
            "Marie-Clémence de Villeneuve-Saint-Aubin",
            "mc.villeneuve@courriel.example",
            phone="+262692550134",
            town=REUNION,
            female=True,
            vip=True,
            years=4.7,
            handles=(("instagram", "@mcdevilleneuve"),),
            notes="Préfère être rappelée le matin (+3 h). Offre souvent : vérifier l’emballage cadeau.",
        ),
        "TROISIÈME MESSAGE : colis « livré » jamais reçu, l’anniversaire de ma fille est samedi",
        (
            says(
                "Bonjour,\n\nMa commande ML-20418 est notée « livrée » depuis samedi. Je n’ai rien reçu, rien dans "
                "la boîte, rien chez "
                "les voisins. C’est la troisième fois que je vous écris et je n’ai eu que des réponses "
                "automatiques.\n\nLa lampe est le "
                "cadeau d’anniversaire de ma fille, c’est samedi. Je ne vous cache pas que je suis très en colère.\n\n"
                "Marie-Clémence de Villeneuve-Saint-Aubin",
                quotes=True,
                files=("avis-de-passage.png", "confirmation-ML-20418.pdf"),
            ),
            answers(
                "Bonjour Marie-Clémence,\n\nVotre colère est légitime : un cadeau annoncé livré qui n’est pas là, "
                "c’est le pire "
                "moment. J’ai ouvert une enquête auprès de Colissimo (n° 6A18824410973) et je vous écris dès leur "
                "retour, demain au "
                "plus tard.",
                4,
                by="Thomas",
            ),
            notes(
                "@Inès le bureau de Saint-Denis a confirmé par téléphone : remis au numéro 21 au lieu du 12. On "
                "réexpédie tout de "
                "suite, sans attendre la fin de l’enquête. Marge OK, elle est VIP.",
                5,
                by="Sophie",
            ),
            says(
                "Toujours rien ce matin. Le point relais me dit qu’il n’a jamais vu mon nom. Dites-moi simplement ce "
                "que vous comptez "
                "faire 😡",
                14,
            ),
        ),
        due=24,
        state=State.OPEN,
        assignee="Inès",
        team="care",
        reason="not-received",
        tags=("réclamation", "outre-mer"),
        priority=3,
        orders=(
            Purchase(("SEL-LB", "BOU-MI"), 10, "delivered", "ML-20418"),
            Purchase(("BRU-PA", "BRU-TA"), 33, "delivered", "ML-19873"),
        ),
    ),
    Live(
        Person("+33 6 12 44 09 87", "p.roussel@boite.example", phone="+33612440987", female=True, years=0.4),
        "Message vocal (0:42)",
        (
            says(
                "« Oui bonjour, c’est madame Roussel, je rappelle au sujet de la housse de couette qui a rétréci. On "
                "m’avait dit qu’on me "
                "rappellerait jeudi et je n’ai pas eu d’appel. Vous pouvez me joindre jusqu’à dix-huit heures. "
                "Merci, au revoir. »"
            ),
        ),
        due=31,
        kind="voicemail",
    ),
    Live(
        Person(
            "@studio.petitjour", "bonjour@petitjour.example", handles=(("instagram", "@studio.petitjour"),), female=True
        ),
        "Story : vase ébréché à l’ouverture",
        (
            says(
                "Coucou ! Trop déçue, regardez la photo… c’est un cadeau et le vase Ondine a un éclat énorme sur le "
                "bord. Vous pouvez "
                "faire quelque chose avant dimanche ?",
                files=("vase.png",),
            ),
        ),
        due=38,
        kind="instagram",
        assignee="Maëlle",
        team="orders",
        reason="damaged",
        tags=("casse",),
        orders=(Purchase(("OND-VA",), 4),),
    ),
    Live(
        Person("Oliver Whitcombe-Hargreaves", "o.whitcombe@post.example", "en", "+447700900318", BATH, years=1.8),
        "Wrong colour delivered: ordered “Sage”, received “Slate” (order ML-20402)",
        (
            says(
                "Hi there,\n\nthe duvet set arrived this morning, thank you, but it's Slate rather than Sage. Lovely "
                "in its own way, only it "
                "makes our bedroom look like a submarine. Could we swap it, ideally before my in-laws arrive on the "
                "28th?\n\nBest wishes,\n"
                "Oliver Whitcombe-Hargreaves",
                files=("slate.png",),
            ),
        ),
        due=46,
        assignee="Thomas",
        team="orders",
        reason="wrong-colour",
        orders=(Purchase(("SAU-HC", "BRU-TA", "BRU-TA"), 10.7, "delivered", "ML-20402"),),
    ),
    Live(
        Person(
            "Hugo Lefèvre",
            "hugo.lefevre@mail.example",
            phone="+33639981077",
            town=("Montreuil", "93100", "Europe/Paris"),
        ),
        "Re : créneau de livraison vendredi",
        (
            says("Bonjour, vendredi je ne suis là que l'après-midi, on peut décaler la livraison de la lampe Orion ?"),
            answers("Bonjour Hugo, c’est possible : 14 h – 16 h vendredi, cela vous irait ?", 2, then=State.PENDING),
            says("ok pour 14 h, merci de prévenir le livreur que le digicode a changé : 47B12", 3),
        ),
        due=52,
        kind="sms",
        state=State.OPEN,
        assignee="Inès",
        team="care",
        reason="delivery-slot",
        orders=(Purchase(("ORI-SP",), 3, "shipped"),),
    ),
    Live(
        Person(
            "Camille Durand", "camille.durand@courriel.example", female=True, town=("Rennes", "35000", "Europe/Paris")
        ),
        "Retour de 2 taies d’oreiller",
        (
            says(
                "Bonjour, elles sont superbes mais trop grandes, comment puis-je les renvoyer ? Je les ai seulement "
                "dépliées pour les essayer, "
                "l'emballage est intact.\n\nBonne journée,\nCamille"
            ),
        ),
        due=80,
        assignee="Maëlle",
        team="orders",
        reason="return-size",
        orders=(Purchase(("BRU-TA", "BRU-TA"), 8),),
    ),
    Live(
        Person("Client Marketplace 88-41207", "88-41207@place.example", years=0.1),
        "Article reçu différent de la photo",
        (
            says(
                "Le pied est doré et pas noir, je souhaite un échange ou un geste commercial. Commande passée sur la "
                "place de marché, "
                "référence 88-41207."
            ),
        ),
        due=105,
        kind="api",
        reason="wrong-colour",
        tags=("place de marché",),
        orders=(Purchase(("SEL-NO",), 6),),
    ),
    Live(
        Person("Fatoumata Diallo-Bertrand", "f.diallo.bertrand@boite.example", female=True, vip=True, years=3.2),
        "Merci !! (et une petite question sur l’entretien du lin)",
        (
            says(
                "La parure est magnifique, ma mère était aux anges. Peut-on la passer au sèche-linge ? Elle n'a pas "
                "la place d'étendre de "
                "si grandes pièces.\n\nMerci encore à toute l'équipe,\nFatoumata Diallo-Bertrand"
            ),
        ),
        due=120,
        assignee="Emma",
        team="care",
        reason="care-advice",
        orders=(Purchase(("BRU-PA",), 9),),
    ),
    Live(
        Person("Colissimo Service Entreprises", "enquetes@colissimo-pro.example", years=5.0),
        "Enquête n° 6A18824410973 : réponse du bureau distributeur",
        (
            says(
                "Madame, Monsieur,\n\nSuite à votre demande, le facteur confirme avoir remis l’objet n° "
                "6A18824410973 le 14 à 11 h 07, contre "
                "signature. Le destinataire signataire ne correspond pas au nom indiqué. L’enquête reste ouverte ; "
                "réponse définitive sous "
                "dix jours ouvrés.\n\nService Réclamations Entreprises\nNe tenez pas compte de ce message si le "
                "litige est clos."
            ),
        ),
        due=130,
        assignee="Inès",
        team="care",
        reason="carrier-inquiry",
        tags=("transporteur",),
    ),
    Live(
        Person("Léo Marchand", "leo.marchand@mail.example", town=("Dijon", "21000", "Europe/Paris")),
        "Suspension Nova : compatible variateur ?",
        (
            says("Salut ! Est-ce que la suspension Nova marche avec un variateur à bouton poussoir ?"),
            answers(
                "Bonjour Léo ! Oui, avec une ampoule dimmable de 8 W au plus. Votre variateur a-t-il besoin d’un "
                "neutre ? C’est le seul "
                "point à vérifier.",
                0.2,
                then=State.PENDING,
            ),
            says("Merci, je regarde avec mon électricien et je reviens vers vous", 0.3),
            answers("Parfait, prenez votre temps : cette conversation reste ouverte.", 0.1, then=State.PENDING),
        ),
        kind="chat",
        state=State.PENDING,
        assignee="Thomas",
        team="care",
        reason="technical",
        ago=3,
    ),
    Live(
        Person("Priya Raghunathan", "priya.raghunathan@post.example", "en", "+353209154410", CORK, female=True),
        "Do you ship to Ireland before Christmas?",
        (
            says(
                'Hello,\n\nI’m hoping to send three candles to Cork, and your delivery page stops at "Europe: 5 to 9 days". If I order this week, '
                "will they be here before Christmas? They're for my mother, who counts the days.\n\nThank you!\nPriya"
            ),
        ),
        due=180,
        reason="abroad",
    ),
    Live(
        Person(
            "Bernadette Le Goff",
            "bernadette.legoff@courriel.example",
            female=True,
            town=("Quimper", "29000", "Europe/Paris"),
        ),
        "Adresse erronée sur ma commande de ce matin",
        (
            says(
                "J’ai mis l’ancienne adresse, il faut envoyer au 12 rue des Camélias à Quimper, pas à Brest. "
                "Pouvez-vous corriger avant "
                "l'expédition ? Merci, et pardon pour le dérangement.\n\nBernadette Le Goff"
            ),
        ),
        due=195,
        kind="form",
        assignee="Karim",
        team="orders",
        reason="wrong-address",
        orders=(Purchase(("MAR-PI",), 0.6, "processing"),),
    ),
    Live(
        Person("Mehdi Aït-Ouali", "mehdi.aitouali@mail.example", phone="+33639987741"),
        "Remplacement de l’abat-jour",
        (
            says(
                "Bonjour, l'abat-jour de ma lampe Perle est déchiré à la couture. C'est réparable ?",
                files=("abat-jour.png",),
            ),
            answers(
                "Bonjour Mehdi, non, mais c’est remplaçable : un abat-jour neuf part cet après-midi, à nos frais.", 3
            ),
            says("Parfait, merci pour votre réactivité 👍", 1),
            answers(
                "Avec plaisir ! Je garde le dossier ouvert jusqu’à ce que vous l’ayez reçu.", 1, then=State.PENDING
            ),
        ),
        kind="whatsapp",
        state=State.PENDING,
        assignee="Sophie",
        team="care",
        reason="damaged",
        ago=2,
        orders=(Purchase(("PER-LA",), 14),),
    ),
    Live(
        Person(
            "Association Les Mains Tendues",
            "contact@mains-tendues.example",
            town=("Villeurbanne", "69100", "Europe/Paris"),
            years=1.1,
        ),
        "Demande de don pour notre tombola annuelle à Villeurbanne",
        (
            says(
                "Bonjour, comme chaque année nous organisons une tombola au profit des familles que nous "
                "accompagnons. L'an passé vous nous "
                "aviez offert une bougie, qui avait fait une heureuse ! Accepteriez-vous de participer à nouveau ? "
                "Un reçu fiscal vous sera "
                "remis.\n\nPour le bureau,\nGeneviève Ostrowski, présidente",
                files=("affiche-tombola.pdf",),
            ),
        ),
        due=360,
        reason="partnership",
        priority=1,
    ),
    Live(
        Person(
            "Stéphanie Oberlin", "s.oberlin@boite.example", female=True, town=("Strasbourg", "67000", "Europe/Paris")
        ),
        "Colis bloqué à Roissy depuis 4 jours",
        (
            says(
                "Le suivi n’a pas bougé depuis dimanche. Est-il perdu ? J'ai commandé deux coupes pour un buffet, il "
                "me les faudrait avant "
                "le week-end.\n\nStéphanie Oberlin"
            ),
        ),
        due=390,
        assignee="Emma",
        team="orders",
        reason="late-carrier",
        orders=(Purchase(("LAG-CO", "LAG-CO"), 7, "shipped"),),
    ),
    Live(
        Person("Guillaume Pfister", "g.pfister@courriel.example", town=("Annecy", "74000", "Europe/Paris")),
        "Bougie Minuit : quand revient-elle ?",
        (
            says(
                "Bonjour, le site affiche « bientôt » depuis octobre. Ma femme ne jure que par cette odeur et la "
                "dernière arrive au bout. "
                "Avez-vous une date, même approximative ?\n\nGuillaume Pfister"
            ),
        ),
        due=440,
        assignee="Emma",
        team="care",
        reason="availability",
    ),
    Live(
        Person(
            "Dr Anne-Sophie Vandenbroucke",
            "as.vandenbroucke@clinique-sittelles.example",
            female=True,
            vip=True,
            years=2.9,
        ),
        "Devis pour 40 parures (clinique)",
        (
            says(
                "Bonjour,\n\nNotre clinique rénove ses chambres d'accompagnants. Pourriez-vous nous établir un devis "
                "pour une quarantaine de "
                "parures ?\n\nDr A.-S. Vandenbroucke"
            ),
            answers(
                "Bonjour Docteur,\n\nAvec grand plaisir. Pour affiner le prix, pourriez-vous me donner les quantités "
                "par taille et la date "
                "souhaitée ?",
                5,
                then=State.PENDING,
            ),
            says(
                "Suite à notre échange, voici les quantités par service en pièce jointe : 26 en 90 cm, 14 en 140 cm. "
                "Livraison en deux fois si "
                "possible.",
                20,
                quotes=True,
                files=("quantites.pdf",),
            ),
        ),
        due=500,
        state=State.OPEN,
        assignee="Thomas",
        team="care",
        reason="quote",
        tags=("pro",),
    ),
    Live(
        Person("Client Marketplace 88-40991", "88-40991@place.example", years=0.1),
        "Avis 2 étoiles : emballage",
        (says("Produit correct mais carton écrasé. Pour le prix on s'attend à mieux, surtout pour offrir."),),
        due=535,
        kind="api",
        reason="packaging",
        tags=("place de marché",),
        orders=(Purchase(("GIV-PH", "GIV-PH"), 5),),
    ),
)
