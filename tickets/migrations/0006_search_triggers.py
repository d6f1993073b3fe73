"""Triggers keep the search table: mail, API, archive and bulk loads all pass here, so none can forget it."""

from django.db import migrations

# Accents fold before stemming; French feminine participles lose their e first: the stemmer would otherwise part
# "remboursé" from "remboursée" (research/perf-floor.md, section 3). A month lexeme lets a common word be looked up in
# the newest months only.
FUNCTIONS = r"""
CREATE FUNCTION comptoir_words(language text, words text) RETURNS tsvector
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN language LIKE 'en%' THEN to_tsvector('pg_catalog.english', comptoir_fold(left(words, 200000)))
  ELSE to_tsvector('pg_catalog.french',
    regexp_replace(comptoir_fold(left(words, 200000)), '([a-z]{2})ees?\M', '\1e', 'g')) END
$$;
CREATE FUNCTION comptoir_query(words text) RETURNS tsquery
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT websearch_to_tsquery('pg_catalog.french',
    regexp_replace(comptoir_fold(words), '([a-z]{2})ees?\M', '\1e', 'g'))
    || websearch_to_tsquery('pg_catalog.english', comptoir_fold(words))
$$;
CREATE FUNCTION comptoir_month(at timestamptz) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE AS $$ SELECT '~' || to_char(at AT TIME ZONE 'UTC', 'YYYYMM') $$;

CREATE FUNCTION comptoir_index_message() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO tickets_searchentry (ticket_id, message_id, at, words)
  SELECT NEW.ticket_id, NEW.id, NEW.at,
    comptoir_words(t.language, left(NEW.text, coalesce(NEW.visible_until, length(NEW.text))))
    || array_to_tsvector(ARRAY[comptoir_month(NEW.at)])
  FROM tickets_ticket t WHERE t.id = NEW.ticket_id
  ON CONFLICT (message_id) DO UPDATE SET ticket_id = EXCLUDED.ticket_id, at = EXCLUDED.at, words = EXCLUDED.words;
  RETURN NULL;
END $$;
CREATE TRIGGER index_message AFTER INSERT OR UPDATE OF text, visible_until, ticket_id, at ON tickets_message
FOR EACH ROW EXECUTE FUNCTION comptoir_index_message();

CREATE FUNCTION comptoir_index_subject() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO tickets_searchentry (ticket_id, message_id, at, words)
  VALUES (NEW.id, NULL, NEW.opened_at, setweight(comptoir_words(NEW.language, NEW.subject), 'A')
    || array_to_tsvector(ARRAY[comptoir_month(NEW.opened_at)]))
  ON CONFLICT (ticket_id) WHERE message_id IS NULL DO UPDATE SET at = EXCLUDED.at, words = EXCLUDED.words;
  RETURN NULL;
END $$;
CREATE TRIGGER index_subject AFTER INSERT OR UPDATE OF subject, language ON tickets_ticket
FOR EACH ROW EXECUTE FUNCTION comptoir_index_subject();

INSERT INTO tickets_searchentry (ticket_id, message_id, at, words)
SELECT m.ticket_id, m.id, m.at, comptoir_words(t.language, left(m.text, coalesce(m.visible_until, length(m.text))))
  || array_to_tsvector(ARRAY[comptoir_month(m.at)])
FROM tickets_message m JOIN tickets_ticket t ON t.id = m.ticket_id;
INSERT INTO tickets_searchentry (ticket_id, message_id, at, words)
SELECT id, NULL, opened_at, setweight(comptoir_words(language, subject), 'A')
  || array_to_tsvector(ARRAY[comptoir_month(opened_at)]) FROM tickets_ticket;
"""
BACK = """
DROP TRIGGER index_subject ON tickets_ticket; DROP TRIGGER index_message ON tickets_message;
DROP FUNCTION comptoir_index_subject(); DROP FUNCTION comptoir_index_message();
DROP FUNCTION comptoir_month(timestamptz); DROP FUNCTION comptoir_query(text); DROP FUNCTION comptoir_words(text, text);
"""


class Migration(migrations.Migration):
    dependencies = [("tickets", "0005_search_and_sides")]

    operations = [migrations.RunSQL(FUNCTIONS, BACK)]
