import pytest

from tickets.subjects import as_reply, bare


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ("Re: Où est mon colis ?", "où est mon colis ?"),
        ("RE : Fwd: TR: Où  est mon colis ?", "où est mon colis ?"),
        ("Re[2]: Facture", "facture"),
        ("[#1042] Réf : Facture", "facture"),
        ("AW: WG: Rechnung", "rechnung"),
        ("Retour : lampe", "retour : lampe"),
        ("", ""),
    ],
)
def test_bare(subject, expected):
    assert bare(subject) == expected


def test_re_stands_once():
    assert as_reply("Facture") == "Re: Facture"
    assert as_reply("re : Facture") == "re : Facture"
