"""Whether readers could ever take a document: then it is kept as it was."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('pagekit', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='customdocument',
            name='was_public',
            field=models.BooleanField(db_default=False, default=False, editable=False, verbose_name='was public'),
        ),
    ]
