"""The desk's addresses."""

from django.urls import path

from tickets.views import conversation, files, inbox, intake, live, outbox, preferences, say, work

urlpatterns = [
    path("", inbox.inbox, name="inbox"),
    path("tickets/<int:number>/", conversation.ticket, name="ticket"),
    path("tickets/<int:number>/say/", say.say, name="say"),
    path("tickets/<int:number>/assign/", work.assign, name="assign"),
    path("tickets/<int:number>/take/", work.take, name="take"),
    path("tickets/<int:number>/team/", work.move_to_team, name="move-to-team"),
    path("tickets/<int:number>/priority/", work.prioritise, name="prioritise"),
    path("tickets/<int:number>/tags/", work.tag, name="tag"),
    path("tickets/<int:number>/state/", work.change_state, name="change-state"),
    path("tickets/<int:number>/solve/", work.solve, name="solve"),
    path("tickets/<int:number>/messages/<int:pk>/original/", files.message_original, name="message-original"),
    path("tickets/<int:number>/files/<uuid:uuid>/", files.attachment, name="attachment"),
    path("messages/<int:pk>/resend/", work.resend, name="resend"),
    path("me/", preferences.save_preferences, name="preferences"),
    path("outbox/", outbox.outbox, name="outbox"),
    path("intake/", intake.intake, name="intake"),
    path("intake/<uuid:uuid>/raw/", intake.raw_inbound, name="raw-inbound"),
    path("intake/<uuid:uuid>/retry/", intake.retry_inbound, name="retry-inbound"),
    path("live/token/", live.live_token, name="live-token"),
]
