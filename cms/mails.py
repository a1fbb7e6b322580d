"""Mails as files, while no server is named."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.mail.backends.filebased import EmailBackend


class FileBackend(EmailBackend):
    """For the owner of the folder only: invitations and reply links are keys."""

    def __init__(self, *args: Any, file_path: Any = None, **kwargs: Any) -> None:
        folder = Path(file_path or settings.EMAIL_FILE_PATH)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        super().__init__(*args, file_path=folder, **kwargs)
