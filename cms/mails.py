"""Mails as files, while no server is named."""

from pathlib import Path
from typing import Any

from django.core.mail.backends.filebased import EmailBackend


class FileBackend(EmailBackend):
    """For the owner of the folder only: invitations and reply links are keys."""

    def open(self) -> Any:
        Path(str(self.file_path)).chmod(0o700)
        return super().open()
