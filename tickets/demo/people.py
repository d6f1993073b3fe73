"""The customers: people with a town, a phone and a way to sign. Addresses and numbers are reserved for fiction."""

import random
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

FEMALE, MALE = True, False
Town = tuple[str, str, str]  # name, postcode, time zone


@dataclass(frozen=True, slots=True)
class Person:
    name: str
    email: str
    language: str = "fr"
    phone: str = ""
    town: Town = ("Paris", "75011", "Europe/Paris")
    female: bool = False
    vip: bool = False
    years: float = 1.0  # a customer for so long
    handles: tuple[tuple[str, str], ...] = ()  # further identities: (kind, value)
    notes: str = ""

    @property
    def first_name(self) -> str:
        return self.name.split()[0]


FRENCH_WOMEN = [
    "Camille",
    "Marie-Laure",
    "Aïcha",
    "Juliette",
    "Solène",
    "Fatou",
    "Élise",
    "Bérénice",
    "Anne-Sophie",
    "Khadija",
    "Océane",
    "Mathilde",
    "Rose-May",
    "Sabrina",
    "Noémie",
    "Gwenaëlle",
    "Hélène",
    "Yasmine",
    "Clémence",
    "Lucie",
    "Marie-Thérèse",
    "Inaya",
    "Capucine",
    "Maud",
    "Delphine",
    "Ségolène",
    "Rokia",
    "Flore",
    "Perrine",
]
FRENCH_MEN = [
    "Hugo",
    "Jean-Marc",
    "Mehdi",
    "Baptiste",
    "Étienne",
    "Ousmane",
    "Loïc",
    "Pierre-Yves",
    "Rayan",
    "Gaspard",
    "Thibault",
    "Karim",
    "Anatole",
    "Sébastien",
    "Moussa",
    "Corentin",
    "Jérôme",
    "Ilyès",
    "Augustin",
    "Paul-Henri",
    "Gaël",
    "Malik",
    "Florent",
    "Cédric",
]
FRENCH_NAMES = [
    "Lefèvre",
    "Durand",
    "Cherfaoui",
    "Le Bihan",
    "Pfister",
    "de La Rochebrochard",
    "Diallo",
    "Marchand",
    "Benchetrit",
    "Vandenbroucke",
    "Garnier-Duplessis",
    "Roussel",
    "Kerviel",
    "Nguyen",
    "Oberlin",
    "Traoré",
    "Payet",
    "Hoarau",
    "Castellani",
    "Etcheverry",
    "Bonnefoy",
    "Saïdi",
    "Morvan",
    "Delacroix-Lemoine",
    "Fontaine",
    "Zimmermann",
    "Ribeiro",
    "Chastagnier",
    "Lacombe",
    "Guillou",
    "Belkacem",
    "Quéméneur",
    "Thévenin",
    "Da Costa",
    "Fournier-Mercadal",
    "Sissoko",
    "Jacquemin",
    "Poitevin",
    "d’Hauteville",
    "Raharinirina",
    "Lemaître",
    "Boyer",
    "Coulibaly",
    "Haas",
    "Montagnier",
    "Abdallah",
    "Perrot",
    "Vasseur",
    "Tessier",
    "Grosjean",
]
FRENCH_TOWNS: tuple[Town, ...] = (
    ("Lyon", "69003", "Europe/Paris"), ("Nantes", "44000", "Europe/Paris"), ("Lille", "59800", "Europe/Paris"),
    ("Rennes", "35000", "Europe/Paris"), ("Strasbourg", "67000", "Europe/Paris"), ("Montreuil", "93100", "Europe/Paris"),
    ("Aix-en-Provence", "13100", "Europe/Paris"), ("Bordeaux", "33300", "Europe/Paris"), ("Annecy", "74000", "Europe/Paris"),
    ("Quimper", "29000", "Europe/Paris"), ("Clermont-Ferrand", "63000", "Europe/Paris"), ("Dijon", "21000", "Europe/Paris"),
    ("Saint-Denis", "97400", "Indian/Reunion"), ("Saint-Paul", "97460", "Indian/Reunion"), ("Namur", "5000", "Europe/Brussels"),
    ("Genève", "1205", "Europe/Zurich"), ("Toulouse", "31000", "Europe/Paris"), ("Vincennes", "94300", "Europe/Paris"),
)  # fmt: skip
ENGLISH_WOMEN = [
    "Priya",
    "Charlotte",
    "Siobhán",
    "Eleanor",
    "Imogen",
    "Aoife",
    "Harriet",
    "Grace",
    "Naomi",
    "Beatrice",
    "Saoirse",
    "Hannah",
    "Rosalind",
    "Meera",
    "Abigail",
    "Freya",
    "Margaret",
    "Zoë",
]
ENGLISH_MEN = [
    "Oliver",
    "Callum",
    "Rupert",
    "Declan",
    "Theodore",
    "Amir",
    "Gareth",
    "Fergus",
    "Julian",
    "Kwame",
    "Alistair",
    "Benedict",
    "Rohan",
    "Tobias",
    "Angus",
]
ENGLISH_NAMES = [
    "Whitfield",
    "O’Sullivan",
    "Raghavan",
    "Ashworth",
    "Fitzgerald-Moore",
    "Okafor",
    "Pemberton",
    "MacKenzie",
    "Delaney",
    "Hargreaves",
    "van der Berg",
    "Sinclair",
    "Abernathy",
    "Lindqvist",
    "Chaudhry",
    "Featherstone",
    "Byrne",
    "Castellanos",
    "Thornbury",
    "Kowalski",
    "Ellison",
    "Mbeki",
    "Gallagher",
    "Yates",
    "Prendergast",
    "Holloway",
]
ENGLISH_TOWNS: tuple[Town, ...] = (
    ("London", "SE15 4QN", "Europe/London"), ("Edinburgh", "EH6 5LT", "Europe/London"), ("Cork", "T12 W8KP", "Europe/Dublin"),
    ("Bristol", "BS6 7JR", "Europe/London"), ("Dublin", "D06 XY45", "Europe/Dublin"), ("Manchester", "M20 2RN", "Europe/London"),
    ("Amsterdam", "1054 AB", "Europe/Amsterdam"), ("Brooklyn", "11215", "America/New_York"), ("Cardiff", "CF11 9NP", "Europe/London"),
    ("Galway", "H91 AC03", "Europe/Dublin"), ("Leiden", "2311 EW", "Europe/Amsterdam"), ("Bath", "BA1 5LS", "Europe/London"),
)  # fmt: skip
MAILBOXES = ("courriel.example", "boite.example", "mail.example", "post.example")


