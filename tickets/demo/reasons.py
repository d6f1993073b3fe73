"""Why customers of a French shop write: what it is about, then why it happened (S52, S101, S102)."""

TREE: dict[str, dict[str, str]] = {
    "Livraison": {
        "late-carrier": "Retard du transporteur",
        "late-warehouse": "Retard de l’entrepôt",
        "not-received": "Livré, non reçu",
        "wrong-address": "Adresse erronée",
        "delivery-slot": "Créneau de livraison",
        "returned-parcel": "Retour à l’expéditeur",
        "carrier-inquiry": "Enquête du transporteur",
        "packaging": "Emballage abîmé ou ouvert",
        "abroad": "Délai à l’étranger et outre-mer",
        "customs": "Bloqué en douane",
        "shipping-cost": "Frais de port mal annoncés",
    },
    "Produit": {
        "damaged": "Abîmé à l’arrivée",
        "wrong-item": "Mauvais article envoyé",
        "wrong-colour": "Non conforme à la photo",
        "defect": "Défaut ou panne sous garantie",
        "missing-part": "Pièce ou notice manquante",
    },
    "Retour": {"return-size": "Taille ou dimensions", "return-changed-mind": "Rétractation"},
    "Remboursement": {"refund-late": "Délai dépassé", "refund-partial": "Montant inexact"},
    "Paiement": {
        "promo-refused": "Code promo refusé",
        "payment-error": "Paiement refusé par la banque",
        "double-charge": "Débité deux fois",
        "gift-card": "Carte cadeau introuvable",
    },
    "Commande": {
        "invoice": "Facture manquante ou à corriger",
        "order-change": "Modification ou annulation",
        "account": "Accès au compte et données",
    },
    "Avant l’achat": {
        "availability": "Disponibilité",
        "technical": "Question technique",
        "product-advice": "Conseil de choix",
        "origin": "Origine et matières",
        "quote": "Devis professionnel",
    },
    "Relation": {
        "care-advice": "Conseil d’entretien",
        "thanks": "Remerciement",
        "complaint": "Promesse non tenue",
        "partnership": "Partenariat ou don",
    },
}
