"""What the colleagues keep on their desks: views for everybody, one of their own, an answer that is only begun."""

from typing import Any

from tickets.demo.house import House
from tickets.models import Draft, SavedView, Ticket

WHERE_IS_IT = ["late-carrier", "late-warehouse", "not-received", "wrong-address", "delivery-slot", "carrier-inquiry"]
SENT_BACK = ["return-size", "return-changed-mind", "refund-late", "refund-partial"]
SHARED: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("Réclamations", "shield", {"complaint": True}),
    ("VIP", "star", {"vip": True}),
    ("Où est ma commande ?", "truck", {"reason": WHERE_IS_IT}),
    ("Retours et échanges", "box", {"reason": SENT_BACK}),
    ("English", "globe", {"language": ["en"]}),
    ("Place de marché", "shop", {"tag": ["place de marché"]}),
)
BEGUN = (
    "Hello Oliver,\n\nI am sorry that Slate arrived instead of Sage. The right set can leave our warehouse today; "
    "would you like"
)


def fill(house: House) -> None:
    for place, (name, icon, filters) in enumerate(SHARED):
        SavedView.objects.update_or_create(
            name=name, owner=None, defaults={"icon": icon, "filters": filters, "position": place}
        )
    SavedView.objects.update_or_create(
        name="À rappeler", owner=house.colleagues["Inès"], defaults={"icon": "phone", "filters": {"channel": ["phone"]}}
    )
    oliver = Ticket.objects.get(subject__startswith="Wrong colour delivered")
    Draft.objects.create(ticket=oliver, user=house.colleagues["Thomas"], text=BEGUN)
