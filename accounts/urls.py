"""Pages of one's own account that allauth does not have."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
