"""Where moderators write to an office that has no contact yet."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('taxonomy', '0002_known_values'),
    ]

    operations = [
        migrations.AddField(
            model_name='organisation',
            name='email',
            field=models.EmailField(blank=True, db_default='', default='', help_text="The office's own e-mail address, for letters of the moderators; not shown to readers.", max_length=254, verbose_name='contact address'),
        ),
    ]
