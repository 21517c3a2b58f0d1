import django.contrib.postgres.fields
import django.contrib.postgres.indexes
from django.db import migrations, models

PAIRS = """
CREATE FUNCTION search_pairs(situations int[], zones int[]) RETURNS bigint[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT COALESCE(array_agg(zone::bigint << 16 | situation), '{}')
    FROM unnest(zones) zone, unnest(situations) situation
$$
"""
NO_PAIRS = "DROP FUNCTION search_pairs(int[], int[])"


class Migration(migrations.Migration):
    """An index of each situation with each zone. The planner has to know how common they are."""

    dependencies = [
        ('partners', '0032_territory_named'),
    ]

    operations = [
        migrations.RunSQL(PAIRS, NO_PAIRS),
        migrations.AddIndex(
            model_name='searchentry',
            index=django.contrib.postgres.indexes.GinIndex(
                models.Func(
                    *('situation_ids', 'zone_ids'),
                    function='search_pairs',
                    output_field=django.contrib.postgres.fields.ArrayField(models.BigIntegerField()),
                ),
                name='entry_pairs',
            ),
        ),
        migrations.RunSQL("ANALYZE partners_searchentry", migrations.RunSQL.noop),
    ]
