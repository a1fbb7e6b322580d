"""Run as a process of its own: wait for the other, answer every row named ``assignment:user``, print how it went."""

import os
import sys
import time
from pathlib import Path

import django

if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "cms.settings.test"
    django.setup()

    from django.utils import timezone

    from accounts.models import User
    from recommendations.choices import Basis, Implementation
    from recommendations.models import Assignment
    from recommendations.services.follow_up import record_report
    from recommendations.services.recording import Overtaken

    folder = Path(sys.argv[1])
    (folder / f"ready-{os.getpid()}").touch()
    deadline = time.monotonic() + 120
    while len(list(folder.glob("ready-*"))) < 2 and time.monotonic() < deadline:
        time.sleep(0.01)
    for pair in sys.argv[2:]:
        row, user = (int(part) for part in pair.split(":"))
        try:
            record_report(
                Assignment.objects.get(pk=row),
                implementation=Implementation.IN_PROGRESS,
                text=f"Krok {os.getpid()}",
                refers_on=timezone.localdate(),
                basis=Basis.OWN_STATEMENT,
                recorded_by=User.objects.get(pk=user),
                seen=0,
            )
        except Overtaken:
            sys.stdout.write(f"{row} overtaken\n")
        else:
            sys.stdout.write(f"{row} saved\n")
