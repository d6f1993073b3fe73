"""What stands above and below the line of a formula, in words: a quotient that only shows numbers explains nothing."""

from django.utils.functional import Promise as Words
from django.utils.translation import gettext_lazy as _

SOLVED = _("tickets solved")
ANSWERS = _("answers")
TERMS: dict[str, tuple[Words | str, Words | str]] = {
    "first_response_time": (_("of waiting for the first reply, in all"), _("tickets first answered")),
    "response_time": (_("of waiting that a reply ended, in all"), _("tickets answered at least once")),
    "time_to_acknowledge": (_("until the first automatic answer, in all"), _("tickets acknowledged")),
    "resolution_time": (_("until the solve, in all"), SOLVED),
    "first_resolution_time": (_("until the first solve, in all"), _("tickets solved for the first time")),
    "requester_wait_time": (_("new, open or on hold, in all"), SOLVED),
    "one_touch_rate": (_("solved with exactly one reply"), SOLVED),
    "first_contact_resolution_rate": (
        _("to which the customer did not come back within seven days"),
        _("tickets first solved at least seven days ago"),
    ),
    "reopen_rate": (_("followed by a reopening within fourteen days"), _("solves")),
    "replies_per_resolution": (_("replies by people"), SOLVED),
    "abandonment_rate": (_("left by the customer before we had helped"), _("tickets opened by customers")),
    "contact_ratio": (_("tickets opened by customers"), _("orders placed")),
    "self_service_rate": (_("settled by customers alone"), _("settled alone, and tickets opened by customers")),
    "retention_rate": (_("active at the end and not new"), _("customers active at the beginning")),
    "first_response_within_target": (_("targets met"), _("first-reply targets that fell due")),
    "sla_attainment": (_("targets met"), _("targets that fell due")),
    "promise_kept_rate": (_("promises kept"), _("promises that fell due")),
    "csat": (_("answers with 4 or 5 stars"), ANSWERS),
    "csat_response_rate": (_("questions answered"), _("questions that reached a customer")),
    "ces": (_("answers from 5 to 7"), ANSWERS),
    "nps": (_("answers with 9 or 10, less those with 0 to 6"), ANSWERS),
    "internal_quality_score": (_("the scores, added up"), _("reviews")),
}
