"""Every search asks which pages are past their expiry but not yet taken down; without an index it reads all pages."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('pagekit', '0002_documents_that_were_public'),
        ('wagtailcore', '0098_apitoken'),
    ]

    operations = [
        # Not a model's own index: the table is Wagtail's. If a migration of Wagtail's makes it anew, as SQLite needs for
        # some changes, the index goes with the old one; tests/cms/test_query_budget.py counts what that costs.
        migrations.RunSQL(
            'CREATE INDEX pagekit_page_expires ON wagtailcore_page (expire_at) WHERE expire_at IS NOT NULL',
            'DROP INDEX pagekit_page_expires',
        ),
    ]
