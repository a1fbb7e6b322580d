"""The database refuses words that the follow-up does not know, and an entry that lacks what its kind needs.

SQLite rebuilds the tables of the log and drops their triggers; they are put back at the end of ``migrate``.
"""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('forums', '0003_known_values'),
        ('pagekit', '0002_documents_that_were_public'),
        ('recommendations', '0010_spreadsheets_of_any_shape'),
        ('taxonomy', '0002_known_values'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddConstraint(
            model_name='actionstage',
            constraint=models.CheckConstraint(condition=models.Q(('precision__in', ['day', 'month', 'year', 'range', 'about', 'before', 'after', 'unknown'])), name='actionstage_precision_is_known'),
        ),
        migrations.AddConstraint(
            model_name='assessment',
            constraint=models.CheckConstraint(condition=models.Q(('finding__in', ['confirms', 'contradicts', 'holds', 'weakened', 'returned'])), name='assessment_finding_is_known'),
        ),
        migrations.AddConstraint(
            model_name='assessment',
            constraint=models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='assessment_says_something'),
        ),
        migrations.AddConstraint(
            model_name='assessment',
            constraint=models.CheckConstraint(condition=models.Q(('public_from__gte', models.F('assessed_on'))), name='assessment_is_public_when_made_or_later'),
        ),
        migrations.AddConstraint(
            model_name='assignment',
            constraint=models.CheckConstraint(condition=models.Q(('role__in', ['essential', 'supporting'])), name='assignment_role_is_known'),
        ),
        migrations.AddConstraint(
            model_name='assignment',
            constraint=models.CheckConstraint(condition=models.Q(('closure__in', ['', 'implemented', 'implemented_other_means', 'declined', 'superseded', 'no_longer_applicable', 'not_competent', 'without_answer', 'unverifiable'])), name='assignment_closure_is_known'),
        ),
        migrations.AddConstraint(
            model_name='evidence',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['resolution', 'budget', 'contract', 'programme', 'report', 'data', 'letter', 'web_page', 'photo', 'press'])), name='evidence_kind_is_known'),
        ),
        migrations.AddConstraint(
            model_name='followup',
            constraint=models.CheckConstraint(condition=models.Q(('position__in', ['', 'accepted', 'accepted_in_part', 'accepted_other_means', 'noted', 'declined', 'not_competent'])), name='follow_up_position_is_known'),
        ),
        migrations.AddConstraint(
            model_name='followup',
            constraint=models.CheckConstraint(condition=models.Q(('implementation__in', ['', 'not_started', 'in_progress', 'partially_implemented', 'implemented', 'stalled', 'reversed'])), name='follow_up_implementation_is_known'),
        ),
        migrations.AddConstraint(
            model_name='followup',
            constraint=models.CheckConstraint(condition=models.Q(('closure__in', ['', 'implemented', 'implemented_other_means', 'declined', 'superseded', 'no_longer_applicable', 'not_competent', 'without_answer', 'unverifiable'])), name='follow_up_closure_is_known'),
        ),
        migrations.AddConstraint(
            model_name='followup',
            constraint=models.CheckConstraint(condition=models.Q(('refers_precision__in', ['day', 'month', 'year', 'range', 'about', 'before', 'after', 'unknown'])), name='follow_up_precision_is_known'),
        ),
        migrations.AddConstraint(
            model_name='followup',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('text', ''), _negated=True), models.Q(('kind__in', ['reopening', 'letter', 'note']), ('position', 'declined'), _connector='OR', _negated=True), _connector='OR'), name='follow_up_has_words_where_it_needs_them'),
        ),
        migrations.AddConstraint(
            model_name='followup',
            constraint=models.CheckConstraint(condition=models.Q(('kind', 'report'), models.Q(('is_by_assessor', False), ('missing', '')), _connector='OR'), name='follow_up_only_a_report_misses_or_is_assessed'),
        ),
        migrations.AddConstraint(
            model_name='followup',
            constraint=models.CheckConstraint(condition=models.Q(('competent_body__isnull', False), models.Q(('position', 'not_competent'), ('closure', 'not_competent'), _connector='OR', _negated=True), _connector='OR'), name='follow_up_not_competent_names_the_body'),
        ),
        migrations.AddConstraint(
            model_name='followup',
            constraint=models.CheckConstraint(condition=models.Q(('superseded_by__isnull', False), models.Q(('closure', 'superseded'), _negated=True), _connector='OR'), name='follow_up_superseded_names_the_successor'),
        ),
        migrations.AddConstraint(
            model_name='recommendation',
            constraint=models.CheckConstraint(condition=models.Q(('precision__in', ['day', 'month', 'year', 'range', 'about', 'before', 'after', 'unknown'])), name='recommendation_precision_is_known'),
        ),
        migrations.AddConstraint(
            model_name='recommendation',
            constraint=models.CheckConstraint(condition=models.Q(('source_kind__in', ['working_group', 'jury', 'debate', 'expert', 'institution_address', 'programme_task', 'motion_or_petition', 'position_paper', 'audit_finding', 'report'])), name='recommendation_source_kind_is_known'),
        ),
        migrations.AddConstraint(
            model_name='recommendation',
            constraint=models.CheckConstraint(condition=models.Q(('wording_kind__in', ['verbatim', 'restated'])), name='recommendation_wording_kind_is_known'),
        ),
        migrations.AddConstraint(
            model_name='recommendation',
            constraint=models.CheckConstraint(condition=models.Q(('badge__in', ['reversed', 'no_information', 'not_started', 'stalled', 'in_progress', 'partially_implemented', 'declared', 'verified', 'mixed', 'closed_implemented', 'closed_implemented_other_means', 'closed_declined', 'closed_superseded', 'closed_no_longer_applicable', 'closed_not_competent', 'closed_without_answer', 'closed_unverifiable', 'closed_mixed'])), name='recommendation_badge_is_known'),
        ),
        migrations.AddConstraint(
            model_name='recommendationalias',
            constraint=models.CheckConstraint(condition=models.Q(('alias', ''), _negated=True), name='recommendation_alias_is_not_empty'),
        ),
        migrations.AddConstraint(
            model_name='recommendationlink',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['repeats', 'narrows', 'splits', 'merges', 'supersedes'])), name='recommendation_link_kind_is_known'),
        ),
        migrations.AddConstraint(
            model_name='stageentry',
            constraint=models.CheckConstraint(condition=models.Q(('refers_precision__in', ['day', 'month', 'year', 'range', 'about', 'before', 'after', 'unknown'])), name='stage_entry_precision_is_known'),
        ),
        migrations.AddConstraint(
            model_name='wording',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['verbatim', 'restated'])), name='wording_kind_is_known'),
        ),
    ]
