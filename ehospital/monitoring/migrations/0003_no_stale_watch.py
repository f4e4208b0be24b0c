from django.db import migrations

# A device that stands at a bed watches whoever lies there, or nobody. Asked when the transaction ends, so that a journey
# may end the watch and the stay in any order; and on both tables, so that neither changes behind the other's back.
GUARD = """
CREATE FUNCTION monitoring_refuse_stale_watch() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (
        SELECT FROM monitoring_deviceassociation AS watch
        WHERE watch.bed_id = NEW.bed_id AND upper_inf(watch.during) AND NOT EXISTS (
            SELECT FROM estate_occupancy AS stay
            WHERE stay.bed_id = watch.bed_id AND stay.patient_id = watch.patient_id AND upper_inf(stay.during)
        )
    ) THEN
        RAISE EXCEPTION 'a device at this bed still watches somebody who does not lie there: use a journey'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER no_stale_watch AFTER INSERT OR UPDATE ON estate_occupancy
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION monitoring_refuse_stale_watch();

CREATE CONSTRAINT TRIGGER no_stale_watch AFTER INSERT OR UPDATE ON monitoring_deviceassociation
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.bed_id IS NOT NULL)
EXECUTE FUNCTION monitoring_refuse_stale_watch();
"""
AWAY = """
DROP TRIGGER no_stale_watch ON monitoring_deviceassociation;
DROP TRIGGER no_stale_watch ON estate_occupancy;
DROP FUNCTION monitoring_refuse_stale_watch();
"""


class Migration(migrations.Migration):

    dependencies = [
        ("monitoring", "0002_clock_and_pregnancy"),
        ("estate", "0001_initial"),
    ]

    operations = [migrations.RunSQL(GUARD, AWAY)]