def strangers(rng: random.Random, language: str) -> Iterator[Person]:
    """Customers without end, no two with the same name or address."""
    seen: set[str] = set()
    while True:
        person = _person(rng, language)
        if person.email not in seen:
            seen.add(person.email)
            yield person


def ascii_slug(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.lower()).encode("ascii", "ignore").decode()
    return "".join(letter if letter.isalnum() or letter in "-." else "" for letter in plain.replace(" ", "."))


def _person(rng: random.Random, language: str) -> Person:
    french = language == "fr"
    female = rng.random() < 0.62
    firsts = (FRENCH_WOMEN if female else FRENCH_MEN) if french else (ENGLISH_WOMEN if female else ENGLISH_MEN)
    first, last = rng.choice(firsts), rng.choice(FRENCH_NAMES if french else ENGLISH_NAMES)
    town = rng.choice(FRENCH_TOWNS if french else ENGLISH_TOWNS)
    return Person(
        name=f"{first} {last}",
        email=f"{ascii_slug(first)}.{ascii_slug(last)}@{rng.choice(MAILBOXES)}",
        language=language,
        phone=_phone(rng, town) if rng.random() < 0.6 else "",
        town=town,
        female=female,
        vip=rng.random() < 0.07,
        years=round(rng.uniform(0.3, 5), 2),
    )


def _phone(rng: random.Random, town: Town) -> str:
    tail = f"{rng.randrange(1000, 9999)}"
    prefixes = {
        "Europe/Paris": "+3363998",
        "Indian/Reunion": "+26269255",
        "Europe/Brussels": "+32456000",
        "Europe/Zurich": "+4178555",
        "Europe/London": "+44770090",
        "Europe/Dublin": "+35320915",
        "Europe/Amsterdam": "+3161000",
        "America/New_York": "+1718555",
    }
    return prefixes[town[2]] + tail
