"""Giving a shop its first macros and rules: each once, found again by its key, never changed or brought back."""

from typing import Any

from django.db import transaction

from accounts.models import Shop
from tickets.automation.seeds.macros import MACROS, Seed
from tickets.automation.seeds.rules import RULES
from tickets.models import Macro, Reason, Rule
from tickets.rules.definition import define


@transaction.atomic
def install(shop: Shop) -> tuple[int, int]:
    """Returns how many macros and rules are new. What somebody has changed stays as it is."""
    language = "fr" if shop.default_language == "fr" else "en"
    macros = [_macro(shop, key, seed, language) for key, seed in MACROS.items()]
    by_key = {one.key: one for one, _new in macros}
    rules = [_rule(shop, key, seed, language, by_key) for key, seed in RULES.items()]
    return sum(new for _one, new in macros), sum(rules)


def _macro(shop: Shop, key: str, seed: Seed, language: str) -> tuple[Macro, bool]:
    macro, new = Macro.objects.get_or_create(
        key=f"{shop.key}/{key}",
        defaults={
            "name": seed["name"][language],
            "shop": shop,
            "texts": {code: {"text": text, "html": ""} for code, text in seed["texts"].items()},
            "steps": seed.get("steps", []),
            "guard": seed.get("guard", {}),
            "closes": seed.get("closes", False),
            "argues": seed.get("argues", False),
        },
    )
    if new:
        known = Reason.objects.filter(key__in=seed.get("reasons", []))
        macro.reasons.set(known)
        _drop_unknown_reason(macro)
    return macro, new


def _drop_unknown_reason(macro: Macro) -> None:
    """A shop with reasons of its own has no use for a step that names one of ours."""
    known = set(Reason.objects.values_list("key", flat=True))
    kept = [row for row in macro.steps if row["do"] != "reason" or row["to"] in known]
    if kept != macro.steps:
        macro.steps = kept
        macro.save(update_fields=["steps"])


def _rule(shop: Shop, key: str, seed: dict[str, Any], language: str, macros: dict[str | None, Macro]) -> bool:
    full = f"{shop.key}/{key}"
    if Rule.objects.filter(key=full).exists():
        return False
    parts = {name: seed[name] for name in ("when", "conditions", "active")}
    done = [_with_macro(row, shop, macros) for row in seed["steps"]]
    define(Rule(key=full, shop=shop), by=None, name=seed["name"][language], steps=done, **parts)
    return True


def _with_macro(row: dict[str, Any], shop: Shop, macros: dict[str | None, Macro]) -> dict[str, Any]:
    return row | {"macro": str(macros[f"{shop.key}/{row['macro']}"].pk)} if "macro" in row else row
