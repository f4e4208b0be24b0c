"""Only the processes that look for readers may ask whose answers wait: a function is everybody's when it is made."""

from django.db import migrations

ONLY_THOSE_WHO_ASK = """
REVOKE ALL ON FUNCTION public.clinical_unread_answers() FROM PUBLIC;
DO $$
DECLARE
    process text;
BEGIN
    FOR process IN SELECT rolname FROM pg_roles WHERE rolname IN ('ehospital_web', 'ehospital_worker') LOOP
        EXECUTE format('GRANT EXECUTE ON FUNCTION public.clinical_unread_answers() TO %I', process);
    END LOOP;
END $$;
"""
EVERYBODY = "GRANT EXECUTE ON FUNCTION public.clinical_unread_answers() TO PUBLIC"


class Migration(migrations.Migration):
    dependencies = [("clinical", "0055_unread_answers")]

    operations = [migrations.RunSQL(ONLY_THOSE_WHO_ASK, EVERYBODY)]
