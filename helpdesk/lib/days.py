"""Days that people type into a form."""

from datetime import date

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator

EARLIEST, LATEST = 1970, 2200  # years


class DayField(forms.DateField):
    """A day that has others before and after it: of the years 1970 to 2200, as in the API."""

    default_validators = [MinValueValidator(date(EARLIEST, 1, 1)), MaxValueValidator(date(LATEST, 12, 31))]
