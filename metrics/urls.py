"""/figures/: dashboards, figures, and what managers make of them."""

from django.urls import path

from metrics.views import alerts, dashboards, figure, goals, level, people, preferences, reports

urlpatterns = [
    path("figures/", dashboards.dashboard, {"page": "figures"}, name="figures"),
    path("figures/speed/", dashboards.dashboard, {"page": "figures-speed"}, name="figures-speed"),
    path("figures/quality/", dashboards.dashboard, {"page": "figures-quality"}, name="figures-quality"),
    path("figures/self-service/", dashboards.dashboard, {"page": "figures-self-service"}, name="figures-self-service"),
    path("figures/reasons/", dashboards.dashboard, {"page": "figures-reasons"}, name="figures-reasons"),
    path("figures/team/", dashboards.dashboard, {"page": "figures-team"}, name="figures-team"),
    path("figures/staffing/", dashboards.dashboard, {"page": "figures-staffing"}, name="figures-staffing"),
    path("figures/channels/", dashboards.dashboard, {"page": "figures-channels"}, name="figures-channels"),
    path("figures/loyalty/", dashboards.dashboard, {"page": "figures-loyalty"}, name="figures-loyalty"),
    path("figures/value/", dashboards.dashboard, {"page": "figures-value"}, name="figures-value"),
    path("figures/fixes/", dashboards.dashboard, {"page": "figures-fixes"}, name="figures-fixes"),
    path("figures/kpi/<slug:slug>/", figure.figure, name="figure"),
    path("figures/kpi/<slug:slug>/csv/", figure.figure_csv, name="figure-csv"),
    path("figures/kpi/<slug:slug>/json/", figure.figure_json, name="figure-json"),
    path("figures/kpi/<slug:slug>/svg/", figure.figure_svg, name="figure-svg"),
    path("figures/sheet/<slug:sheet>/", figure.sheet_csv, name="figures-sheet"),
    path("figures/level/", level.service, name="figures-level"),
    path("figures/level/months/", level.months, name="figures-level-months"),
    path("figures/level/cuts/", level.save_cuts, name="figures-save-cuts"),
    path("figures/goals/", goals.goals, name="figures-goals"),
    path("figures/goals/add/", goals.add_goal, name="figures-add-goal"),
    path("figures/goals/<int:pk>/drop/", goals.drop_goal, name="figures-drop-goal"),
    path("figures/people/", people.people, name="figures-people"),
    path("figures/people/reward/", people.add_reward, name="figures-add-reward"),
    path("figures/settings/", preferences.settings, name="figures-settings"),
    path("figures/settings/save/", preferences.save_settings, name="figures-save-settings"),
    path("figures/alerts/", alerts.alerts, name="figures-alerts"),
    path("figures/alerts/<int:pk>/close/", alerts.close_alert, name="figures-close-alert"),
    path("figures/reports/", reports.reports, name="figures-reports"),
    path("figures/reports/add/", reports.add_report, name="figures-add-report"),
    path("figures/reports/<int:pk>/drop/", reports.drop_report, name="figures-drop-report"),
]
