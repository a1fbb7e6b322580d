"""Stages of action: which recommendations were chosen to be carried out, and what was told of them."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("forums", "0002_initial"),
        ("recommendations", "0004_reply_drafts"),
        ("taxonomy", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ActionStage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("starts_on", models.DateField(blank=True, null=True, verbose_name="earliest day")),
                ("ends_on", models.DateField(blank=True, null=True, verbose_name="latest day")),
                (
                    "precision",
                    models.CharField(
                        choices=[
                            ("day", "day"),
                            ("month", "month"),
                            ("year", "year"),
                            ("range", "range"),
                            ("about", "about"),
                            ("before", "before"),
                            ("after", "after"),
                            ("unknown", "not known"),
                        ],
                        default="unknown",
                        max_length=10,
                        verbose_name="precision",
                    ),
                ),
                (
                    "date_words",
                    models.CharField(
                        blank=True,
                        help_text='For example "ok. 2014", "po 05.2024".',
                        max_length=120,
                        verbose_name="date in the source's words",
                    ),
                ),
                ("label_pl", models.CharField(max_length=200, verbose_name="label in Polish")),
                ("label_en", models.CharField(blank=True, max_length=200, verbose_name="label in English")),
                ("label_uk", models.CharField(blank=True, max_length=200, verbose_name="label in Ukrainian")),
                ("label_ru", models.CharField(blank=True, max_length=200, verbose_name="label in Russian")),
                (
                    "code",
                    models.SlugField(
                        help_text="Stands in addresses; never changes.", max_length=80, unique=True, verbose_name="code"
                    ),
                ),
                ("description", models.TextField(blank=True, verbose_name="what it is")),
                ("source_title", models.CharField(max_length=300, verbose_name="source")),
                ("source_url", models.URLField(blank=True, max_length=1000, verbose_name="address of the source")),
                (
                    "forum",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="action_stages",
                        to="forums.forum",
                        verbose_name="forum",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_on", None),
                            ("starts_on", None),
                            ("ends_on__gte", models.F("starts_on")),
                            _connector="OR",
                        ),
                        name="actionstage_ends_after_it_starts",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("precision", "unknown"), ("starts_on", None)),
                            models.Q(
                                models.Q(("precision", "unknown"), _negated=True),
                                models.Q(("starts_on", None), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="actionstage_has_a_date_unless_unknown",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("source_title", ""), _negated=True), name="action_stage_names_its_source"
                    ),
                ],
                "verbose_name": "stage of action",
                "verbose_name_plural": "stages of action",
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ChosenRecommendation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "recommendation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="chosen_in",
                        to="recommendations.recommendation",
                    ),
                ),
                (
                    "stage",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="chosen",
                        to="recommendations.actionstage",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("stage", "recommendation"), name="chosen_recommendation_stands_once"
                    )
                ],
                "verbose_name": "chosen recommendation",
                "verbose_name_plural": "chosen recommendations",
            },
        ),
        migrations.CreateModel(
            name="StageEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("choice", "choice"), ("action", "action")], max_length=10, verbose_name="kind"
                    ),
                ),
                ("text", models.TextField(verbose_name="text")),
                ("result", models.TextField(blank=True, verbose_name="result")),
                ("refers_on", models.DateField(blank=True, null=True, verbose_name="date the fact refers to")),
                (
                    "refers_precision",
                    models.CharField(
                        choices=[
                            ("day", "day"),
                            ("month", "month"),
                            ("year", "year"),
                            ("range", "from that day"),
                            ("about", "about"),
                            ("before", "before"),
                            ("after", "after"),
                            ("unknown", "not known"),
                        ],
                        default="day",
                        max_length=10,
                        verbose_name="precision",
                    ),
                ),
                ("source_title", models.CharField(blank=True, max_length=300, verbose_name="source")),
                ("source_url", models.URLField(blank=True, max_length=1000, verbose_name="address of the source")),
                ("is_retraction", models.BooleanField(default=False, verbose_name="taken back")),
                ("recorded_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="recorded at")),
                (
                    "chosen",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="recommendations.chosenrecommendation",
                    ),
                ),
                (
                    "corrects",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrected_by",
                        to="recommendations.stageentry",
                    ),
                ),
                (
                    "follow_up",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="recommendations.followup",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["choice", "action"])), name="stage_entry_kind_is_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("text", ""), _negated=True), name="stage_entry_says_something"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("refers_on", None), ("refers_precision", "unknown")),
                            models.Q(
                                ("refers_on__isnull", False), models.Q(("refers_precision", "unknown"), _negated=True)
                            ),
                            _connector="OR",
                        ),
                        name="stage_entry_has_a_date_unless_unknown",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("is_retraction", True),
                            models.Q(("source_title", ""), ("source_url", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="stage_entry_names_its_source",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind", "action"), models.Q(("follow_up", None), ("result", "")), _connector="OR"
                        ),
                        name="stage_entry_choice_has_no_result",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("is_retraction", False), ("corrects__isnull", False), _connector="OR"),
                        name="stage_entry_retracts_an_entry",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("corrects", None), models.Q(("corrects", models.F("id")), _negated=True), _connector="OR"
                        ),
                        name="stage_entry_corrects_another",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("corrects", None), ("kind", "choice")),
                        fields=("chosen",),
                        name="stage_entry_chooses_once",
                    ),
                ],
                "verbose_name": "entry of a stage",
                "verbose_name_plural": "entries of stages",
                "ordering": ["recorded_at", "id"],
            },
        ),
        migrations.CreateModel(
            name="StageBody",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="named",
                        to="recommendations.stageentry",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="taxonomy.organisation"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("entry", "organisation"), name="stage_body_is_named_once")
                ],
                "ordering": ["id"],
            },
        ),
    ]
