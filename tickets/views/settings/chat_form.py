"""The chat of a shop as a form: who sees it, what it asks, whom it invites, who may vouch for a visitor."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Shop
from channels_app.adapters.chat import settings
from channels_app.models import Channel

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

DAY = 86_400
SHORTEST_SECRET = 16


class Lines(forms.CharField):
    """A list of texts, one a line."""

    def __init__(self, label: "StrPromise | str", help_text: "StrPromise | str") -> None:
        super().__init__(
            label=label, help_text=help_text, required=False, max_length=4_000, widget=forms.Textarea({"rows": 2})
        )

    def prepare_value(self, value: Any) -> Any:
        return value if isinstance(value, str) else "\n".join(value or ())

    def clean(self, value: Any) -> list[str]:
        return [line.strip() for line in super().clean(value).splitlines() if line.strip()]


def seconds(label: "StrPromise | str", help_text: "StrPromise | str" = "") -> forms.IntegerField:
    return forms.IntegerField(label=label, help_text=help_text, min_value=0, max_value=DAY)


class ChatForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    shop = forms.ModelChoiceField(label=gettext_lazy("Shop"), queryset=Shop.objects.all())
    origins = Lines(
        gettext_lazy("Sites that carry it"),
        gettext_lazy("One a line, such as https://www.shop.com. Empty: the shop’s own website."),
    )
    ask_name = forms.BooleanField(label=gettext_lazy("Ask for the name before the first message"), required=False)
    ask_email = forms.BooleanField(label=gettext_lazy("Ask for the e-mail address, too"), required=False)
    when_closed = forms.ChoiceField(
        label=gettext_lazy("Outside the opening hours"),
        choices=[("form", gettext_lazy("Take a message, answer by e-mail")), ("hide", gettext_lazy("Show nothing"))],
    )
    show = Lines(gettext_lazy("Only on these pages"), gettext_lazy("Paths, one a line: /products/*. Empty: on all."))
    hide = Lines(gettext_lazy("Never on these pages"), gettext_lazy("Such as /checkout*."))
    segments = Lines(
        gettext_lazy("Only for these visitors"), gettext_lazy("As the shop’s page names them in data-segment.")
    )
    browse_after = seconds(
        gettext_lazy("Invite who browses without an order, after (seconds)"), gettext_lazy("0: nobody is invited.")
    )
    bought_within = seconds(
        gettext_lazy("Invite who has bought within (seconds)"), gettext_lazy("0: nobody is invited.")
    )
    away_after = seconds(
        gettext_lazy("Gone after (seconds without a sign)"), gettext_lazy("From then on answers leave by e-mail.")
    )
    abandon_after = seconds(gettext_lazy("Abandoned after (seconds gone while they waited for an answer)"))
    at_once = forms.IntegerField(
        label=gettext_lazy("Chats at once for one colleague"), min_value=1, max_value=settings.MOST_AT_ONCE
    )
    sneak_peek = forms.BooleanField(
        label=gettext_lazy("Show colleagues what a visitor is typing, before it is sent"),
        help_text=gettext_lazy("Visitors are told so in the chat."),
        required=False,
    )
    secret = forms.CharField(
        label=gettext_lazy("Secret shared with the shop’s server"),
        required=False,
        min_length=SHORTEST_SECRET,
        max_length=200,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )

    def __init__(self, channel: Channel, data: Any = None) -> None:
        known = settings.read(channel)
        shown = {name: getattr(known, name) for name in settings.NAMES & self.base_fields.keys()}
        shown |= {"ask_name": "name" in known.ask, "ask_email": "email" in known.ask, "name": channel.name}
        super().__init__(data, initial=shown | ({"shop": channel.shop_id} if channel.pk else {}))
        self.channel = channel
        self.fields["shop"].disabled = channel.pk is not None
        if "secret" in channel.sealed:
            self.fields["secret"].help_text = _("Empty: the one we have stays.")

    def parts(self) -> list[tuple[str, str, list[forms.BoundField]]]:
        """The sections of the page: heading, what it is for, fields."""
        named = [
            (_("Chat"), "", ("name", "shop", "origins")),
            (_("Before somebody writes"), "", ("ask_name", "ask_email", "when_closed")),
            (_("Who sees it"), "", ("show", "hide", "segments")),
            (_("Invitations"), _("Once per visit, and never twice."), ("browse_after", "bought_within")),
            (_("When the visitor goes"), "", ("away_after", "abandon_after")),
            (_("At the desk"), "", ("at_once", "sneak_peek")),
            (_("Known customers"), _("The shop’s server signs who is logged in."), ("secret",)),
        ]
        return [(heading, why, [self[name] for name in names]) for heading, why, names in named]

    def clean_name(self) -> str:
        name = str(self.cleaned_data["name"])
        if Channel.objects.filter(name=name).exclude(pk=self.channel.pk).exists():
            raise forms.ValidationError(_("Another channel has this name."))
        return name

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors:
            for name, words in settings.check(self.config()).items():
                self.add_error(name if name in self.fields else None, words)
        return cleaned

    def config(self) -> dict[str, Any]:
        """The configuration as the API takes it."""
        given = self.cleaned_data
        kept = {name: given[name] for name in settings.NAMES & self.fields.keys()}
        asked = [name for name in ("name", "email") if given[f"ask_{name}"]]
        return kept | {"ask": asked} | ({"secret": given["secret"]} if given["secret"] else {})

    def apply(self) -> Channel:
        """The channel with what was typed; not saved."""
        self.channel.name, self.channel.shop = self.cleaned_data["name"], self.cleaned_data["shop"]
        self.channel.configure(self.config())
        return self.channel
