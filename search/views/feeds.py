"""Any search as an Atom feed: what it finds, by what was published or followed up last."""

import datetime as dt
from typing import Any

from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce, Greatest
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from pagekit.models import source_language
from recommendations.models import Recommendation, Wording
from recommendations.transfer.batches import rows
from recommendations.transfer.export import Row
from recommendations.views.feeds import EPOCH, DatedFeed, clean, conditional
from search.engines.base import EngineUnavailable
from search.templatetags.facet_tags import question_address
from search.views.exports import refused, unavailable
from search.views.page import Asked
from search.views.whole import whole

ENTRIES = 50
MOST_READ = 10_000


@require_safe
def feed(request: HttpRequest) -> HttpResponse:
    """At most fifty entries, the last changed first; 304 to who has this very list already."""
    asked = Asked.read(request)
    if refusal := refused(asked):
        return refusal
    try:
        found = whole(asked)
    except EngineUnavailable:
        return unavailable()
    text = printed(request, asked, last_changed(found, asked.typed.language))
    return conditional(request, text, Atom1Feed.content_type, asked.typed.language)


def last_changed(pks: tuple[int, ...], language: str) -> list[tuple[int, dt.datetime]]:
    """The recommendations whose wording or follow-up changed last, with the moment; those readers may see."""
    # An entry speaks of the newest wording in either language that the page may be shown in.
    spoken = Wording.objects.visible_to().filter(
        recommendation=OuterRef("pk"), language__in={language, source_language()}
    )
    newest = spoken.order_by("-published_at").values("published_at")[:1]
    # More than this no database takes in one question; the order is that of the search then.
    facts = Recommendation.objects.visible_to().filter(pk__in=pks[:MOST_READ])
    changed = facts.annotate(worded_at=Subquery(newest)).annotate(
        changed_at=Greatest(
            "published_at", Coalesce("worded_at", "published_at"), Coalesce("last_change_at", "published_at")
        )
    )
    return list(changed.order_by("-changed_at", "-pk").values_list("pk", "changed_at")[:ENTRIES])


def title_of(asked: Asked) -> str:
    if asked.typed.is_blank:
        return _("All recommendations")
    if asked.typed.text:
        return _("Search: %(text)s") % {"text": asked.typed.text}
    return _("Search with filters")


def printed(request: HttpRequest, asked: Asked, newest: list[tuple[int, dt.datetime]]) -> str:
    absolute = request.build_absolute_uri
    bare = asked.typed.with_page(1).without_picks()
    question = bare.encoded()
    own = reverse("search_feed") + (f"?{question}" if question else "")
    made = DatedFeed(
        title=f"{title_of(asked)} – {_('Forums on Migration Policy')}",
        link=absolute(question_address(bare)),
        description=None,
        language=asked.typed.language,
        feed_url=absolute(own),
        feed_guid=absolute(own),
        author_name=_("Forums on Migration Policy"),
    )
    made.last_changed = newest[0][1] if newest else EPOCH
    moments = dict(newest)
    for row in rows(list(moments), asked.typed.language, absolute):
        made.add_item(**entry(row, moments[row.fact.pk]))
    return made.writeString("utf-8")


def entry(row: Row, changed_at: dt.datetime) -> dict[str, Any]:
    fact = row.fact
    issuer = fact.issuer.page
    return {
        "title": clean(f"{fact.reference} · {fact.page.title}"),
        "link": row.address,
        "unique_id": row.address,
        # A summary is HTML by definition, and nobody has written any.
        "description": escape(clean(fact.page.text)),
        "author_name": clean(issuer.title) if issuer else None,
        "pubdate": fact.published_at,
        "updateddate": changed_at,
        "categories": [clean(theme.label) for theme in fact.themes.all()],
    }
