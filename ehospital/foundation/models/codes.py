"""Tables of codes: the vocabularies of others, each under its licence."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models


class CodeSystem(models.Model):
    """One vocabulary in the release that was imported last."""

    url = models.CharField(primary_key=True, max_length=200, help_text="FHIR's URI of the vocabulary.")
    title = models.CharField(max_length=200)
    version = models.CharField(max_length=60, blank=True)
    licence = models.TextField(help_text="In the importer's words: under what right it is used here.")
    source = models.CharField(max_length=250, help_text="The file it came from.")
    checksum = models.CharField(max_length=64, help_text="SHA-256 of that file.")
    imported_at = models.DateTimeField()

    class Privacy:
        identifying = ()
        clinical = ()
        technical = ("url", "title", "version", "licence", "source", "checksum", "imported_at")

    def __str__(self) -> str:
        return " ".join(filter(None, (self.title, self.version)))


class CodeEntry(models.Model):
    """One code and its words. A code that a later release no longer has is retired, never removed: charts name it."""

    id = models.BigAutoField(primary_key=True)
    system = models.ForeignKey(CodeSystem, on_delete=models.PROTECT, related_name="entries", db_index=False)
    code = models.CharField(max_length=40)
    display = models.CharField(max_length=500)
    search_words = ArrayField(models.TextField(), help_text="The words of the display, folded.")
    retired = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["system", "code"], name="code_is_unique")]
        # Without the list of what is still to be entered, which every search would read through after an import.
        indexes = [
            GinIndex(fields=["search_words"], name="code_search_words", fastupdate=False),
            models.Index("system", OpClass("code", name="varchar_pattern_ops"), name="code_begins"),
        ]

    class Privacy:
        identifying = ()
        clinical = ()
        technical = ("id", "system", "code", "display", "search_words", "retired")

    def __str__(self) -> str:
        return f"{self.code} {self.display}"


class CodeWord(models.Model):
    """The vocabulary of one code system: each folded word once, so that what was mistyped finds what was meant."""

    pk = models.CompositePrimaryKey("system_id", "word")
    system = models.ForeignKey(CodeSystem, on_delete=models.CASCADE, related_name="+", db_index=False)
    word = models.TextField()

    class Meta:
        indexes = [
            GinIndex(OpClass("word", name="gin_trgm_ops"), name="code_word_trigrams", fastupdate=False),
            models.Index("system", OpClass("word", name="text_pattern_ops"), name="code_word_begins"),
        ]

    class Privacy:
        identifying = ()
        clinical = ()
        technical = ("system", "word")
