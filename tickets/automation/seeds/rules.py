"""The rules that a new shop begins with; some wait to be switched on. The acknowledgement stays code (tickets/
acknowledgement.py): it carries the promise; reopening on a reply and "thanks does not reopen" are the domain's own.

{"macro": "key"} in a step is replaced by the shop's macro of that key.
"""

from typing import Any

DAY = 86_400
COMPLAINT = [
    *(
        "reclamation*",
        "inadmissible",
        "scandaleux",
        "honteux",
        "inacceptable",
        "arnaque*",
        "voleur*",
        "furieux",
        "furieuse",
    ),
    *("en colere", "mise en demeure", "avocat", "dgccrf", "signal conso", "mediateur", "jamais vu ca", "ras le bol"),
    *(
        "complaint",
        "unacceptable",
        "outrageous",
        "disgrace*",
        "scam",
        "furious",
        "angry",
        "lawyer",
        "trading standards",
    ),
    *("third time", "troisieme fois", "plainte", "remboursez-moi", "worst"),
]
RULES: dict[str, dict[str, Any]] = {
    "vip-priority": {
        "name": {"fr": "VIP : priorité haute", "en": "VIP: high priority"},
        "when": {"event": "opened"},
        "conditions": {
            "all": [{"field": "customer.vip", "is": "is", "value": True}],
            "none": [{"field": "ticket.priority", "is": "is", "value": ["high", "urgent"]}],
        },
        "steps": [{"do": "priority", "to": "high"}],
        "active": True,
    },
    "complaint-to-lead": {
        "name": {"fr": "Colère détectée : responsable", "en": "Anger detected: a lead"},
        "when": {"event": "message", "from": "customer"},
        "conditions": {
            "any": [
                {"field": "message.text", "is": "contains", "value": COMPLAINT},
                {"field": "ticket.subject", "is": "contains", "value": COMPLAINT},
            ],
            "none": [{"field": "ticket.tags", "is": "contains", "value": ["réclamation"]}],
        },
        "steps": [
            {"do": "tag", "add": ["réclamation"]},
            {"do": "priority", "to": "high"},
            {"do": "notify", "to": "leads", "text": "Réclamation · Complaint : {{ ticket.subject }}"},
        ],
        "active": True,
    },
    "nth-contact": {
        "name": {"fr": "Quatrième contact : alerter", "en": "Fourth contact: alert"},
        "when": {"event": "message", "from": "customer"},
        "conditions": {
            "all": [{"field": "ticket.contacts", "is": "at_least", "value": 4}],
            "none": [{"field": "ticket.tags", "is": "contains", "value": ["contacts-répétés"]}],
        },
        "steps": [
            {"do": "tag", "add": ["contacts-répétés"]},
            {"do": "notify", "to": "leads", "text": "4e contact · 4th contact : {{ ticket.subject }}"},
        ],
        "active": True,
    },
    "no-reply-watchdog": {
        "name": {"fr": "Message sans réponse depuis un jour ouvré", "en": "A message unanswered for one working day"},
        "when": {"since": "waiting_since", "seconds": 8 * 3600, "clock": "business"},
        "conditions": {"none": [{"field": "ticket.snoozed", "is": "is", "value": True}]},
        "steps": [{"do": "notify", "to": "leads", "text": "Sans réponse · Unanswered : {{ ticket.subject }}"}],
        "active": True,
    },
    "out-of-hours": {
        "name": {"fr": "Hors horaires : dire quand on répond", "en": "Outside our hours: say so"},
        "when": {"event": "message", "from": "customer"},
        "conditions": {
            "all": [
                {"field": "hours.open", "is": "is", "value": False},
                {"field": "message.first", "is": "is", "value": False},
            ]
        },
        "steps": [{"do": "reply", "macro": "out-of-hours", "days": 1}],
        "active": False,
    },
    "other-channel": {
        "name": {"fr": "Canal non suivi : rediriger", "en": "Unattended channel: redirect"},
        "when": {"event": "message", "from": "customer"},
        "conditions": {"all": [{"field": "ticket.channel", "is": "is", "value": ["x", "instagram", "messenger"]}]},
        "steps": [{"do": "reply", "macro": "other-channel", "days": 30}, {"do": "tag", "add": ["redirigé"]}],
        "active": False,
    },
    "channel-off": {
        "name": {"fr": "Canal fermé : rediriger", "en": "Channel switched off: redirect"},
        "when": {"event": "message", "from": "customer"},
        "conditions": {"all": [{"field": "ticket.channel_on", "is": "is", "value": False}]},
        "steps": [{"do": "reply", "macro": "other-channel", "days": 30}, {"do": "tag", "add": ["redirigé"]}],
        "active": True,
    },
    "silence-notice": {
        "name": {"fr": "Cinq jours de silence : prévenir", "en": "Five days of silence: give notice"},
        "when": {"since": "last_reply", "seconds": 5 * DAY, "clock": "calendar"},
        "conditions": {"all": [{"field": "ticket.state", "is": "is", "value": ["pending"]}]},
        "steps": [{"do": "reply", "macro": "silence-notice", "days": 1}],
        "active": False,
    },
    "silence-solve": {
        "name": {"fr": "Deux jours après le préavis : résoudre", "en": "Two days after the notice: solve"},
        "when": {"since": "notice", "seconds": 2 * DAY, "clock": "calendar"},
        "conditions": {
            "all": [{"field": "ticket.state", "is": "is", "value": ["pending"]}],
            "none": [{"field": "ticket.complaint", "is": "is", "value": True}],
        },
        "steps": [{"do": "state", "to": "solved"}],
        "active": False,
    },
}
