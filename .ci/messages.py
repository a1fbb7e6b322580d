"""The strings of the interface: collected from the sources, checked for gaps, compiled.

Message ids are English, so English has no catalog. `collect` and `compile` change locale/; `check` prints faults.
"""

import gettext
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent
LANGUAGES = ("pl", "uk", "ru")
UNREAD = ("tests", "benchmarks", ".ci", "var", "docs")
MAKEMESSAGES = [sys.executable, "-m", "django", "makemessages", "--no-obsolete", "--add-location", "file"]
# Always the same, whenever and by whom the strings were collected; new catalogs would come with a fuzzy one.
HEADER = """msgid ""
msgstr ""
"Project-Id-Version: fora-polityk-migracyjnych\\n"
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"""
Key = tuple[str | None, str, str]


def catalog(root: Path, language: str) -> Path:
    return root / "locale" / language / "LC_MESSAGES" / "django.po"


def collect(root: Path) -> None:
    """Bring the catalogs below ``root`` in line with the sources below it; needs gettext."""
    (root / "locale").mkdir(exist_ok=True)
    command = [*MAKEMESSAGES]
    for language in LANGUAGES:
        command += ["--locale", language]
    for folder in (*UNREAD, ".venv"):
        command += ["--ignore", folder]
    subprocess.run(command, cwd=root, check=True, stdout=subprocess.DEVNULL)
    for language in LANGUAGES:
        path = catalog(root, language)
        header, rest = path.read_text("utf-8").split("\n\n", 1)
        path.write_text(HEADER.format(language=language) + plural_forms(header) + "\n\n" + rest, "utf-8")


def plural_forms(header: str) -> str:
    """The lines of a catalog's header that say how the language counts, as Django's own catalog has them."""
    return header[header.index('"Plural-Forms:') :]


def compile_all(root: Path) -> None:
    for language in LANGUAGES:
        po = catalog(root, language)
        subprocess.run(["msgfmt", "--check-format", "-o", str(po.with_suffix(".mo")), str(po)], check=True)


def keys(path: Path) -> set[Key]:
    return {(entry.msgctxt, entry.msgid, entry.msgid_plural) for entry in polib.pofile(str(path)) if not entry.obsolete}


def untranslated(path: Path) -> list[str]:
    return [
        f"{path.relative_to(ROOT)}:{entry.linenum}: {'fuzzy' if entry.fuzzy else 'empty'}: {entry.msgid[:80]!r}"
        for entry in polib.pofile(str(path))
        if not entry.obsolete and (entry.fuzzy or not entry.translated())
    ]


def is_compiled(path: Path) -> bool:
    """Whether the .mo beside ``path`` says what ``path`` says."""
    compiled = path.with_suffix(".mo")
    if not compiled.is_file():
        return False
    with tempfile.NamedTemporaryFile(suffix=".mo") as fresh:
        polib.pofile(str(path)).save_as_mofile(fresh.name)
        wanted = entries(Path(fresh.name))
    return entries(compiled) == wanted


def entries(path: Path) -> dict[object, str]:
    with path.open("rb") as file:
        found: dict[object, str] = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]  # the only way to all entries
    return {key: text for key, text in found.items() if key}


def faults() -> list[str]:
    """What is wrong with the catalogs, a line each; gaps and stale files, then strings nobody collected."""
    found: list[str] = []
    for language in LANGUAGES:
        path = catalog(ROOT, language)
        if not path.is_file():
            found.append(f"{path.relative_to(ROOT)} is missing: run make messages")
            continue
        found += untranslated(path)
        if not is_compiled(path):
            found.append(f"{path.with_suffix('.mo').relative_to(ROOT)} is older than its .po: run make messages")
    if found:
        return found
    if not shutil.which("xgettext"):
        return ["gettext is missing: install it (Debian: apt-get install gettext)"]
    return uncollected()


def uncollected() -> list[str]:
    """Strings of the sources that the catalogs lack, and the other way round, found on a copy."""
    names = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.py", "*.html", "*.txt", "*.po"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.splitlines()
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        for name in names:
            if name.split("/")[0] not in UNREAD and (ROOT / name).is_file():
                (copy / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(ROOT / name, copy / name)
        collect(copy)
        source, kept = keys(catalog(copy, "pl")), {language: keys(catalog(ROOT, language)) for language in LANGUAGES}
    lines = []
    for language, known in kept.items():
        for why, found in (("not collected", source - known), ("no longer used", known - source)):
            lines += [f"{language}: {why}, run make messages: {key[1][:80]!r}" for key in sorted(found, key=str)]
    return lines


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["collect"]:
            collect(ROOT)
        case ["compile"]:
            compile_all(ROOT)
        case ["check"]:
            lines = faults()
            if lines:
                sys.exit("\n".join(lines))
        case _:
            sys.exit("Say what to do: collect, compile or check.")
