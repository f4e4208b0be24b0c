from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import migrations

INDEXES = (
    ("patient", GinIndex(fields=["search_words"], name="patient_search_words", fastupdate=False)),
    ("nameword", GinIndex(OpClass("word", name="gin_trgm_ops"), name="name_word_trigrams", fastupdate=False)),
)


class Migration(migrations.Migration):
    """Switch the lists of pending entries off in place: the indexes need not be built anew."""

    dependencies = [("people", "0010_access")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    f"ALTER INDEX {index.name} SET (fastupdate = off)", f"ALTER INDEX {index.name} RESET (fastupdate)"
                ),
                # What is still pending goes where it belongs.
                migrations.RunSQL(f"SELECT gin_clean_pending_list('{index.name}')", migrations.RunSQL.noop),
            ],
            state_operations=[
                migrations.RemoveIndex(model_name=model, name=index.name),
                migrations.AddIndex(model_name=model, index=index),
            ],
        )
        for model, index in INDEXES
    ]
