"""What the editors did to a page that was public: archive, withdrawal from publication, restoration; and why."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('forums', '0002_initial'),
        ('recommendations', '0007_intakes'),
        ('taxonomy', '0001_initial'),
        ('wagtailcore', '0098_apitoken'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='EditorialAct',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('published', 'published'), ('archived', 'archived'), ('withdrawn', 'withdrawn from publication')], max_length=10, verbose_name='editorial state')),
                ('reason', models.TextField(verbose_name='reason')),
                ('recorded_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='recorded at')),
            ],
            options={
                'verbose_name': 'editorial act',
                'verbose_name_plural': 'editorial acts',
                'ordering': ['-recorded_at', '-id'],
                'permissions': [('archive_recommendation', 'Can put a recommendation into the archive and restore it'), ('withdraw_recommendation', 'Can withdraw a recommendation from publication and restore it')],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='KeptRevision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ],
        ),
        migrations.AddField(
            model_name='recommendation',
            name='editorial_state',
            field=models.CharField(choices=[('published', 'published'), ('archived', 'archived'), ('withdrawn', 'withdrawn from publication')], db_default='published', default='published', max_length=10, verbose_name='editorial state'),
        ),
        migrations.AddConstraint(
            model_name='recommendation',
            constraint=models.CheckConstraint(condition=models.Q(('editorial_state__in', ['published', 'archived', 'withdrawn'])), name='recommendation_editorial_state_is_known'),
        ),
        migrations.AddField(
            model_name='editorialact',
            name='recommendation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='editorial_acts', to='recommendations.recommendation'),
        ),
        migrations.AddField(
            model_name='editorialact',
            name='recorded_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='keptrevision',
            name='act',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='kept', to='recommendations.editorialact'),
        ),
        migrations.AddField(
            model_name='keptrevision',
            name='revision',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='wagtailcore.revision'),
        ),
        migrations.AddConstraint(
            model_name='editorialact',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['published', 'archived', 'withdrawn'])), name='editorial_act_is_known'),
        ),
        migrations.AddConstraint(
            model_name='editorialact',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='editorial_act_gives_its_reason'),
        ),
        migrations.AddConstraint(
            model_name='keptrevision',
            constraint=models.UniqueConstraint(fields=('act', 'revision'), name='kept_revision_stands_once'),
        ),
    ]
