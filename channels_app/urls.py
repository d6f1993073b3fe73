from django.urls import path

from channels_app import views

urlpatterns = [path("<uuid:channel>/", views.hook, name="hook")]
