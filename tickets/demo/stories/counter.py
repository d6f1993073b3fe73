"""The rest of the live tickets: newcomers, those we wait for, and those that somebody else holds up."""

from tickets.demo.live import Live, Purchase
from tickets.demo.people import Person
from tickets.demo.story import answers, notes, robot, says
from tickets.states import State

LONDON = ("London", "N4 3HB", "Europe/London")
EDINBURGH = ("Edinburgh", "EH3 6NZ", "Europe/London")
DUBLIN = ("Dublin", "D08 V2K1", "Europe/Dublin")
AMSTERDAM = ("Amsterdam", "1016 DV", "Europe/Amsterdam")
BROOKLYN = ("Brooklyn", "11201", "America/New_York")
SAINT_PAUL = ("Saint-Paul", "97460", "Indian/Reunion")
BORDEAUX = ("Bordeaux", "33000", "Europe/Paris")

STORIES = (
    Live(
        Person(
            "Siobhán Fitzgerald-Moore", "siobhan.fm@post.example", "en", "+353209150127", DUBLIN, female=True, years=2.2
        ),
        "Two parcels, one order, zero lamps",
        (
            says(
                "Hello,\n\nORDER ML-20477 was split in two. The parcel with the bulbs came; the one with the actual "
                "lamp is "
                "“awaiting collection by driver” since last week. It is hard to admire a bulb on its own.\n\nSiobhán"
            ),
            answers(
                "Hello Siobhán,\n\nI laughed, then I called the carrier. The lamp parcel was mislabelled at their "
                "hub; they have promised it "
                "for this week. I'll write as soon as it moves.",
                6,
                by="Thomas",
            ),
            says(
                "It hasn't moved. I check every morning with my coffee. Could you please send another one?",
                44,
                quotes=True,
            ),
        ),
        due=-190,
        state=State.OPEN,
        assignee="Thomas",
        team="orders",
        reason="late-carrier",
        priority=3,
        orders=(Purchase(("SEL-NO",), 8, "shipped", "ML-20477"),),
    ),
    Live(
        Person("Theodore Abernathy", "theo.abernathy@mail.example", "en", town=EDINBURGH, years=0.6),
        "Gift wrapping forgotten",
        (
            says(
                "Hi there, I paid for gift wrapping on the Kyoto tea set and it arrived in plain brown paper. The "
                "party's on Saturday. Could "
                "you send me the wrapping so I can do it myself?\n\nTheo"
            ),
        ),
        due=95,
        team="orders",
        reason="missing-part",
        orders=(Purchase(("KYO-TH",), 5),),
    ),
    Live(
        Person(
            "Rose-May Hoarau",
            "rosemay.hoarau@courriel.example",
            phone="+262692558810",
            town=SAINT_PAUL,
            female=True,
            years=1.4,
        ),
        "Octroi de mer facturé deux fois",
        (
            says(
                "Bonjour, j'ai déjà payé les taxes à la commande et le transporteur me réclame 23 € de plus à la "
                "livraison de mon plaid. "
                "J'ai refusé le colis pour l'instant. Que dois-je faire ?\n\nRose-May Hoarau",
                files=("avis-de-taxes.pdf",),
            ),
        ),
        due=150,
        assignee="Inès",
        team="care",
        reason="abroad",
        tags=("outre-mer",),
        priority=3,
        orders=(Purchase(("ALP-PL",), 16, "shipped"),),
    ),
    Live(
        Person("Naomi Okafor", "naomi.okafor@post.example", "en", "+447700900561", LONDON, female=True),
        "Is the Orion lamp stable enough for a toddler?",
        (
            says(
                "Hello! We love the Orion floor lamp, but we also have an eighteen-month-old who climbs everything "
                "that stands still. How heavy "
                "is the base, and can it be fixed to the wall?\n\nNaomi (and Teddy)"
            ),
        ),
        due=215,
        kind="form",
        reason="technical",
    ),
    Live(
        Person("Anatole Quéméneur", "anatole.quemeneur@boite.example", town=("Brest", "29200", "Europe/Paris")),
        "Bougie Grand Large : mèche cassée",
        (
            says(
                "Bonjour, une des trois mèches de la bougie Grand Large s'est cassée net au premier allumage, au ras "
                "de la cire. Impossible de la "
                "rattraper. Un geste possible ?\n\nA. Quéméneur",
                files=("meche.png",),
            ),
        ),
        due=245,
        assignee="Emma",
        team="care",
        reason="defect",
        orders=(Purchase(("BOU-GR",), 12),),
    ),
    Live(
        Person("Callum MacKenzie", "callum.mackenzie@mail.example", "en", town=EDINBURGH, years=3.1),
        "Order ML-20544: can I collect it in Paris instead?",
        (
            says(
                "Hi, I'll be in Paris next week as it turns out. Rather than posting the jug to Edinburgh, could I "
                "pick it up at the shop and get the "
                "delivery cost back?\n\nCheers,\nCallum"
            ),
        ),
        due=270,
        assignee="Karim",
        team="orders",
        reason="order-change",
        orders=(Purchase(("MAR-PI",), 1.5, "processing", "ML-20544"),),
    ),
    Live(
        Person("Khadija Saïdi", "khadija.saidi@courriel.example", female=True, phone="+33639986602", years=0.8),
        "Deux débits pour une seule commande",
        (
            says(
                "Bonjour, je vois deux fois 98,00 € sur mon relevé pour le service à thé Kyoto, mais une seule "
                "commande dans mon espace. "
                "Pouvez-vous annuler le doublon rapidement ? Fin de mois difficile…\n\nKhadija Saïdi"
            ),
        ),
        due=300,
        team="orders",
        reason="double-charge",
        priority=3,
        orders=(Purchase(("KYO-TH",), 2, "processing"),),
    ),
    Live(
        Person(
            "Beatrice Lindqvist",
            "beatrice@lindqvist-studio.example",
            "en",
            town=AMSTERDAM,
            female=True,
            vip=True,
            years=3.6,
        ),
        "Samples for a showroom",
        (
            says(
                "Hello,\n\nWe're styling a canal-side apartment in January and would love fabric samples of the "
                "Brume and Sage linens, about A5. Happy "
                "to pay for postage.\n\nBeatrice Lindqvist\nLindqvist Studio"
            ),
        ),
        due=420,
        reason="quote",
        tags=("pro",),
    ),
    Live(
        Person("Gwenaëlle Morvan", "gwen.morvan@boite.example", female=True, town=("Vannes", "56000", "Europe/Paris")),
        "Carte cadeau : la date de validité m’échappe",
        (
            says(
                "Bonjour, j'ai retrouvé au fond d'un tiroir une carte Maison Lune de 80 € qui n'a pas de date. "
                "Est-elle encore valable ? Ce serait "
                "une belle surprise.\n\nGwenaëlle"
            ),
        ),
        due=470,
        kind="form",
        reason="gift-card",
    ),
    Live(
        Person("Harriet Pemberton", "harriet.pemberton@post.example", "en", "+447700900842", LONDON, female=True),
        "Moths and linen?",
        (
            says(
                "Good morning, an odd one: do moths eat linen? I found a small hole in my Rivage tablecloth and I'm "
                "trying to work out who to "
                "blame, you or them.\n\nHarriet",
                files=("trou.png",),
            ),
        ),
        due=515,
        reason="care-advice",
        orders=(Purchase(("RIV-NA",), 60),),
    ),
    Live(
        Person("Moussa Sissoko", "moussa.sissoko@mail.example", town=BORDEAUX, years=1.9),
        "Votre mail est revenu, autre adresse",
        (
            says("Bonjour, pouvez-vous m'envoyer la notice de la lampe Orion ? Merci. Moussa Sissoko"),
            answers(
                "Bonjour Moussa,\n\nVoici la notice de la lampe Orion, avec le schéma de montage en page 2. Bonne "
                "installation !",
                3,
                then=State.OPEN,
                fails="550 5.2.2 boîte pleine (mailbox full)",
            ),
        ),
        due=330,
        state=State.OPEN,
        assignee="Emma",
        team="care",
        reason="missing-part",
        orders=(Purchase(("ORI-SP",), 4),),
    ),
    # it is their turn
    Live(
        Person("Eleanor Hargreaves", "eleanor.hargreaves@post.example", "en", town=LONDON, female=True, years=2.7),
        "Pillowcases: two sizes in one pack",
        (
            says(
                "Hello, my pack of two pillowcases contains one square and one rectangular. Very egalitarian, but "
                "could I have a matching pair?\n\n"
                "Eleanor Hargreaves"
            ),
            answers(
                "Hello Eleanor,\n\nI'm sorry about the odd couple! Which of the two shapes would you like to keep? "
                "I'll send its twin today.",
                5,
                then=State.PENDING,
            ),
        ),
        state=State.PENDING,
        assignee="Thomas",
        team="orders",
        reason="wrong-item",
        ago=20,
        orders=(Purchase(("BRU-TA", "BRU-TA"), 9),),
    ),
    Live(
        Person(
            "Pierre-Yves Garnier-Duplessis", "py.garnier@courriel.example", phone="+33639980215", years=4.1, vip=True
        ),
        "Lampe Orion : le pied penche",
        (
            says(
                "Bonjour, ma lampe Orion penche légèrement vers la gauche, comme la tour que vous savez. Le sol est "
                "droit, j'ai vérifié au niveau.\n\n"
                "P.-Y. Garnier-Duplessis",
                files=("lampe-penchee.png",),
            ),
            answers(
                "Bonjour Pierre-Yves,\n\nMerci pour la photo, elle est très parlante. Pourriez-vous serrer la bague "
                "sous le socle d’un quart de "
                "tour, puis me dire si elle se redresse ? Sinon j’envoie un pied neuf.",
                4,
                then=State.PENDING,
            ),
        ),
        state=State.PENDING,
        assignee="Inès",
        team="care",
        reason="defect",
        ago=27,
        orders=(Purchase(("ORI-SP",), 21),),
    ),
    Live(
        Person("Amir Chaudhry", "amir.chaudhry@mail.example", "en", town=BROOKLYN, years=0.3),
        "Customs asks for a commercial invoice",
        (
            says(
                'Hi, customs are holding my Nova pendant and want a "commercial invoice". Could you send one?\n\nAmir'
            ),
            answers(
                "Hello Amir,\n\nOf course, it's attached. Could you let me know the reference on the customs notice? "
                "I'll send it to the carrier as "
                "well, so that it doesn't wait for post.",
                4,
                then=State.PENDING,
            ),
            robot("Thanks for your message! I'm travelling until Monday and reading e-mail slowly. Amir", 0.01),
        ),
        state=State.PENDING,
        assignee="Karim",
        team="orders",
        reason="customs",
        ago=30,
        orders=(Purchase(("NOV-SU",), 12, "shipped"),),
    ),
    Live(
        Person(
            "Solène Kerviel", "solene.kerviel@boite.example", female=True, town=("Lorient", "56100", "Europe/Paris")
        ),
        "Échange plaid : quelle couleur choisir ?",
        (
            says(
                "Bonjour, je voudrais échanger le plaid Alpage, trop foncé pour mon canapé. Vous avez quoi de plus "
                "clair ?"
            ),
            answers(
                "Bonjour Solène,\n\nNous avons « Craie » et « Avoine ». Craie est presque blanc, Avoine tire sur le "
                "miel. Je vous ai joint les deux "
                "sur un canapé gris : lequel vous plaît le plus ?",
                6,
                then=State.PENDING,
            ),
        ),
        state=State.PENDING,
        assignee="Emma",
        team="orders",
        reason="return-changed-mind",
        ago=44,
        orders=(Purchase(("ALP-PL",), 13),),
    ),
    Live(
        Person("Imogen Ashworth", "imogen.ashworth@post.example", "en", "+447700900177", LONDON, female=True),
        "Where should I send it back?",
        (
            says("Hi, the label you sent has a French address only. Is there a UK drop-off?"),
            answers(
                "Hello Imogen,\n\nYes: any collection point on the list attached takes it, the French label works "
                "there too. May I ask which town "
                "is nearest to you?",
                5,
                then=State.PENDING,
            ),
        ),
        state=State.PENDING,
        assignee="Maëlle",
        team="orders",
        reason="return-size",
        ago=52,
        orders=(Purchase(("SAU-HC",), 19),),
    ),
    Live(
        Person("Ilyès Benchetrit", "ilyes.benchetrit@mail.example", town=("Marseille", "13006", "Europe/Paris")),
        "Remplacement du verre de lampe",
        (
            says(
                "Bonjour, le globe de la suspension Nova a éclaté (un ballon, un enfant, une histoire classique). "
                "Vendez-vous le verre seul ?"
            ),
            answers(
                "Bonjour Ilyès,\n\nOui, 24 € port compris. Souhaitez-vous le verre clair ou le verre opalin ?",
                4,
                then=State.PENDING,
            ),
        ),
        state=State.PENDING,
        kind="form",
        assignee="Inès",
        team="care",
        reason="missing-part",
        ago=68,
        orders=(Purchase(("NOV-SU",), 70),),
    ),
    # somebody else holds it up
    Live(
        Person(
            "Rupert Featherstone",
            "rupert.featherstone@post.example",
            "en",
            town=("Bristol", "BS8 1TH", "Europe/London"),
            years=1.2,
        ),
        "Missing tealight holder, claim with carrier",
        (
            says("Hello, one of the three Givre holders is missing and the box had clearly been opened. Rupert"),
            answers(
                "Hello Rupert,\n\nThank you for the careful description. I've filed a claim with the carrier; they "
                "have ten days to answer, and "
                "whatever they say, you won't be out of pocket.",
                5,
                then=State.ON_HOLD,
            ),
            notes("Claim 77-4410 filed. If nothing by next Tuesday: resend anyway.", 0.2),
        ),
        state=State.ON_HOLD,
        assignee="Thomas",
        team="orders",
        reason="packaging",
        ago=75,
        orders=(Purchase(("GIV-PH", "GIV-PH", "GIV-PH"), 14),),
    ),
    Live(
        Person(
            "Ségolène de La Rochebrochard",
            "segolene.dlr@courriel.example",
            female=True,
            vip=True,
            years=4.9,
            phone="+33639983391",
        ),
        "Nappe sur mesure, 4,20 m",
        (
            says(
                "Bonjour,\n\nVotre nappe Rivage existe-t-elle en 4,20 m ? Notre table de famille reçoit vingt "
                "personnes à Noël et je refuse de "
                "mettre deux nappes bout à bout.\n\nSégolène de La Rochebrochard"
            ),
            answers(
                "Bonjour Ségolène,\n\nQuelle belle tablée ! L’atelier étudie la découpe dans un seul lé ; je reviens "
                "vers vous dès "
                "qu’il m’a donné un prix et une date.",
                7,
                then=State.ON_HOLD,
            ),
            notes("Atelier relancé, Josiane regarde s’il reste un rouleau de 300 cm. Réponse attendue jeudi.", 1),
        ),
        state=State.ON_HOLD,
        assignee="Sophie",
        team="care",
        reason="product-advice",
        ago=50,
    ),
    Live(
        Person("Julian van der Berg", "julian.vdberg@mail.example", "en", town=AMSTERDAM),
        "Gift card paid, never arrived",
        (
            says("Hello, I bought a €100 gift card, the money left my account, the card never came. Julian"),
            answers(
                "Hello Julian,\n\nI can see the payment. The card is stuck at our payment provider, who must release "
                "it; I've asked them to hurry "
                "and will write the moment they do.",
                4,
                then=State.ON_HOLD,
            ),
        ),
        state=State.ON_HOLD,
        kind="form",
        assignee="Karim",
        team="orders",
        reason="gift-card",
        ago=31,
    ),
    Live(
        Person("Florent Thévenin", "florent.thevenin@boite.example", town=("Grenoble", "38000", "Europe/Paris")),
        "Colis saisi après inondation du dépôt",
        (
            says(
                "Bonjour, le transporteur m'annonce que mon colis est « immobilisé, dépôt sinistré ». Que devient ma "
                "parure ?\n\nFlorent Thévenin"
            ),
            answers(
                "Bonjour Florent,\n\nLe dépôt de Chambéry a été inondé et tout y est bloqué par l’assurance. "
                "J’attends l’inventaire ; si votre "
                "colis n’est pas dans la liste des sauvés, un autre part aussitôt.",
                6,
                then=State.ON_HOLD,
            ),
        ),
        state=State.ON_HOLD,
        assignee="Maëlle",
        team="orders",
        reason="late-carrier",
        ago=26,
        orders=(Purchase(("BRU-PA",), 9, "shipped"),),
    ),
    # the evening team of our partner
    Live(
        Person(
            "Freya Sinclair",
            "freya.sinclair@mail.example",
            "en",
            town=("Glasgow", "G12 8QQ", "Europe/London"),
            female=True,
        ),
        "Evening chat: delivery on Saturday?",
        (
            says("Hiya, I'm only home at weekends. Can the Lagune bowl come on a Saturday?"),
            answers(
                "Hello Freya! Yes, Saturday delivery is free for you. Between 9 and 1, would that work?",
                0.3,
                then=State.PENDING,
            ),
            says("9 to 1 is perfect, ta!", 0.5),
        ),
        due=285,
        kind="chat",
        state=State.OPEN,
        assignee="Lucas",
        team="evening",
        reason="delivery-slot",
        orders=(Purchase(("LAG-CO",), 1.2, "processing"),),
    ),
    Live(
        Person(
            "Perrine Castellani",
            "perrine.castellani@courriel.example",
            female=True,
            town=("Ajaccio", "20000", "Europe/Paris"),
            years=2.0,
        ),
        "Livraison en Corse : supplément ?",
        (
            says(
                "Bonsoir, je vois un supplément de 6 € pour la Corse au moment de payer, alors que la page « "
                "livraison » n'en parle pas. Qui a raison ?"
                "\n\nPerrine Castellani"
            ),
        ),
        due=345,
        team="evening",
        reason="shipping-cost",
    ),
)
SPAM = (
    Live(
        Person("SEO Growth Partners", "hello@rank-higher.example", "en", years=0.0),
        "Your website is losing 82% of its visitors",
        (
            says(
                "Dear business owner, our experts have found 14 critical errors on your website. Reply YES for a "
                "free audit worth $990."
            ),
        ),
        ago=60,
        state=State.NEW,
    ),
    Live(
        Person("Service Livraison", "suivi@colis-en-attente.example", years=0.0),
        "Votre colis est en attente de 1,99 €",
        (
            says(
                "Cher client, votre colis n'a pas pu être livré. Réglez 1,99 € de frais sur le lien ci-dessous avant "
                "minuit."
            ),
        ),
        ago=110,
        state=State.NEW,
    ),
)
