"""The facts by which somebody is found for every answer that nobody has read.

Who has to read an answer is decided before anybody opens its chart: when its recipient has left and the patient went
home, no chart is open to anybody. The function tells whose answers wait and for whom; of the record it tells no line.
"""

from django.db import migrations

MAKE = """
CREATE OR REPLACE FUNCTION public.clinical_unread_answers()
RETURNS TABLE (
    report_id uuid, patient_id uuid, order_id uuid, recipient_id uuid, asker_id uuid, unit_id uuid, kind text,
    weight text, since timestamptz
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT report.id, report.patient_id, asked.id, asked.recipient_id, asked.recorded_by_id, asked.unit_id,
           asked.kind::text, report.weight::text, coalesce(report.issued_at, report.recorded_at)
    FROM public.clinical_diagnosticreport report
    JOIN public.clinical_order asked ON asked.id = report.order_id
    WHERE report.status NOT IN ('superseded', 'entered-in-error')
      AND NOT EXISTS (SELECT FROM public.clinical_acknowledgement seen WHERE seen.report_id = report.id)
$$
"""


class Migration(migrations.Migration):
    dependencies = [("clinical", "0051_files_before_scanning")]

    operations = [migrations.RunSQL(MAKE, "DROP FUNCTION public.clinical_unread_answers()")]
