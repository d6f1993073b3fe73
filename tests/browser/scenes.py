"""A small believable shop for journeys and pictures."""

from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from accounts.models import Presence, User
from channels_app.base import File
from helpdesk.lib import presence
from helpdesk.lib.presence import Doing
from tests import factories as make
from tickets import actions
from tickets.actors import Actor
from tickets.models import Message, Priority, Reason, SavedView, Ticket
from tickets.views import company

QUOTE = "\n\nLe 15 nov. 2026 à 18:02, Maison Lune a écrit :\n> Bonjour,\n> nous avons bien reçu votre message."
PEOPLE = (
    ("Jean-Baptiste Kowalczyk", "INADMISSIBLE : 3 relances, toujours aucun remboursement", "late", "Remboursement"),
    ("Aurélien Petit", "Facture au nom de ma société", "late", "Commande"),
    ("Nadia Cherkaoui", "Code NUITDHIVER refusé au paiement", "now", "Paiement"),
    ("Oliver Whitcombe-Hargreaves", "Wrong colour delivered: ordered “Sage”, received “Slate”", "soon", "Produit"),
    ("Hugo Lefèvre", "Re : créneau de livraison vendredi", "soon", "Livraison"),
    ("Camille Durand", "Retour de 2 taies d’oreiller", "today", "Retour"),
    ("Fatoumata Diallo-Bertrand", "Merci !! (et une petite question sur l’entretien du lin)", "today", "Conseil"),
    ("Priya Raghunathan", "Do you ship to Ireland before Christmas?", "today", "Livraison"),
    ("Bernadette Le Goff", "Adresse erronée sur ma commande de ce matin", "today", "Commande"),
    ("Léo Marchand", "Suspension Nova : compatible variateur ?", "later", "Avant l’achat"),
    ("Mehdi Aït-Ouali", "Remplacement de l’abat-jour", "later", "Produit"),
    ("Association Les Mains Tendues", "Demande de don pour notre tombola annuelle", "later", "Autre"),
    ("Stéphanie Oberlin", "Colis bloqué à Roissy depuis 4 jours", "later", "Livraison"),
)
LEFT = {
    "late": timedelta(minutes=-72),
    "now": timedelta(minutes=9),
    "soon": timedelta(minutes=46),
    "today": timedelta(minutes=61),
    "later": timedelta(days=1, hours=3),
}


def team_of_four() -> list[User]:
    names = (("Sophie", "Marchetti"), ("Thomas", "Nguyen-Duval"), ("Karim", "Haddad"), ("Margaux", "Lefebvre"))
    return [make.user(f"{first.lower()}@example.com", first_name=first, last_name=last) for first, last in names]


def full_inbox(agent: User) -> list[Ticket]:
    """Thirteen tickets in every group of the list."""
    colleagues = [None, *team_of_four(), agent]
    now = timezone.now()
    tickets = []
    for place, (name, subject, group, what) in enumerate(PEOPLE):
        customer = make.customer(f"person{place}@example.org", name=name, vip=place == 2)
        text = "Bonjour, je vous écris au sujet de ma commande ML-20418, pourriez-vous me répondre ce matin ?"
        ticket = make.ticket(customer, subject=subject, text=text, assignee=colleagues[place % len(colleagues)])
        reason = Reason.objects.get_or_create(key=f"r{place}", defaults={"what": what, "why": f"Cas {place}"})[0]
        due_at = now + LEFT[group] + timedelta(minutes=place)
        state = "new" if place % 3 == 0 else "open"
        rows = Ticket.objects.filter(pk=ticket.pk)
        rows.update(waiting_since=now - timedelta(hours=2), due_at=due_at, reason=reason, state=state)
        tickets.append(ticket)
    return tickets


def team_at_work(tickets: list[Ticket]) -> None:
    """Views of the team; a complaint, a begun answer, and Sophie looking at a ticket."""
    views = (("Réclamations", "shield"), ("VIP", "star"), ("Où est ma commande ?", "truck"), ("English", "globe"))
    for place, (name, icon) in enumerate(views):
        SavedView.objects.create(name=name, icon=icon, filters={"vip": True}, position=place)
    angry, looked_at, begun = tickets[0], tickets[2], tickets[3]
    sophie = User.objects.get(email="sophie@example.com")
    actions.open_complaint(angry, by=Actor.agent(sophie))
    actions.save_draft(begun, user=sophie, public=True, text="Hello Oliver,", version=0)
    presence.arrive(company.place(looked_at.pk), sophie.pk, Doing.LOOKING)


