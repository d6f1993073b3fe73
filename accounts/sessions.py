"""Sessions in the database, read without the ORM: it takes longer to write this query than PostgreSQL to answer, on
every request of everybody."""

from django.contrib.sessions.backends import db
from django.db import connection
from django.utils import timezone

FIND = "SELECT session_data FROM django_session WHERE session_key = %s AND expire_date > %s"


class SessionStore(db.SessionStore):
    def load(self) -> dict[str, object]:
        with connection.cursor() as cursor:
            cursor.execute(FIND, [self.session_key, timezone.now()])
            found = cursor.fetchone()
        if found is None:
            self._session_key = None
            return {}
        return dict(self.decode(found[0]))
