"""What searching for people needs: names without accents, by any part of them, quickly."""

from django.contrib.postgres.operations import TrigramExtension, UnaccentExtension
from django.db import migrations

# unaccent is only "stable" because its dictionary could change; an index needs a function that never does.
FOLD = """
CREATE OR REPLACE FUNCTION comptoir_fold(words text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS
$$ SELECT lower(public.unaccent('public.unaccent'::regdictionary, words)) $$;
CREATE INDEX customer_folded_name ON customers_customer USING gin (comptoir_fold(name) gin_trgm_ops);
CREATE INDEX customer_postcode ON customers_customer (comptoir_fold(postcode)) WHERE postcode <> '';
CREATE INDEX identity_value_trigrams ON customers_identity USING gin (value gin_trgm_ops);
CREATE INDEX order_number_folded ON customers_order (comptoir_fold(number) text_pattern_ops);
"""
UNFOLD = """
DROP INDEX order_number_folded; DROP INDEX identity_value_trigrams;
DROP INDEX customer_postcode; DROP INDEX customer_folded_name; DROP FUNCTION comptoir_fold(text);
"""


class Migration(migrations.Migration):
    dependencies = [("customers", "0001_initial")]

    operations = [UnaccentExtension(), TrigramExtension(), migrations.RunSQL(FOLD, UNFOLD)]
