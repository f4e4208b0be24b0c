from django.db import migrations

REFILED_ONLY = """
CREATE FUNCTION people_refiled_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF to_jsonb(NEW) - 'patient_id' = to_jsonb(OLD) - 'patient_id' AND EXISTS (
        SELECT FROM people_patientmerge AS merge
        WHERE (merge.survivor_id, merge.absorbed_id)
            IN ((NEW.patient_id, OLD.patient_id), (OLD.patient_id, NEW.patient_id))
    ) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% is append-only: write a correcting row that points back', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$
"""


class Migration(migrations.Migration):
    """What is written once moves with its patient between two records of one person, and changes in no other way."""

    dependencies = [("people", "0018_search_indexes")]
    operations = [migrations.RunSQL(REFILED_ONLY, "DROP FUNCTION people_refiled_only() CASCADE")]
