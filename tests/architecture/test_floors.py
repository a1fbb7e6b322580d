"""What import-linter cannot see: a new package, relations between models, names that swallow subjects."""

import ast
import configparser
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db.models import Field, ForeignObject, ManyToManyField, Model

TOP = {
    ".ci", ".editorconfig", ".env.example", ".gitignore", ".importlinter", ".pre-commit-config.yaml", "CHANGELOG.md",
    "CONTRIBUTING.md", "LICENSE", "Makefile", "README.md", "SECURITY.md", "benchmarks", "docs", "locale", "manage.py",
    "pyproject.toml", "requirements-dev.in", "requirements-dev.txt", "requirements-pdf.in", "requirements-pdf.txt",
    "requirements.in", "requirements.txt", "static", "templates", "tests",
}  # fmt: skip
# A file of such a name has swallowed subjects that nobody named.
NAMELESS = {"utils", "helpers", "common", "misc", "tools", "lib"}
LAUNCHER = {f"cms/{name}.py" for name in ("launch", "machine", "node", "packages")}
READS_THE_ENVIRONMENT = {*LAUNCHER, "cms/wsgi.py", "manage.py"}


def local_apps() -> list[str]:
    root = Path(settings.BASE_DIR)
    return [
        config.label
        for config in apps.get_app_configs()
        if Path(config.path).parent == root and ".venv" not in Path(config.path).parts
    ]


def relations() -> list[tuple[type[Model], Field[Any, Any]]]:
    return [
        (model, field)
        for label in local_apps()
        for model in apps.get_app_config(label).get_models(include_auto_created=True)
        for field in [*model._meta.local_fields, *model._meta.local_many_to_many]
        if isinstance(field, (ForeignObject, ManyToManyField))
    ]


def test_every_local_app_stands_on_a_floor(contracts: configparser.ConfigParser, floors: list[list[str]]) -> None:
    on_floors = {name for floor in floors for name in floor}
    assert set(local_apps()) == on_floors
    assert set(contracts["importlinter"]["root_packages"].split()) == on_floors
    assert set(contracts["importlinter:contract:elastic"]["source_modules"].split()) == on_floors


def test_every_package_at_the_top_is_an_installed_app(tree: list[str]) -> None:
    packages = {name.split("/")[0] for name in tree if name.count("/") == 1 and name.endswith("/__init__.py")}
    assert packages - {"tests"} == set(local_apps())


def test_every_relation_points_down_or_stays_in_its_app(floors: list[list[str]]) -> None:
    height = {name: len(floors) - index for index, floor in enumerate(floors) for name in floor}
    upward = []
    for model, field in relations():
        target = field.related_model
        assert isinstance(target, type), f"{model._meta.label}.{field.name} points at nothing"
        own, other = model._meta.app_label, target._meta.app_label
        # Django's own seam: whoever records a person points at the setting, not at an app.
        if other not in height or own == other or getattr(field, "swappable_setting", None) == "AUTH_USER_MODEL":
            continue
        if height[other] >= height[own]:
            upward.append(f"{model._meta.label}.{field.name} -> {target._meta.label}")
    assert relations(), "no relation was found at all: the walk is broken"
    assert upward == []


def test_every_file_stands_in_a_place_the_house_knows(tree: list[str]) -> None:
    assert {name.split("/")[0] for name in tree} - TOP - set(local_apps()) == set()


def test_no_file_or_folder_is_named_after_nothing(tree: list[str]) -> None:
    assert [name for name in tree if NAMELESS & {Path(part).stem for part in Path(name).parts}] == []


def test_only_settings_and_launchers_read_the_environment(tree: list[str], root: Path) -> None:
    readers = []
    for name in tree:
        if not name.endswith(".py") or name.split("/")[0] not in local_apps() or name.startswith("cms/settings/"):
            continue
        for node in ast.walk(ast.parse((root / name).read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Attribute)
                and node.attr in {"environ", "getenv"}
                and name not in READS_THE_ENVIRONMENT
            ):
                readers.append(f"{name}:{node.lineno}")
    assert readers == []


def test_settings_import_no_app(tree: list[str], root: Path) -> None:
    """The launcher's reader of variables is none: it stands on the standard library."""
    found = []
    for name in tree:
        if not (name.startswith("cms/settings/") and name.endswith(".py")):
            continue
        for node in ast.walk(ast.parse((root / name).read_text(encoding="utf-8"))):
            modules = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            modules += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            found += [
                f"{name}: {module}"
                for module in modules
                if module.split(".")[0] in local_apps() and not module.startswith(("cms.settings", "cms.machine"))
            ]
    assert found == []


def test_signals_are_connected_in_receivers_only(tree: list[str], root: Path) -> None:
    found = []
    for path in tree:
        if not path.endswith(".py") or path.split("/")[0] not in local_apps() or Path(path).name == "receivers.py":
            continue
        for node in ast.walk(ast.parse((root / path).read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in {"receiver", "connect"}:
                found += [f"{path}:{node.lineno}"] if node.args else []
    assert found == []
