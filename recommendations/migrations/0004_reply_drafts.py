"""Drafts of replies, when an institution last answered, and who issued a piece of evidence with the words that prove it."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


def write_last_answers(apps, schema_editor):
    """As the log says: positions, and the institution's own reports."""
    follow_ups = apps.get_model("recommendations", "FollowUp").objects
    answers = follow_ups.filter(models.Q(kind="position") | models.Q(kind="report", declared_by__isnull=False))
    assignments = apps.get_model("recommendations", "Assignment").objects
    for pk, moment in answers.order_by().values_list("assignment").annotate(models.Max("recorded_at")):
        assignments.filter(pk=pk).update(last_answered_at=moment)


class Migration(migrations.Migration):
    dependencies = [
        ("recommendations", "0003_taken_over_by"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="evidence",
            name="issuer",
            field=models.CharField(blank=True, max_length=200, null=True, verbose_name="issuer of the document"),
        ),
        migrations.AddField(
            model_name="evidence",
            name="quote",
            field=models.TextField(blank=True, null=True, verbose_name="words of the document"),
        ),
        migrations.AddField(
            model_name="assignment",
            name="last_answered_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="last own word"),
        ),
        migrations.CreateModel(
            name="ReplyDraft",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("data", models.JSONField(default=dict, verbose_name="typed")),
                ("file", models.FileField(blank=True, upload_to="drafts/", verbose_name="file")),
                ("file_name", models.CharField(blank=True, max_length=255, verbose_name="name of the file")),
                ("saved_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="saved at")),
                (
                    "assignment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="recommendations.assignment",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "draft of a reply",
                "verbose_name_plural": "drafts of replies",
                "constraints": [
                    models.UniqueConstraint(fields=("user", "assignment"), name="reply_draft_is_one_a_person_and_item")
                ],
            },
        ),
        migrations.RunPython(write_last_answers, migrations.RunPython.noop),
    ]
