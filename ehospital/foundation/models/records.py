"""What a table of the house is made of."""

from collections.abc import Iterable
from typing import Any, NoReturn

from django.db import models

from ehospital.kernel.identifiers import uuid7


class Record(models.Model):
    """A row with a time-ordered identifier that reveals no count and can be made on any machine."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)

    class Meta:
        abstract = True


class AppendOnlyError(TypeError):
    """Code tried to change or remove what happened; write a correcting row that points back instead."""


def _refuse(what: str) -> NoReturn:
    raise AppendOnlyError(f"{what} is append-only: write a correcting row that points back to it instead")


class AppendOnlyQuerySet(models.QuerySet[Any]):
    """Reads as usual; refuses to change or remove."""

    def update(self, **kwargs: Any) -> NoReturn:
        _refuse(self.model.__name__)

    def delete(self) -> NoReturn:
        _refuse(self.model.__name__)

    def bulk_update(self, objs: Iterable[Any], fields: Iterable[str], batch_size: int | None = None) -> NoReturn:
        _refuse(self.model.__name__)


class AppendOnlyModel(models.Model):
    """What happened. Python refuses to change it, a trigger refuses it again, and no process has the grant."""

    append_only = True
    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, **kwargs: Any) -> None:
        if not self._state.adding:
            _refuse(type(self).__name__)
        super().save(**{**kwargs, "force_insert": True})

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        _refuse(type(self).__name__)
