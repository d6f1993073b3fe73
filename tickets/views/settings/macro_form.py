"""A macro as its form."""

from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from accounts.models import Shop, Team, User
from tickets.automation.variables import VARIABLES
from tickets.macros import NOT_IN_MACROS, may_edit
from tickets.models import Macro, Reason
from tickets.views.settings.rows import (
    Choice,
    condition_rows,
    edit,
    flat,
    grouped,
    read_conditions,
    read_steps,
    step_rows,
)
from tickets.views.side import language_name


class MacroForm:
    """`wrong` names what cannot be saved, by the paths of macros.check."""

    variables = tuple(VARIABLES)

    def __init__(self, post: QueryDict, user: User) -> None:
        self.user = user
        self.name = post.get("name", "").strip()[:120]
        self.whose = post.get("whose", "mine")
        self.shop_key = post.get("shop", "")
        self.argues, self.closes = "argues" in post, "closes" in post
        self.reason_keys = post.getlist("reasons")
        self.said = {code: post.get(f"text-{code}", "").strip() for code in self.languages}
        self.rows = read_conditions(post)
        self.steps = read_steps(post)
        self.wrong: dict[str, str] = {}

    @classmethod
    def of(cls, macro: Macro, user: User) -> "MacroForm":
        form = cls(QueryDict(), user)
        form.name, form.argues, form.closes = macro.name, macro.argues, macro.closes
        form.whose = f"team:{macro.team.key}" if macro.team else "mine" if macro.owner_id else "all"
        form.shop_key = macro.shop.key if macro.shop else ""
        form.reason_keys = [one.key for one in macro.reasons.all()] if macro.pk else []
        form.said |= {code: str(said.get("text", "")) for code, said in macro.texts.items()}
        form.rows, form.steps = flat(macro.guard), list(macro.steps)
        return form

    def after(self, do: str) -> "MacroForm":
        """The form after one of its buttons."""
        edit(do, self.rows, self.steps, fresh={"group": "all", "field": "order.status", "is": "is"})
        return self

    @property
    def parts(self) -> dict[str, Any]:
        kind, _colon, key = self.whose.partition(":")
        return {
            "name": self.name,
            "shop": Shop.objects.filter(key=self.shop_key).first() if self.shop_key else None,
            "owner": self.user if kind == "mine" else None,
            "team": Team.objects.filter(key=key).first() if kind == "team" else None,
            "texts": {code: {"text": text, "html": ""} for code, text in self.said.items() if text},
            "steps": self.steps,
            "guard": grouped(self.rows),
            "argues": self.argues,
            "closes": self.closes,
            "reasons": Reason.objects.filter(key__in=self.reason_keys),
        }

    # --- what the page shows ---

    @property
    def languages(self) -> list[str]:
        """Those that any shop speaks."""
        found = [code for languages in Shop.objects.values_list("languages", flat=True) for code in languages]
        return list(dict.fromkeys(found)) or ["fr", "en"]

    @property
    def texts(self) -> list[tuple[str, str, str, str]]:
        """(code, name, text, error) of each language."""
        return [
            (code, language_name(code), text, self.wrong.get(f"texts.{code}", "")) for code, text in self.said.items()
        ]

    @property
    def owners(self) -> list[Choice]:
        """Whose it may be, as far as this user may decide."""
        found = [("mine", _("mine alone"))]
        teams = Team.objects.all()
        found += [(f"team:{one.key}", one.name) for one in teams if may_edit(self.user, team=one, owner=None)]
        found += [("all", _("everybody’s"))] if may_edit(self.user, team=None, owner=None) else []
        return [(value, label, value == self.whose) for value, label in found]

    @property
    def shops(self) -> list[Choice]:
        rows = Shop.objects.values_list("key", "name")
        return [("", _("every shop"), not self.shop_key), *((key, name, key == self.shop_key) for key, name in rows)]

    @property
    def reasons(self) -> list[Choice]:
        rows = Reason.objects.filter(archived=False)
        return [(one.key, str(one), one.key in self.reason_keys) for one in rows]

    @property
    def condition_rows(self) -> list[Any]:
        shifted = {path.replace("guard.", "conditions.", 1): words for path, words in self.wrong.items()}
        return condition_rows(self.rows, shifted)

    @property
    def step_rows(self) -> list[Any]:
        return step_rows(self.steps, self.wrong, without=NOT_IN_MACROS)
