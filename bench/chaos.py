"""The whole storm: 2,000 mails in, 500 answers out, everything killed at random."""

from bench.__main__ import Row, temporary
from tests.chaos.storm import storm


def rows() -> list[Row]:
    books = storm(temporary(), mails=2000, answers=500, kills=60, seed=1, patience=900)
    kills = sum(books.kills.values())
    lost = books.mails_accepted - books.messages
    unsent = books.replies_stored - books.replies_left
    return [
        Row("storm: kill -9 of web, worker, Valkey, PostgreSQL", kills, "kills", ">= 30", kills >= 30),
        Row("storm: mails accepted but not taken in (of 2,000)", lost, "mails", "0", lost == 0),
        Row("storm: mails taken in twice", books.doubled_messages, "mails", "0", books.doubled_messages == 0),
        Row("storm: answers that did not leave (of 500)", unsent, "mails", "0", unsent == 0),
        Row(
            "storm: answers that left twice, same Message-ID",
            books.replies_twice,
            "mails",
            "0",
            books.replies_twice == 0,
        ),
        Row("storm: duration", books.seconds, "s", "-", True),
    ]
