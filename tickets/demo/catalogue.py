"""What Maison Lune sells, with the grammar that talking about it needs."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Product:
    """`french` is a noun phrase without article that begins with a consonant."""

    sku: str
    kind: str
    french: str
    english: str
    price: Decimal
    feminine: bool

    def words(self, language: str) -> dict[str, str]:
        """The slots of story.py that depend on the product."""
        return self._french() if language == "fr" else self._english()

    def _french(self) -> dict[str, str]:
        le, du, un, mon, ce = (
            ("la", "de la", "une", "ma", "cette") if self.feminine else ("le", "du", "un", "mon", "ce")
        )
        return {
            "product": self.french[:1].upper() + self.french[1:],
            "le": f"{le} {self.french}",
            "Le": f"{le.capitalize()} {self.french}",
            "du": f"{du} {self.french}",
            "un": f"{un} {self.french}",
            "mon": f"{mon} {self.french}",
            "ce": f"{ce} {self.french}",
            "e": "e" if self.feminine else "",
            "il": "elle" if self.feminine else "il",
            "beau": "belle" if self.feminine else "beau",
        }

    def _english(self) -> dict[str, str]:
        return {"product": self.english, "the": f"the {self.english}"}


def _product(sku: str, kind: str, french: str, english: str, price: str, *, feminine: bool = True) -> Product:
    return Product(sku, kind, french, english, Decimal(price), feminine)


PRODUCTS = {
    product.sku: product
    for product in (
        _product("SEL-LB", "lamp", "lampe à poser Sélène, laiton brossé", "Sélène table lamp", "159.00"),
        _product("SEL-NO", "lamp", "lampe à poser Sélène, noire", "Sélène table lamp in black", "149.00"),
        _product("NOV-SU", "lamp", "suspension Nova", "Nova pendant light", "129.00"),
        _product("ORI-SP", "lamp", "lampe sur pied Orion", "Orion floor lamp", "249.00"),
        _product("PER-LA", "lamp", "lampe de chevet Perle", "Perle bedside lamp", "89.00"),
        _product("BRU-PA", "linen", "parure de lit Brume", "Brume duvet set", "189.00"),
        _product("SAU-HC", "linen", "housse de couette Sauge", "Sage linen duvet cover", "119.00"),
        _product("BRU-TA", "linen", "taie d’oreiller Brume", "Brume pillowcase", "29.00"),
        _product("RIV-NA", "linen", "nappe en lin Rivage", "Rivage linen tablecloth", "79.00"),
        _product("ALP-PL", "linen", "plaid Alpage", "Alpage throw", "95.00", feminine=False),
        _product("BOU-MI", "candle", "bougie Minuit 220 g", "Minuit candle", "30.00"),
        _product("BOU-FI", "candle", "bougie Figuier 220 g", "Figuier candle", "28.00"),
        _product("BOU-GR", "candle", "bougie Grand Large 600 g", "Grand Large three-wick candle", "62.00"),
        _product("OND-VA", "tableware", "vase Ondine", "Ondine vase", "54.00", feminine=False),
        _product("DUN-PL", "tableware", "plat de service Dune", "Dune serving dish", "46.00", feminine=False),
        _product("MAR-PI", "tableware", "pichet Margelle", "Margelle jug", "38.00", feminine=False),
        _product("LAG-CO", "tableware", "coupe à fruits Lagune", "Lagune fruit bowl", "64.00"),
        _product("KYO-TH", "tableware", "service à thé Kyoto", "Kyoto tea set", "98.00", feminine=False),
        _product("GIV-PH", "candle", "photophore Givre", "Givre tealight holder", "19.00", feminine=False),
    )
}


def of_kinds(kinds: str) -> list[Product]:
    """The products of these kinds ("lamp linen"), all of them for ""."""
    wanted = kinds.split()
    return [product for product in PRODUCTS.values() if not wanted or product.kind in wanted]
