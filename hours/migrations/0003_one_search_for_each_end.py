from django.db import migrations

# One SELECT, so that the planner inlines it into the query; `hours.sql` says what the arrays hold. A point times
# (1, -t) has x + y * t in its first place: so each end of a span is searched for once.
FUNCTION = """
CREATE FUNCTION hours_open_seconds(since timestamptz, until timestamptz, edges float8[], lines point[])
RETURNS float8 LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT nullif(greatest(0, round(1e6 * ((
    lines[width_bucket(date_part('epoch', until), edges) + 1] * point(1, -date_part('epoch', until))
    - lines[width_bucket(date_part('epoch', since), edges) + 1] * point(1, -date_part('epoch', since))
  )[0])) / 1e6), 'NaN')
$$
"""
OLD = "DROP FUNCTION hours_open_seconds(timestamptz, timestamptz, float8[], float8[])"
NEW = "DROP FUNCTION hours_open_seconds(timestamptz, timestamptz, float8[], point[])"
BEFORE = """
CREATE FUNCTION hours_open_seconds(since timestamptz, until timestamptz, edges float8[], bases float8[])
RETURNS float8 LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT nullif(greatest(0, round(1e6 * (
    bases[width_bucket(date_part('epoch', until), edges) + 1]
    + CASE WHEN width_bucket(date_part('epoch', until), edges) % 2 = 0 THEN date_part('epoch', until) ELSE 0 END
    - bases[width_bucket(date_part('epoch', since), edges) + 1]
    - CASE WHEN width_bucket(date_part('epoch', since), edges) % 2 = 0 THEN date_part('epoch', since) ELSE 0 END
  )) / 1e6), 'NaN')
$$
"""


class Migration(migrations.Migration):
    dependencies = [("hours", "0002_versions")]

    operations = [migrations.RunSQL(OLD, BEFORE), migrations.RunSQL(FUNCTION, NEW)]
