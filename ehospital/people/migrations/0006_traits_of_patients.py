"""Give every patient what possible duplicates are found by."""

from django.db import migrations


def find_traits(apps, schema_editor):
    """Fold the details of every patient, a thousand at a time."""
    from ehospital.people import comparing, known

    Patient, PatientTraits = apps.get_model("people", "Patient"), apps.get_model("people", "PatientTraits")
    rows = []
    for patient in Patient.objects.prefetch_related(*known.PARTS).order_by("pk").iterator(chunk_size=1000):
        one = comparing.person(known.known_details(patient))
        rows.append(PatientTraits(patient_id=patient.pk, keys=comparing.keys(one), told=comparing.as_json(one)))
        if len(rows) == 1000:
            PatientTraits.objects.bulk_create(rows)
            rows = []
    PatientTraits.objects.bulk_create(rows)


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0005_duplicates_and_merging"),
    ]

    operations = [migrations.RunPython(find_traits, migrations.RunPython.noop)]
