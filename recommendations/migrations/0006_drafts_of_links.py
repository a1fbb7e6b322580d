"""What was typed behind a mailed link is kept apart from what was typed by account."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("recommendations", "0005_action_stages"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="replydraft",
            name="reply_draft_is_one_a_person_and_item",
        ),
        migrations.AddField(
            model_name="replydraft",
            name="way",
            field=models.CharField(blank=True, db_default="", default="", max_length=40, verbose_name="way"),
        ),
        migrations.AddConstraint(
            model_name="replydraft",
            constraint=models.UniqueConstraint(fields=("user", "assignment", "way"), name="reply_draft_is_one_a_way"),
        ),
    ]
