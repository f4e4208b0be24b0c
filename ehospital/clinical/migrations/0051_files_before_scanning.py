"""Files that came before anybody asked whether they were looked at: open, and shown to the scanner where one is named."""

from django.db import migrations

_KNOWN = """
INSERT INTO foundation_keptfile (key, state, found, tries, due_at)
SELECT key, 'unchecked', '', 0, now() FROM (
    SELECT file_key AS key FROM clinical_document
    UNION SELECT large_key FROM people_patientphoto
    UNION SELECT small_key FROM people_patientphoto
) AS named WHERE key <> '' ON CONFLICT DO NOTHING
"""


class Migration(migrations.Migration):

    dependencies = [
        ("clinical", "0050_visits"),
        ("foundation", "0005_kept_files"),
        ("people", "0080_glass_told_by_messaging"),
    ]

    operations = [migrations.RunSQL(_KNOWN, migrations.RunSQL.noop, elidable=True)]
