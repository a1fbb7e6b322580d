"""The database itself refuses to change or delete what was said: the log, assessments, evidence, wordings.

Only ``recorded_by`` of an entry or an assessment may be blanked, when a person asks for erasure. On SQLite a later
migration that rebuilds one of these tables drops its triggers and must put them back (a test looks for them).
"""

from django.db import migrations

ERASABLE = "recorded_by_id"
TABLES = ("followup", "assessment", "evidence", "wording")
SENTENCE = "append-only: {table} is neither changed nor deleted; record a newer entry instead"

POSTGRES_FUNCTION = f"""
CREATE OR REPLACE FUNCTION recommendations_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) ? '{ERASABLE}' AND to_jsonb(NEW) -> '{ERASABLE}' = 'null'::jsonb
        AND to_jsonb(NEW) - '{ERASABLE}' = to_jsonb(OLD) - '{ERASABLE}' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'append-only: % is neither changed nor deleted; record a newer entry instead', TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$
"""


def sqlite_triggers(model):
    table = model._meta.db_table
    columns = [field.column for field in model._meta.local_concrete_fields]
    abort = f"SELECT RAISE(ABORT, '{SENTENCE.format(table=table)}')"
    unless = ""
    if ERASABLE in columns:
        same = " AND ".join(f'NEW."{column}" IS OLD."{column}"' for column in columns if column != ERASABLE)
        unless = f'WHEN NOT (NEW."{ERASABLE}" IS NULL AND {same}) '
    yield f'CREATE TRIGGER "{table}_no_update" BEFORE UPDATE ON "{table}" {unless}BEGIN {abort}; END'
    yield f'CREATE TRIGGER "{table}_no_delete" BEFORE DELETE ON "{table}" BEGIN {abort}; END'


def protect(apps, schema_editor):
    vendor = schema_editor.connection.vendor
    if vendor not in {"sqlite", "postgresql"}:
        raise NotImplementedError(f"No triggers are written for {vendor}: use SQLite or PostgreSQL.")
    if vendor == "postgresql":
        schema_editor.execute(POSTGRES_FUNCTION, params=None)
    for name in TABLES:
        model = apps.get_model("recommendations", name)
        if vendor == "sqlite":
            for statement in sqlite_triggers(model):
                schema_editor.execute(statement, params=None)
            continue
        table = model._meta.db_table
        schema_editor.execute(
            f'CREATE TRIGGER "{table}_append_only" BEFORE UPDATE OR DELETE ON "{table}" '
            "FOR EACH ROW EXECUTE FUNCTION recommendations_append_only()",
            params=None,
        )


def unprotect(apps, schema_editor):
    for name in TABLES:
        table = apps.get_model("recommendations", name)._meta.db_table
        if schema_editor.connection.vendor == "sqlite":
            schema_editor.execute(f'DROP TRIGGER "{table}_no_update"', params=None)
            schema_editor.execute(f'DROP TRIGGER "{table}_no_delete"', params=None)
        else:
            schema_editor.execute(f'DROP TRIGGER "{table}_append_only" ON "{table}"', params=None)
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP FUNCTION recommendations_append_only()", params=None)


class Migration(migrations.Migration):
    dependencies = [
        ("recommendations", "0001_initial"),
    ]

    operations = [
        migrations.RunPython(protect, unprotect),
    ]
