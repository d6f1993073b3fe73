"""What must be known before a person may solve a ticket: why it was written, and the fields the shop insists on."""

from django.utils.translation import gettext as _

from helpdesk.lib.refused import Refused
from tickets.models import CustomField, DeskSettings, Ticket


def check_solvable(ticket: Ticket) -> None:
    """Refused, naming the field, when something required is missing (S102)."""
    if ticket.reason_id is None and DeskSettings.of(ticket.shop).reason_required:
        raise Refused("reason", _("Choose why the customer wrote before solving."))
    required = CustomField.objects.filter(shop=None) | ticket.shop.custom_fields.all()
    for field in required.filter(required_to_solve=True):
        if ticket.fields.get(field.key) in (None, ""):
            raise Refused(field.key, _("Fill in “%(field)s” before solving.") % {"field": field.label})


VAGUE = frozenset(
    """
    autre autres divers question questions problème problèmes probleme demande info infos information paiement
    livraison commande produit retour remboursement compte site client réclamation other misc miscellaneous
    issue issues problem problems request payment delivery shipping order product return refund account website
    customer complaint general
    """.split()  # noqa: SIM905 (read as words)
)


def vague(name: str) -> str:
    """Why this name of a reason tells nothing, "" when it does: « Erreur de paiement », not « Paiement » (S101)."""
    words = [word.strip(".,;:!?'’\"").lower() for word in name.split()]
    if len(words) == 1 and words[0] in VAGUE:
        return _("“%(name)s” says what, not why: for example “Payment refused” or “Late carrier”.") % {"name": name}
    return ""
