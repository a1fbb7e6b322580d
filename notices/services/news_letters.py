"""What is said to who follows something, to who told us something, and to moderators about the latter."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from forums.models import WorkingGroup
from notices import rules
from notices.choices import RemarkState
from notices.models import Message, Remark
from notices.services import news
from notices.services.keys import subscription_token
from notices.services.paper import Letter, Line, Section, absolute, in_words, line_of
from pagekit.models import attach_pages
from recommendations.templatetags.recommendation_tags import basis_words, refers_to, says, stage_says
from search.models import SavedSearch
from search.views.followed import followed, query_of


def digest(message: Message) -> Letter | None:
    """The news of a week, each piece once: what takes back a result stands first, the rest by what is followed."""
    shares = shares_of(message)
    loaded = news.load({key for _of, keys, _more in shares for key in keys})
    facts = loaded.facts
    attach_pages(facts)
    headings = headings_of([of for of, _keys, _more in shares])
    told: set[str] = set()

    def lines(keys: Iterable[str]) -> list[Line]:
        """One line for each recommendation, by reference; what was told before is left out."""
        by_fact: dict[int, list[str]] = defaultdict(list)
        facts: dict[int, Any] = {}
        for key in keys:
            if key in loaded and key not in told:
                told.add(key)
                fact = facts.setdefault(loaded.fact(key).pk, loaded.fact(key))
                by_fact[fact.pk].append(note_of(key, loaded))
        ordered = sorted(facts.values(), key=lambda fact: str(fact.reference))
        return [line_of(fact, by_fact[fact.pk]) for fact in ordered]

    everything = [key for _of, keys, _more in shares for key in keys]
    grave = lines(key for key in everything if key in loaded and news.is_grave(key, loaded))
    sections = [Section(_("Checked again: less than was reported"), grave)] if grave else []
    for of, keys, more in shares:
        heading, address = headings.get(of, ("", ""))
        section = Section(heading, lines(keys), more=more, more_url=absolute(address) if more else "")
        if heading and section.lines:
            sections.append(section)
    if not sections:
        return None
    count = len({line.reference for section in sections for line in section.lines})
    subject = ngettext(
        "News of the week: %(count)d recommendation", "News of the week: %(count)d recommendations", count
    )
    return Letter(
        subject % {"count": count},
        [
            _("This became public since the last mail about what you follow. Everything is as it stands on %(day)s.")
            % {"day": in_words(timezone.localdate())}
        ],
        sections,
    )


def shares_of(message: Message) -> list[tuple[str, list[str], str]]:
    """By what each share of a digest is told of: the newest keys that are public now, and how many more there are, in
    words."""
    public = news.public({key for share in message.news for key in share["pieces"]})
    found = []
    for share in message.news:
        keys = [key for key in share["pieces"] if key in public]
        # A mail that waits since before an update does not say whether it was cut.
        more = and_more(len(keys) - rules.MOST_NEWS, is_cut=share.get("is_cut", False))
        found.append((str(share["of"]), keys[-rules.MOST_NEWS :], more))
    return found


def and_more(number: int, *, is_cut: bool) -> str:
    """Empty where there is nothing more; `is_cut` where more may have been left out than are counted."""
    if number <= 0:
        return ""
    words = ngettext("and %(number)d piece of news more", "and %(number)d pieces of news more", number)
    if is_cut:
        words = ngettext(
            "and at least %(number)d piece of news more", "and at least %(number)d pieces of news more", number
        )
    return words % {"number": number}


def headings_of(names: Iterable[str]) -> dict[str, tuple[str, str]]:
    """What each share of a digest is called, and where it stands: ``search-3`` or ``group-7``."""
    pks: dict[str, list[int]] = {"search": [], "group": []}
    for name in names:
        kind, _dash, number = name.partition("-")
        pks[kind].append(int(number))
    searches = list(SavedSearch.objects.filter(pk__in=pks["search"]))
    found = {
        f"search-{saved.pk}": (one.name, one.address)
        for saved, one in zip(searches, followed(searches, get_language() or "pl"), strict=True)
    }
    groups = list(WorkingGroup.objects.visible_to().filter(pk__in=pks["group"]))
    attach_pages(groups)
    return found | {f"group-{group.pk}": (group.page.title, group.page.url) for group in groups if group.page}


def note_of(key: str, loaded: news.Loaded) -> str:
    """One piece in a sentence: whose it is, what it says, to which day it refers, on what it stands."""
    if key in loaded.recommendations:
        return _("New recommendation.")
    if key in loaded.stages:
        done = loaded.stages[key]
        who = ", ".join(str(body) for body in done.named_bodies)
        parts = [stage_says(done), "" if done.is_retraction else refers_to(done), who]
        return f"{done.chosen.stage}: {', '.join(filter(None, parts))}"
    if key in loaded.assessments:
        one = loaded.assessments[key]
        values = {"body": one.follow_up.assignment.organisation, "finding": one.get_finding_display()}
        return _("%(body)s: assessed by us: %(finding)s") % values + f". {says(one.follow_up)}"
    entry = loaded.entries[key]
    said = says(entry) or entry.get_kind_display()
    return f"{entry.assignment.organisation}: {said}, {refers_to(entry)} ({basis_words(entry)})"


def confirmation(message: Message) -> Letter | None:
    subscription = message.subscription
    if subscription is None or subscription.confirmed_at is not None:
        return None
    name = _("a search in the knowledge base")
    # Words that anybody typed would make a mail to strangers out of it; the page behind the link shows them.
    if not query_of(subscription.saved_search).text:
        (one,) = followed([subscription.saved_search], get_language() or "pl")
        name = one.name
    return Letter(
        _("Please confirm: %(name)s") % {"name": name},
        [
            _("Somebody, probably you, wants to follow this by mail: %(name)s.") % {"name": name},
            _("Nothing is sent before you confirm it. The link is valid for 48 hours."),
        ],
        closing=[
            _("If it was not you, do nothing: the address is deleted after 48 hours and gets no more mail from us.")
        ],
        link=absolute(reverse("follow_confirm", args=[subscription_token(subscription)])),
        link_text=_("Confirm"),
    )


def remarks(message: Message) -> Letter | None:
    """To moderators: what waits at their desk, nothing of what was written."""
    waiting = list(Remark.objects.filter(state=RemarkState.NEW).select_related("recommendation").order_by("pk"))
    if not waiting:
        return None
    facts = [remark.recommendation for remark in waiting]
    attach_pages(facts)
    subject = _("Readers told us something: %(count)d") % {"count": len(waiting)}
    lines = [line_of(remark.recommendation, [remark.get_kind_display()]) for remark in waiting]
    return Letter(
        subject,
        [_("These wait to be taken up or turned down. At most one such mail a day is sent.")],
        [Section(_("New"), lines)],
        link=absolute(reverse("remarks:index")),
        link_text=_("Open the list"),
    )


def answer(message: Message) -> Letter | None:
    """To who left an address: what came of what they told us."""
    remark = message.remark
    if remark is None:
        return None
    fact = remark.recommendation
    attach_pages([fact])
    values = {"reference": fact.reference, "day": in_words(timezone.localdate(remark.created_at))}
    done = remark.state == RemarkState.DONE
    lead = _("Thank you for what you told us on %(day)s. We have taken it into account.")
    if not done:
        lead = _("Thank you for what you told us on %(day)s. We have looked at it and change nothing.")
    notes = [remark.answer] if remark.answer else []
    line = line_of(fact, notes)
    if remark.entry_id:
        line = Line(line.reference, line.title, f"{line.url}#entry-{remark.entry_id}", notes)
    return Letter(
        _("What you told us about %(reference)s") % values,
        [lead % values],
        [Section(_("What came of it"), [line])],
        [_("Your address is deleted with this mail.")],
    )
