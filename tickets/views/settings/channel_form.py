"""A mailbox as a form: address, where mail is fetched, where it leaves. Passwords go in and never come out."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Shop
from channels_app.models import Channel, ChannelKind
from channels_app.registry import adapter_for

SECURITY = [
    ("tls", gettext_lazy("TLS from the start (usual)")),
    ("starttls", "STARTTLS"),
    ("none", gettext_lazy("none: only within one’s own network")),
]
SECTIONS = {"imap": ("host", "port", "security", "user", "password", "folder"),
            "smtp": ("host", "port", "security", "user", "password")}  # fmt: skip
KEPT = gettext_lazy("Empty: the one we have stays.")


def host() -> forms.CharField:
    return forms.CharField(label=gettext_lazy("Server"), max_length=255, required=False)


def port() -> forms.IntegerField:
    help_text = gettext_lazy("Empty: the usual one.")
    return forms.IntegerField(label="Port", min_value=1, max_value=65535, required=False, help_text=help_text)


def security() -> forms.ChoiceField:
    return forms.ChoiceField(label=gettext_lazy("Encryption"), choices=SECURITY)


def user() -> forms.CharField:
    return forms.CharField(label=gettext_lazy("Login"), max_length=254, required=False)


def password() -> forms.CharField:
    widget = forms.PasswordInput({"autocomplete": "new-password"})
    label = gettext_lazy("Password")
    return forms.CharField(label=label, max_length=1000, required=False, strip=False, widget=widget)


class MailboxForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    shop = forms.ModelChoiceField(label=gettext_lazy("Shop"), queryset=Shop.objects.all())
    address = forms.CharField(label=gettext_lazy("E-mail address"), max_length=254)
    imap_host, imap_port, imap_security, imap_user, imap_password = host(), port(), security(), user(), password()
    imap_folder = forms.CharField(label=gettext_lazy("Folder"), max_length=200, required=False)
    smtp_host, smtp_port, smtp_security, smtp_user, smtp_password = host(), port(), security(), user(), password()

    def __init__(self, channel: Channel, data: Any = None) -> None:
        shown: dict[str, Any] = {"name": channel.name, "address": channel.address}
        for section, fields in SECTIONS.items():
            known = channel.config.get(section) or {}
            shown |= {f"{section}_{name}": known.get(name, "") for name in fields if name != "password"}
        shown["imap_security"], shown["smtp_security"] = (shown[f"{one}_security"] or "tls" for one in SECTIONS)
        super().__init__(data, initial=shown | {"shop": channel.shop_id} if channel.pk else shown)
        self.channel = channel
        self.fields["shop"].disabled = channel.pk is not None
        for section in SECTIONS:
            if f"{section}.password" in channel.sealed:
                self.fields[f"{section}_password"].help_text = str(KEPT)

    def parts(self) -> list[tuple[str, str, list[forms.BoundField]]]:
        """The sections of the page: heading, what it is for, fields."""
        return [
            (_("Mailbox"), "", [self["name"], self["shop"], self["address"]]),
            (_("Receiving (IMAP)"), _("Mails are read and stay where they are."), self._section("imap")),
            (
                _("Sending (SMTP)"),
                _("Without a server of its own, mail leaves through the installation’s."),
                self._section("smtp"),
            ),
        ]

    def _section(self, section: str) -> list[forms.BoundField]:
        return [self[f"{section}_{name}"] for name in SECTIONS[section]]

    def clean_name(self) -> str:
        name = str(self.cleaned_data["name"])
        if Channel.objects.filter(name=name).exclude(pk=self.channel.pk).exists():
            raise forms.ValidationError(_("Another channel has this name."))
        return name

    def clean_address(self) -> str:
        address = str(self.cleaned_data["address"]).strip()
        twins = Channel.objects.filter(kind=ChannelKind.EMAIL, address__iexact=address).exclude(pk=self.channel.pk)
        if twins.exists():
            raise forms.ValidationError(_("Another channel has this address."))
        return address

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors:
            for path, words in adapter_for(ChannelKind.EMAIL).check_config(self.config()).items():
                name = path.replace(".", "_")
                self.add_error(name if name in self.fields else None, words)
        return cleaned

    def config(self) -> dict[str, Any]:
        """The configuration as the API takes it; what this form does not show (OAuth, ESP) stays."""
        given = self.cleaned_data
        config: dict[str, Any] = dict(self.channel.config) | {"address": given["address"]}
        for section, fields in SECTIONS.items():
            values = {name: given[f"{section}_{name}"] for name in fields}
            if values["host"]:
                config[section] = {name: value for name, value in values.items() if value not in ("", None)}
            else:
                config.pop(section, None)
        return config

    def apply(self) -> Channel:
        """The channel with what was typed; not saved."""
        given = self.cleaned_data
        self.channel.name, self.channel.shop = given["name"], given["shop"]
        self.channel.configure(self.config())
        return self.channel
