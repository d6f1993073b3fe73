"""The customer's page, and what the desk does with the answers."""

from django.urls import path

from surveys.views import answers, follow_ups, public, quality, scorecards, settings

urlpatterns = [
    path("survey/<str:token>/", public.survey, name="survey"),
    path("surveys/", answers.answers, name="surveys"),
    path("surveys/follow-ups/", follow_ups.follow_ups, name="follow-ups"),
    path("surveys/follow-ups/<int:pk>/owner/", follow_ups.give_follow_up, name="give-follow-up"),
    path("surveys/follow-ups/<int:pk>/close/", follow_ups.close_follow_up, name="close-follow-up"),
    path("surveys/quality/", quality.quality, name="quality"),
    path("surveys/quality/samples/", quality.draw_sample, name="draw-sample"),
    path("surveys/quality/tickets/<int:number>/", quality.review, name="review"),
    path("surveys/quality/tickets/<int:number>/save/", quality.save_review, name="save-review"),
    path("surveys/quality/scorecards/", scorecards.scorecards, name="scorecards"),
    path("surveys/quality/scorecards/add/", scorecards.add_scorecard, name="add-scorecard"),
    path("surveys/quality/scorecards/<int:pk>/", scorecards.scorecard, name="scorecard"),
    path("surveys/quality/scorecards/<int:pk>/edit/", scorecards.edit_scorecard, name="edit-scorecard"),
    path("surveys/quality/scorecards/<int:pk>/save/", scorecards.save_scorecard, name="save-scorecard"),
    path("surveys/quality/scorecards/<int:pk>/publish/", scorecards.publish_scorecard, name="publish-scorecard"),
    path("settings/surveys/", settings.survey_settings, name="survey-settings"),
    path("settings/surveys/<str:shop>/<str:kind>/", settings.save_survey_policy, name="save-survey-policy"),
    path("tickets/<int:number>/survey/skip/", answers.skip_survey, name="skip-survey"),
]
