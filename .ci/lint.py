"""Everything that can be checked without running the site: one line a step, the output of those that fail.

Names of steps as arguments run only those: `.venv/bin/python .ci/lint.py ruff mypy`.
"""

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
APPS = ("accounts", "cms", "forums", "notices", "pagekit", "recommendations", "search", "taxonomy")
# A path that exists on one machine only, or a note to oneself.
FORBIDDEN = {
    r"\b(?:TODO|FIXME|XXX)\b": "a note to oneself: do it, or describe it in docs/decisions",
    r"(?<![\w.:*-])/(?:home|root|Users|work|tmp)/": "a path of one machine",
    r"\bshared/(?:design|data|sources)\b": "a folder that a checkout does not have",
    r"--(?:extra-)?index-url|--find-links|--trusted-host": "an address of one machine's package registry",
}
UNREAD = frozenset({".tsv", ".mo", ".png", ".jpg", ".ico"})
Step = Callable[[], str]


def tool(*command: str, **variables: str) -> Step:
    """A step that runs ``command`` of the virtual environment and gives its output when it fails, else nothing."""

    def step() -> str:
        env = {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}", **variables}
        done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
        return (done.stdout + done.stderr).strip() or f"exit status {done.returncode}" if done.returncode else ""

    return step


def tracked(*patterns: str) -> list[str]:
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *patterns]
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.splitlines()


def forbidden_words() -> str:
    """Words that have no place in anything committed; this file, which names them, is left out."""
    found = []
    for name in tracked():
        path = ROOT / name
        if path == Path(__file__).resolve() or path.suffix in UNREAD or not path.is_file():
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), start=1):
            found += [f"{name}:{number}: {why}" for pattern, why in FORBIDDEN.items() if re.search(pattern, line)]
    return "\n".join(found)


def links() -> str:
    """Symbolic links: one that leads out of the checkout, or to itself, breaks on every machine but one."""
    command = ["git", "ls-files", "--stage"]
    lines = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.splitlines()
    return "\n".join(f"{line.split(maxsplit=3)[3]}: a symbolic link" for line in lines if line.startswith("120000"))


def spelling() -> str:
    """English only: the content, the guides, the analysis of words, tests and error pages speak others too."""
    other_languages = ("docs/guides/", "cms/content/", "search/analysis/", "tests/", "templates/errors/")
    names = [n for n in tracked("*.py", "*.md", "*.html", "*.css", "*.js") if not n.startswith(other_languages)]
    return tool("codespell", "--toml", "pyproject.toml", *names)()


TEST = {"DJANGO_SETTINGS_MODULE": "cms.settings.test", "DATABASE_URL": "sqlite://:memory:"}
STEPS: dict[str, Step] = {
    "mypy": tool("mypy", *APPS, "tests", ".ci/lint.py", ".ci/messages.py", **TEST),
    "ruff": tool("ruff", "check", "--output-format=concise", "."),
    "format": tool("ruff", "format", "--check", "."),
    "djlint-format": tool("djlint", "--check", "--quiet", "templates"),
    "djlint": tool("djlint", "--lint", "--quiet", "templates"),
    "imports": tool("lint-imports"),
    "migrations": tool(sys.executable, "manage.py", "makemigrations", "--check", "--dry-run", **TEST),
    "migrations-safe": tool(
        sys.executable,
        "manage.py",
        "lintmigrations",
        "--no-cache",
        # Tables that are made empty break no running site.
        "--ignore-initial-migrations",
        # SQLite rebuilds the tables of mails, drafts, recommendations and documents; their new columns have defaults in
        # the database, so that the version before goes on writing into them.
        "--ignore-name",
        "0003_following_by_mail",
        "0004_mails_about_pages",
        "0005_mail_pace",
        "0006_drafts_of_links",
        "0008_editorial_acts",
        "0002_documents_that_were_public",
        # Only the version that is being started reads intakes; a plan made before it is made anew. The new columns of
        # addressees, institutions and proposed names have defaults in the database.
        "0010_spreadsheets_of_any_shape",
        "0012_date_of_an_intake",
        "0013_proposed_names_and_statuses",
        "0015_rows_written_by_hand",
        "0003_contact_address_of_an_institution",
        "0017_status_of_a_proposed_name",
        # These add nothing but checks, which what is written already passes; SQLite rebuilds the tables for them.
        "0002_known_values",
        "0003_known_values",
        "0011_known_values",
        "--quiet",
        "ok",
        "ignore",
        "--include-apps",
        *APPS,
        DJANGO_SETTINGS_MODULE="lint_settings",
        PYTHONPATH=str(ROOT / ".ci"),
    ),
    "messages": tool(sys.executable, ".ci/messages.py", "check"),
    "spelling": spelling,
    "words": forbidden_words,
    "links": links,
}


def run(name: str) -> tuple[str, str, float]:
    started = time.monotonic()
    return name, STEPS[name](), time.monotonic() - started


def main(names: list[str]) -> int:
    if unknown := set(names) - set(STEPS):
        sys.exit(f"No step is named {', '.join(sorted(unknown))}: choose from {', '.join(STEPS)}.")
    failed = 0
    with ThreadPoolExecutor(max_workers=2) as pool:
        for name, output, seconds in pool.map(run, names or STEPS):
            print(f"{name:16} {'FAILED' if output else 'ok'}  ({seconds:.1f} s)", flush=True)
            if output:
                failed += 1
                print("\n".join(f"    {line}" for line in output.splitlines()), flush=True)
    print(f"Lint: {failed} of {len(names or STEPS)} steps failed" if failed else "Lint: all clean")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
