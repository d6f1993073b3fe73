"""What editors type. Errors name the field; the actions refuse the rest."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.models import Shop
from faq.actions import Text
from faq.frame import language_name
from faq.models import Article, Category
from faq.models.article import BODY, SUMMARY, TITLE


class TextForm(forms.Form):
    """The words of an article in one language."""

    title = forms.CharField(label=_("Title"), max_length=TITLE, help_text=_("The question, as customers ask it."))
    summary = forms.CharField(
        label=_("The answer in short"),
        max_length=SUMMARY,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Shown first, in results and to search engines."),
    )
    body = forms.CharField(
        label=_("Text"),
        max_length=BODY,
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 22, "class": "input"}),
        help_text=_("Markdown. A numbered list of headings (1. ### …) is shown as steps, a quote (>) as a callout."),
    )

    def text(self) -> Text:
        return Text(self.cleaned_data["title"], self.cleaned_data["summary"], self.cleaned_data["body"])


class DraftForm(TextForm):
    note = forms.CharField(label=_("What has changed"), max_length=200, required=False)
    minor = forms.BooleanField(label=_("Small change: the translations stay up to date"), required=False)


class NewArticleForm(TextForm):
    shop = forms.ModelChoiceField(label=_("Shop"), queryset=Shop.objects.all(), to_field_name="key")
    field_order = ["shop"]


class FilingForm(forms.Form):
    """Where an article stands and what belongs to it."""

    category = forms.ModelChoiceField(label=_("Theme"), queryset=Category.objects.none(), required=False)
    review_at = forms.DateField(
        label=_("Read again on"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    skus = forms.CharField(
        label=_("Products (SKU)"), required=False, max_length=10_000, help_text=_("Separated by commas.")
    )
    reason = forms.CharField(
        label=_("Contact reason"), required=False, max_length=120, help_text=_("The key of what it answers.")
    )
    related = forms.CharField(
        label=_("See also"), required=False, max_length=400, help_text=_("Numbers of articles, separated by commas.")
    )

    def __init__(self, *args: Any, article: Article, language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.article = article
        category = self.fields["category"]
        assert isinstance(category, forms.ModelChoiceField)
        category.queryset = Category.objects.filter(shop=article.shop)
        category.choices = [("", "—"), *((one.pk, one.name_in(language)) for one in category.queryset)]

    def clean_skus(self) -> list[str]:
        return [sku.strip() for sku in self.cleaned_data["skus"].split(",") if sku.strip()]

    def clean_related(self) -> list[Article]:
        numbers = [part.strip().lstrip("#") for part in self.cleaned_data["related"].split(",") if part.strip()]
        if not all(number.isascii() and number.isdigit() and len(number) < 19 for number in numbers):
            raise forms.ValidationError(_("Numbers only, for example 12, 15."))
        found = list(Article.objects.filter(shop=self.article.shop, pk__in=numbers))
        if len(found) != len(set(map(int, numbers))):
            raise forms.ValidationError(_("There is no article with one of these numbers."))
        return found


class BannerForm(forms.Form):
    """A banner of a shop in each of its languages; one without a title shows none."""

    article = forms.IntegerField(
        label=_("Article that says more"),
        required=False,
        min_value=1,
        max_value=2**31 - 1,
        help_text=_("Its number."),
    )
    starts_at = forms.DateTimeField(
        label=_("From"), required=False, widget=forms.DateTimeInput(attrs={"type": "datetime-local"})
    )
    ends_at = forms.DateTimeField(
        label=_("Until"), required=False, widget=forms.DateTimeInput(attrs={"type": "datetime-local"})
    )

    def __init__(self, data: QueryDict | None = None, *, shop: Shop, title: str = "") -> None:
        super().__init__(data, initial={f"title_{shop.default_language}": title[:160]})
        self.shop, self.languages = shop, shop.languages
        for code in self.languages:
            name = language_name(code)
            self.fields[f"title_{code}"] = forms.CharField(
                label=_("Title (%(language)s)") % {"language": name}, max_length=160, required=False
            )
            self.fields[f"text_{code}"] = forms.CharField(
                label=_("Text (%(language)s)") % {"language": name}, max_length=400, required=False
            )

    def written(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        return [(self[f"title_{code}"], self[f"text_{code}"]) for code in self.languages]

    def clean_article(self) -> Article | None:
        number = self.cleaned_data["article"]
        if not number:
            return None
        article = Article.objects.filter(shop=self.shop, pk=number).first()
        if article is None:
            raise forms.ValidationError(_("There is no article with this number."))
        return article

    def values(self) -> dict[str, Any]:
        """As actions.announce takes them."""
        said = self.cleaned_data
        titles, texts = ({code: said[f"{name}_{code}"] for code in self.languages} for name in ("title", "text"))
        return {"titles": titles, "texts": texts, **{name: said[name] for name in ("starts_at", "ends_at", "article")}}


class ThemeForm(forms.Form):
    shop = forms.ModelChoiceField(label=_("Shop"), queryset=Shop.objects.all(), to_field_name="key")
    accent = forms.CharField(label=_("Accent colour"), max_length=7, required=False, help_text=_("Such as #0f6b5c."))
    accent_dark = forms.CharField(
        label=_("Accent colour on dark"), max_length=7, required=False, help_text=_("Empty: a paler one.")
    )
    host = forms.CharField(
        label=_("Own domain"), max_length=253, required=False, help_text=_("Must also stand in ALLOWED_HOSTS.")
    )
    logo = forms.FileField(label=_("Logo"), required=False, help_text=_("PNG, JPEG, GIF or WebP."))
    remove_logo = forms.BooleanField(label=_("Remove the logo"), required=False)


class SynonymsForm(forms.Form):
    shop = forms.ModelChoiceField(label=_("Shop"), queryset=Shop.objects.all(), to_field_name="key")
    language = forms.CharField(label=_("Language"), max_length=8)
    synonyms = forms.CharField(
        label=_("Words that mean the same"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 12, "class": "input"}),
        help_text=_("One group a line, separated by commas."),
    )
