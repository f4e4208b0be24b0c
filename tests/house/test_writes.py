"""Records are written by the actions of their own domain: planted writes elsewhere are found, look-alikes are not."""

from pathlib import Path

from tests.house.planting import marked, plant
from tests.house.rules import writes
from tests.house.tree import standing

MODELS = """
from django.db import models
from ehospital.foundation.models import Record

class BedQuerySet(models.QuerySet):
    def free(self):
        return self.filter(occupied=False)

class Bed(Record):
    objects = BedQuerySet.as_manager()
    places = BedQuerySet.as_manager()
    tags = models.ManyToManyField("estate.Tag", related_name="tagged_beds")

class Tag(Record):
    bed = models.ForeignKey(Bed, related_name="labels", on_delete=models.CASCADE)

    def save(self, **kwargs):
        super().save(**kwargs)
"""

VIEW = """
from django.shortcuts import get_object_or_404
from ehospital.estate import models, queries
from ehospital.estate.models import Bed, Tag as Label

def show(request, bed_id):
    bed = get_object_or_404(Bed, pk=bed_id)
    bed.save()  # caught
    bed.labels.create(text="window")  # caught
    bed.tags.add(1)  # caught
    Bed.objects.filter(pk=bed_id).update(occupied=True)  # caught
    Bed.places.create(occupied=True)  # caught
    models.Bed.objects.bulk_create([])  # caught
    label = Label(text="door")
    label.save(force_insert=True)  # caught
    rows = Bed.objects.exclude(pk=bed_id)
    rows.delete()  # caught
    for row in rows:
        row.delete()  # caught
    queries.free_beds(viewer=None).update(occupied=True)  # caught
    anything = request.form
    anything.save()  # caught

async def later(beds: "list[Bed]", row: Label | None):
    await row.asave()  # caught
    await Bed.objects.aget_or_create(pk=1)  # caught
    [await one.adelete() for one in beds]  # caught
"""

LOOK_ALIKES = '''
import hashlib
from ehospital.estate import actions, queries
from ehospital.estate.models import Bed

def show(request, picture, storage, cache, progress, kv):
    """INSERT INTO estate_bed is a word here, not a deed."""
    context = {"beds": Bed.objects.filter(occupied=False).order_by("pk")}
    context.update(more=1)
    counts = queries.counts(viewer=request.actor)
    counts.update({"a": 1})
    hashlib.sha256().update(b"x")
    progress.update(1, advance=2)
    request.session.save()
    picture.save("ward.png")
    storage.delete("ward.png")
    cache.delete("key")
    kv.create("key", b"value")
    seen = set()
    seen.add(1)
    actions.occupy(bed_id=1)
    return "Delete from the list" or "Update beds set aside"
'''

SQL = '''
from django.db import connection
from psycopg import sql

TABLE = "estate_bed"
STATEMENT = "UPDATE estate_bed SET occupied = true"  # caught
LONG = """  # caught
    WITH free AS (SELECT 1)
    INSERT INTO estate_bed (id) VALUES (1)
"""

def store(rows, n):
    with connection.cursor() as cursor:
        cursor.execute("select * from estate_bed for update")
        cursor.execute("delete from estate_bed where id = %s", [n])  # caught
        cursor.execute(f"TRUNCATE {TABLE}")  # caught
        with cursor.copy(sql.SQL("COPY {} (id) FROM STDIN").format(sql.Identifier(TABLE))):  # caught
            pass
        with cursor.copy("COPY (SELECT 1) TO STDOUT"):
            pass
'''

OTHERS_ACTION = """
from ehospital.foundation import locks
from ehospital.estate.models import Bed
from ehospital.foundation.models import AuditEvent
from ehospital.people.models import Patient

def admit(*, by, at):
    Patient.objects.create(name="x")
    patient = Patient.objects.get(pk=1)
    patient.save()
    for one in locks.rows(Patient.objects.all(), [1]):
        one.save(update_fields=["name"])
    Bed.objects.create(number=1)  # caught
    bed = Bed.objects.select_for_update().get(pk=1)
    bed.save()  # caught
    AuditEvent.objects.create(action="x")  # caught
    cursor = None
    cursor.execute("INSERT INTO people_patient VALUES (1)")
    cursor.execute("INSERT INTO estate_bed VALUES (1)")  # caught
    cursor.execute("INSERT INTO scratch VALUES (1)")
"""

OWN_ACTION = """
from .models import Bed

def open_bed():
    Bed.objects.create(number=1)
"""

TASK = """
from . import models

def tidy():
    models.Bed.objects.all().delete()  # caught
"""

WRITING_VIEW = """
from django.views.generic import ListView, UpdateView

class BedList(ListView):
    pass

class BedForm(UpdateView):  # caught
    pass
"""


def test_a_write_outside_the_actions_is_found_in_every_form(tmp_path: Path) -> None:
    people = "from ehospital.foundation.models import Record\n\nclass Patient(Record):\n    pass\n"
    audit = "from django.db import models\n\nclass AuditEvent(models.Model):\n    pass\n"
    house = plant(
        tmp_path,
        {
            "ehospital/estate/models.py": MODELS,
            "ehospital/people/models/__init__.py": "from .patients import Patient\n",
            "ehospital/people/models/patients.py": people,
            "ehospital/foundation/models.py": audit,
            "ehospital/foundation/audit.py": "def record(event):\n    event.save()\n",
            "ehospital/web/staff/beds/views.py": VIEW,
            "ehospital/web/staff/beds/look.py": LOOK_ALIKES,
            "ehospital/web/staff/beds/classes.py": WRITING_VIEW,
            "ehospital/stream/storing.py": SQL,
            "ehospital/people/actions/admitting.py": OTHERS_ACTION,
            "ehospital/estate/actions.py": OWN_ACTION,
            "ehospital/estate/tasks.py": TASK,
            "ehospital/estate/migrations/0001_initial.py": OWN_ACTION,
            "ehospital/gateway/http.py": "async def close(subscription):\n    await subscription.delete()\n",
        },
    )
    assert [(finding.path, finding.line) for finding in sorted(writes.check(house))] == marked(house)


def test_a_finding_names_the_action_that_should_be_called(tmp_path: Path) -> None:
    view = "from ehospital.estate.models import Bed\n\n\ndef show(request):\n    Bed.objects.create(number=1)\n"
    files = {"ehospital/estate/models.py": MODELS, "ehospital/web/staff/beds/views.py": view}
    (finding,) = writes.check(plant(tmp_path, files))
    assert str(finding) == (
        "ehospital/web/staff/beds/views.py:5: [write] Bed.objects.create() writes. Call (or write) an action in "
        "ehospital/estate/actions: there the lock, the permission, the audit row and the event are"
    )


def test_a_write_in_a_file_of_sql_is_found(tmp_path: Path) -> None:
    files = {
        "ehospital/estate/models.py": MODELS,
        "ehospital/stream/store.sql": "SELECT 1;\ninsert into estate_bed values (1);\n",
        "ehospital/estate/actions/open.sql": "insert into estate_bed values (1);\n",
    }
    assert [(finding.path, finding.line) for finding in writes.check(plant(tmp_path, files))] == [
        ("ehospital/stream/store.sql", 2)
    ]


def test_the_house_writes_in_its_actions_only() -> None:
    assert [str(finding) for finding in writes.check(standing())] == []
