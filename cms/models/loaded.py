"""Which state of the content files the database was prepared from."""

from django.db import models
from django.utils import timezone


class LoadedContent(models.Model):
    """One row for each part that `prepare` brings in: while its fingerprint stays, nothing has to be compared."""

    part = models.CharField(max_length=40, unique=True)
    fingerprint = models.CharField(max_length=64)
    loaded_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.part}: {self.fingerprint[:12]}"
