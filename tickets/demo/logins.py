"""Who can log into the demo. The admin of the installation is made elsewhere (accounts.bootstrap)."""

from dataclasses import dataclass

from accounts.models import Role

DEMO_PASSWORD = "comptoir-demo"


@dataclass(frozen=True, slots=True)
class Colleague:
    email: str
    first_name: str
    last_name: str
    role: Role
    teams: tuple[str, ...]
    online: bool


COLLEAGUES = (
    Colleague("ines@maison-lune.example", "Inès", "Benali", Role.AGENT, ("care",), True),
    Colleague("thomas@maison-lune.example", "Thomas", "Nguyen-Duval", Role.AGENT, ("care", "orders"), True),
    Colleague("karim@maison-lune.example", "Karim", "Haddad", Role.AGENT, ("orders",), False),
    Colleague("emma@maison-lune.example", "Emma", "Vasseur", Role.AGENT, ("care", "orders"), True),
    Colleague("sophie@maison-lune.example", "Sophie", "Marchetti", Role.LEAD, ("care",), True),
    Colleague("maelle@maison-lune.example", "Maëlle", "Le Goff", Role.LEAD, ("orders",), True),
    Colleague("claire@maison-lune.example", "Claire", "Astruc-Delmas", Role.MANAGER, ("care", "orders"), False),
    Colleague("renfort@appel-clair.example", "Lucas", "Ferreira", Role.PARTNER, ("evening",), False),
)
DEMO_LOGINS: list[tuple[str, str]] = [(one.email, one.role.value) for one in COLLEAGUES]
