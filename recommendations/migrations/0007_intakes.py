"""A group's paper on its way to drafts: intakes, and a row for each piece of a paper."""

import django.db.models.deletion
import django.utils.timezone
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("pagekit", "0001_initial"),
        ("recommendations", "0006_drafts_of_links"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        migrations.swappable_dependency(settings.WAGTAIL_PAGE_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Intake",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=300, verbose_name="source")),
                ("source_url", models.URLField(blank=True, max_length=1000, verbose_name="address of the source")),
                (
                    "source_kind",
                    models.CharField(
                        choices=[
                            ("working_group", "working group"),
                            ("jury", "jury"),
                            ("debate", "debate"),
                            ("expert", "expert recommendation"),
                            ("institution_address", "institution's address"),
                            ("programme_task", "task of a programme or plan"),
                            ("motion_or_petition", "petition or motion"),
                            ("position_paper", "position paper"),
                            ("audit_finding", "audit or diagnosis"),
                            ("report", "report"),
                        ],
                        default="working_group",
                        max_length=25,
                        verbose_name="kind of source",
                    ),
                ),
                (
                    "wording_kind",
                    models.CharField(
                        choices=[("verbatim", "verbatim"), ("restated", "restated by the editors")],
                        default="verbatim",
                        max_length=10,
                        verbose_name="wording is",
                    ),
                ),
                ("revision", models.PositiveIntegerField(default=0)),
                ("plan", models.JSONField(blank=True, null=True, verbose_name="plan")),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="taken in")),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "document",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="pagekit.customdocument",
                        verbose_name="document of the source",
                    ),
                ),
                (
                    "page",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.WAGTAIL_PAGE_MODEL,
                        verbose_name="issuer",
                    ),
                ),
            ],
            options={
                "verbose_name": "intake",
                "verbose_name_plural": "intakes",
                "ordering": ["-created_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="IntakeRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveIntegerField(verbose_name="place in the paper")),
                ("number", models.CharField(blank=True, max_length=20, verbose_name="number in the paper")),
                ("title", models.CharField(blank=True, max_length=255, verbose_name="short title")),
                ("text", models.TextField(blank=True, verbose_name="wording")),
                ("rationale", models.TextField(blank=True, verbose_name="rationale")),
                ("locator", models.CharField(blank=True, max_length=60, verbose_name="page or paragraph")),
                (
                    "addressees",
                    models.TextField(
                        blank=True,
                        help_text="One a line. After a bar, the source's words: Miasto Kraków | władze miasta.",
                        verbose_name="whom it asks",
                    ),
                ),
                ("themes", models.TextField(blank=True, help_text="One a line.", verbose_name="themes")),
                ("heading", models.TextField(blank=True, verbose_name="heading above")),
                ("is_dropped", models.BooleanField(default=False, verbose_name="left out")),
                ("guesses", models.JSONField(blank=True, default=dict)),
                ("external_id", models.CharField(db_index=True, max_length=64)),
                ("key", models.UUIDField(default=uuid.uuid4, unique=True)),
                ("drafted_at", models.DateTimeField(blank=True, null=True, verbose_name="draft made")),
                (
                    "intake",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="rows", to="recommendations.intake"
                    ),
                ),
                (
                    "joined_into",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="joined",
                        to="recommendations.intakerow",
                    ),
                ),
            ],
            options={
                "verbose_name": "row of an intake",
                "verbose_name_plural": "rows of intakes",
                "ordering": ["position", "pk"],
            },
        ),
    ]
