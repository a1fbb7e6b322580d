"""The database refuses kinds, precisions and states of forums, groups and effects that nobody knows."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('forums', '0002_initial'),
        ('taxonomy', '0002_known_values'),
    ]

    operations = [
        migrations.AddConstraint(
            model_name='expectedeffect',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['open', 'reached', 'partly', 'not_reached'])), name='expected_effect_state_is_known'),
        ),
        migrations.AddConstraint(
            model_name='forum',
            constraint=models.CheckConstraint(condition=models.Q(('precision__in', ['day', 'month', 'year', 'range', 'about', 'before', 'after', 'unknown'])), name='forum_precision_is_known'),
        ),
        migrations.AddConstraint(
            model_name='forum',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['forum', 'round-table', 'workshop', 'seminar', 'debate', 'award-round', 'campaign', 'project', 'programme', 'institution', 'petition', 'audit', 'motion'])), name='forum_kind_is_known'),
        ),
        migrations.AddConstraint(
            model_name='workinggroup',
            constraint=models.CheckConstraint(condition=models.Q(('precision__in', ['day', 'month', 'year', 'range', 'about', 'before', 'after', 'unknown'])), name='workinggroup_precision_is_known'),
        ),
        migrations.AddConstraint(
            model_name='workinggroup',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['group', 'track', 'debate', 'panel', 'jury'])), name='working_group_kind_is_known'),
        ),
        migrations.AddConstraint(
            model_name='workinggroup',
            constraint=models.CheckConstraint(condition=models.Q(('set_state__in', ['complete', 'partial', 'not_recovered'])), name='working_group_set_state_is_known'),
        ),
    ]
