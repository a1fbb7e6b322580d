"""Run as a process of its own: approve the draft pages named as arguments, one act each; print their references."""

import os
import sys

import django

if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "cms.settings.test"
    django.setup()

    from recommendations.models import Recommendation, RecommendationPage
    from tests.factories.pages import publish

    for pk in sys.argv[1:]:
        page = publish(RecommendationPage.objects.get(pk=pk))
        sys.stdout.write(Recommendation.objects.get(translation_key=page.translation_key).reference + "\n")
