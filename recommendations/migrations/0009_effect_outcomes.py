"""Expected effects closed: what became of what a group announced, in rows that are only added."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('forums', '0002_initial'),
        ('recommendations', '0008_editorial_acts'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='EffectOutcome',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('open', 'open'), ('reached', 'reached'), ('partly', 'reached in part'), ('not_reached', 'not reached')], max_length=15, verbose_name='state')),
                ('note', models.TextField(blank=True, verbose_name='note')),
                ('judged_on', models.DateField(verbose_name='judged on')),
                ('recorded_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='recorded at')),
                ('effect', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='outcomes', to='forums.expectedeffect')),
                ('recommendation', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='recommendations.recommendation', verbose_name='recommendation')),
                ('recorded_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'outcome of an expected effect',
                'verbose_name_plural': 'outcomes of expected effects',
                'ordering': ['id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['open', 'reached', 'partly', 'not_reached'])), name='effect_outcome_state_is_known'), models.CheckConstraint(condition=models.Q(models.Q(('recommendation__isnull', False), ('state__in', ('reached', 'partly'))), models.Q(models.Q(('state__in', ('reached', 'partly')), _negated=True), ('recommendation__isnull', True)), _connector='OR'), name='effect_outcome_is_met_by_a_recommendation'), models.CheckConstraint(condition=models.Q(('state', 'reached'), models.Q(('note', ''), _negated=True), _connector='OR'), name='effect_outcome_says_why_unless_reached')],
            },
        ),
    ]
