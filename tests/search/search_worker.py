"""Run as a process of its own: `search_worker <search dir> <what to do, one after another>`, on DATABASE_URL.

rename-up, rename-down: saves every institution once, from either end, draining after each. check: prints how many
documents differ from the database, and how many things are pending.
"""

import os
import sys
from pathlib import Path

import django

if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "cms.settings.test"
    django.setup()

    from django.conf import settings

    from search.engines import get_engine
    from search.sync import outbox
    from search.sync.drain import drain
    from search.sync.drift import find_drift
    from taxonomy.models import Organisation

    settings.SEARCH_DIR = Path(sys.argv[1])
    engine = get_engine()
    for work in sys.argv[2:]:
        if work == "drain":
            drain(engine)
        elif work.startswith("rename-"):
            for organisation in Organisation.objects.order_by("pk" if work == "rename-up" else "-pk"):
                organisation.label_en = f"{organisation.label_en} {work}"
                organisation.save()
        else:
            sys.stdout.write(f"{len(find_drift(engine).keys)} {len(outbox.pending(engine.number))}")