def long_conversation(agent: User) -> Ticket:
    """A VIP, three messages, a reply, a note, events, files, an order."""
    now = timezone.now()
    sophie = make.user("sophie.m@example.com", first_name="Sophie", last_name="Marchetti", presence=Presence.ONLINE)
    customer = make.customer("mc.villeneuve@example.org", name="Marie-Clémence de Villeneuve-Saint-Aubin", vip=True)
    order(customer)
    subject = "TROISIÈME MESSAGE : colis « livré » jamais reçu, l’anniversaire de ma fille est samedi"
    text = (
        "Bonjour,\n\nMa commande ML-20418 est notée « livrée » depuis samedi. Je n’ai rien reçu, rien dans la boîte, "
        "rien chez les voisins. C’est la troisième fois que je vous écris.\n\nLa lampe est le cadeau d’anniversaire de "
        "ma fille, c’est samedi."
    )
    via = make.channel()
    ticket = make.ticket(customer, subject=subject, text="(…)", via=via, at=now - timedelta(days=2, hours=3))
    first = ticket.messages.get()
    html = f'<p>Bonjour,</p><p style="color:#a33">{text}</p><p><img alt="logo" data-remote-src="https://x.example/p.gif"></p>'
    Message.objects.filter(pk=first.pk).update(
        text=text + QUOTE, visible_until=len(text), html=html, joined_by="opened", verified=True
    )
    papers = [
        File("Avis de passage.jpg", "image/jpeg", b"\xff\xd8\xff" + b"0" * 120_000),
        File("Confirmation-ML-20418.pdf", "application/pdf", b"%PDF-1.7" + b"0" * 84_000),
    ]
    make.message(ticket, text="Voici l’avis de passage et la confirmation.", at=now - timedelta(days=2), files=papers)
    thomas = Actor.agent(make.user("thomas.n@example.com", first_name="Thomas", last_name="Nguyen-Duval"))
    actions.assign(ticket, to=agent, by=thomas)
    answer = (
        "Bonjour Marie-Clémence,\n\nVotre colère est légitime : un cadeau annoncé livré qui n’est pas là, c’est le "
        "pire moment. J’ai ouvert une enquête auprès du transporteur et je vous écris dès son retour, demain."
    )
    reply = actions.reply(ticket, by=thomas, text=answer)
    Message.objects.filter(pk=reply.pk).update(delivery="delivered")
    note = "@Inès le bureau de Saint-Denis a confirmé par téléphone : remis au numéro 21 au lieu du 12. On réexpédie."
    actions.note(ticket, by=Actor.agent(sophie), text=note)
    actions.prioritise(ticket, to=Priority.HIGH, by=Actor.agent(sophie))
    actions.tag(ticket, add=["outre-mer"], by=Actor.agent(sophie))
    make.message(
        ticket,
        text="Toujours rien ce matin. Dites-moi simplement ce que vous comptez faire 😡",
        joined_by="token",
        verified=True,
    )
    Ticket.objects.filter(pk=ticket.pk).update(
        waiting_since=now - timedelta(minutes=150), due_at=now + timedelta(minutes=24), team=make.team("care", agent)
    )
    make.ticket(customer, subject="Quelle ampoule pour Sélène ?", via=via, at=now - timedelta(days=19))
    return Ticket.objects.get(pk=ticket.pk)


def order(customer: object) -> None:
    items = [
        {"sku": "SEL-LB", "name": "Lampe à poser Sélène, laiton brossé", "quantity": 1, "price": "159.00"},
        {"sku": "BOU-MI", "name": "Bougie Minuit 220 g", "quantity": 1, "price": "30.00"},
    ]
    tracking = {"carrier": "Colissimo Outre-mer", "number": "6A18824410973", "url": "https://track.example/6A188"}
    make.order(customer, number="ML-20418", total=Decimal("189.00"), status="delivered", items=items, tracking=tracking)
    make.order(customer, number="ML-19873", total=Decimal("214.90"), status="shipped", items=items[:1])
