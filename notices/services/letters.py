"""What a mail says, for each kind of it: here to officials and moderators, in ``news_letters`` to who follows, in
``page_letters`` to who writes, approves and translates.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from itertools import groupby

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from notices import rules
from notices.choices import Kind, Stage
from notices.models import Message, MessageItem, ReplyLink
from notices.services import news_letters, page_letters
from notices.services.invitations import Standing, standing_of
from notices.services.invitations import token_of as invitation_token
from notices.services.paper import Letter, Section, absolute, in_words, line_of, ways
from notices.services.recipients import language_of
from notices.services.reply_links import token_of
from pagekit.models import attach_pages
from recommendations.choices import Finding
from recommendations.models import Assignment, FollowUp
from recommendations.rules import POSITION_WITHIN, next_due, state_of, waiting_claim
from recommendations.services.log import clock_of, entries_of, state_in_caches, staying_over


def write_letter(message: Message) -> bool:
    """Write subject and texts into a message (not saved); False where nothing is left to be said."""
    language = language_of(message)
    with translation.override(language):
        letter = COMPOSERS[Kind(message.kind)](message)
        if letter is None:
            return False
        context = {
            "letter": letter,
            "language": language,
            "site": settings.SITE_NAME,
            "home": settings.WAGTAILADMIN_BASE_URL,
            "ways": ways(message),
        }
        message.language = language
        # A new line in a name would forge a header.
        message.subject = " ".join(letter.subject.split())[:250]
        message.text = render_to_string("notices/letter.txt", context)
        message.html = render_to_string("notices/letter.html", context)
    return True


def reminder(message: Message) -> Letter | None:
    items = standing_items(message)
    if not items:
        return None
    attach_pages([item.assignment.recommendation for item in items])
    links = {
        link.mandate.organisation_id: link
        for link in message.reply_links.filter(ended_at=None).select_related("mandate")
    }
    sections = []
    for body, group in groupby(items, key=lambda item: item.assignment.answering):
        sections.append(section_of(str(body), list(group), links.get(body.pk)))
    names = ", ".join(section.heading for section in sections)
    count = len(items)
    subject = ngettext(
        "%(count)d recommendation waits for an answer: %(names)s",
        "%(count)d recommendations wait for an answer: %(names)s",
        count,
    ) % {"count": count, "names": names}
    lead = [
        _(
            "This public knowledge base keeps what was recommended at the forums on local migration policy, what the "
            "institutions answered and what they did."
        )
    ]
    if links:
        lead.append(_("An answer takes a few minutes and needs no account. “No change” is an answer too."))
    else:
        lead.append(_("You get this as a moderator: the institutions below were reminded and have not answered."))
    closing = []
    if links:
        closing.append(
            _(
                "The same page offers “It is not me”, if somebody else answers for the institution, and a pause of "
                "these mails. Please do not pass the address on: whoever has it answers for the institution."
            )
        )
    return Letter(subject, lead, sections, closing)


def section_of(heading: str, items: list[MessageItem], link: ReplyLink | None) -> Section:
    lines = [line_of(item.assignment.recommendation, [note_of(item)]) for item in items]
    if link is None:
        return Section(heading, lines)
    until = in_words(timezone.localdate(link.created_at + rules.LINK_LIFE))
    return Section(heading, lines, absolute(reverse("reply_link", args=[token_of(link)])), until)


def standing_items(message: Message) -> list[MessageItem]:
    """The items of a reminder that still wait: what was answered or closed since it was queued is left out."""
    rows = Assignment.objects.visible_to().open().silent_since(message.created_at).filter(is_withdrawn=False)
    items = message.items.filter(assignment__in=rows.filter(pk__in=message.items.values("assignment")))
    return sorted(
        items.select_related("assignment__organisation", "assignment__taken_over_by", "assignment__recommendation"),
        key=lambda item: (
            item.assignment.answering.label,
            item.assignment.answering.pk,
            item.due_on or dt.date.max,
            item.assignment.recommendation.reference,
        ),
    )


def next_report(assignment: Assignment) -> dt.date:
    """The day of the next report of a body that answered before it was notified: its clock starts with this mail."""
    clock, today = clock_of(assignment), timezone.localdate()
    return next_due(replace(clock, notified_on=clock.notified_on or today), state_in_caches(assignment)) or today


def note_of(item: MessageItem) -> str:
    """When an answer is due, and what follows from the day that has passed."""
    if item.due_on is None:
        if item.assignment.last_answered_at:
            return _("The answer of the institution is known here. The next report is due on %(day)s.") % {
                "day": in_words(next_report(item.assignment))
            }
        return _("Please let us know the position of the institution within %(days)d days.") % {
            "days": POSITION_WITHIN.days
        }
    day = in_words(item.due_on)
    if not rules.is_after(Stage(item.stage)):
        return _("An answer is due on %(day)s.") % {"day": day}
    if item.stage == Stage.AFTER_30:
        return _("An answer was due on %(day)s; a deputy, if there is one, is reminded as well.") % {"day": day}
    if item.stage == Stage.AFTER_60:
        return _("An answer was due on %(day)s; the moderators are told as well.") % {"day": day}
    return _(
        "An answer was due on %(day)s. The public page says now that no answer came; this is the last reminder."
    ) % {"day": day}


def receipt(message: Message) -> Letter | None:
    entry = message.entry
    if entry is None:
        return None
    row = with_page(entry.assignment)
    notes = [said(entry)]
    if entry.text:
        notes.append(f"„{entry.text}”" if entry.language == "pl" else f"“{entry.text}”")
    closing = [
        _("Readers see the entry with its date and the name of the institution; your own name is shown nowhere.")
    ]
    entries = entries_of(row)
    waits = waiting_claim(entries, state_of(entries, today=timezone.localdate()))
    if waits and waits.entry.id == entry.pk:
        closing.append(
            _("A moderator assesses it by %(day)s; you will be told what was found.") % {"day": in_words(waits.due)}
        )
    if entry.competent_body:
        closing.append(
            _("A moderator reads it; when it is accepted, %(body)s is asked instead.") % {"body": entry.competent_body}
        )
    stays = staying_over(entry)
    if stays and stays.refers_on:
        closing.insert(
            0,
            _(
                "It stands in the history: “%(said)s” refers to a later date, %(day)s, and stays the state. If yours "
                "is so today, send it again with the date of today."
            )
            % {"said": said(stays), "day": in_words(stays.refers_on)},
        )
    closing.append(_("An entry cannot be changed. If it is wrong, send a newer one; the history keeps both."))
    return Letter(
        _("Receipt: answer recorded for %(reference)s") % {"reference": row.recommendation.reference},
        [
            _("On %(day)s the answer of %(institution)s was recorded.")
            % {"day": in_words(timezone.localdate(entry.recorded_at)), "institution": row.answering}
        ],
        [Section(str(row.answering), [line_of(row.recommendation, notes)])],
        closing,
    )


def finding(message: Message) -> Letter | None:
    assessment = message.assessment
    if assessment is None:
        return None
    entry = assessment.follow_up
    row = with_page(entry.assignment)
    values = {"reference": row.recommendation.reference, "day": in_words(assessment.public_from)}
    subjects = {
        Finding.CONFIRMS: _("Confirmed: %(reference)s"),
        Finding.HOLDS: _("Checked again, and it still holds: %(reference)s"),
        Finding.WEAKENED: _("No longer confirmed: %(reference)s"),
        Finding.CONTRADICTS: _("Contradicted: %(reference)s"),
        Finding.RETURNED: _("A question about your answer: %(reference)s"),
    }
    lead = [
        _("A moderator has assessed what %(institution)s reported: %(finding)s.")
        % {"institution": row.answering, "finding": assessment.get_finding_display()}
    ]
    if assessment.finding == Finding.CONTRADICTS:
        lead.append(
            _(
                "You have the right of reply: this becomes public on %(day)s, and what you answer until then stands "
                "beside it."
            )
            % values
        )
    notes = [said(entry), _("The reason: %(text)s") % {"text": assessment.text}]
    return Letter(
        subjects[Finding(assessment.finding)] % values,
        lead,
        [Section(str(row.answering), [line_of(row.recommendation, notes)])],
        [_("To answer, sign in and open “My institution”: %(url)s") % {"url": absolute(reverse("my_institution"))}],
    )


def not_me(message: Message) -> Letter | None:
    mandate = message.mandate
    if mandate is None:
        return None
    values = {"person": mandate.user.get_username(), "institution": mandate.organisation}
    return Letter(
        _("It is not me: a contact of %(institution)s") % values,
        [
            _("Whoever opened the link that was mailed to %(person)s is not the contact of %(institution)s.") % values,
            _("The link has ended and no reminder goes to this mandate. End the mandate and name another contact."),
        ],
    )


def invitation(message: Message) -> Letter | None:
    invited = message.invitation
    if invited is None or standing_of(invited) != Standing.OPEN:
        return None
    person = invited.user
    until = timezone.localtime(invited.created_at + rules.INVITATION_LIFE)
    values = {
        "site": settings.SITE_NAME,
        "name": person.get_username(),
        "moment": date_format(until, "j E Y, H:i"),
    }
    lead = [
        _("An administrator has opened an account for you in the knowledge base “%(site)s”.") % values,
        _("Your user name: %(name)s") % values,
    ]
    bodies = [str(mandate.organisation) for mandate in person.mandates.active().select_related("organisation")]
    if bodies:
        lead.append(_("You answer for: %(names)s") % {"names": ", ".join(bodies)})
    lead.append(
        _("Choose a password on the page below, until %(moment)s. The link works once; do not pass it on.") % values
    )
    return Letter(
        _("Invitation: %(site)s") % values,
        lead,
        closing=[_("If you did not expect this mail, do nothing: without the password nobody signs in.")],
        link=absolute(reverse("invitation", args=[invitation_token(invited)])),
        link_text=_("Choose a password"),
    )


COMPOSERS: dict[Kind, Callable[[Message], Letter | None]] = {
    Kind.REMINDER: reminder,
    Kind.RECEIPT: receipt,
    Kind.FINDING: finding,
    Kind.NOT_ME: not_me,
    Kind.DIGEST: news_letters.digest,
    Kind.CONFIRM: news_letters.confirmation,
    Kind.REMARKS: news_letters.remarks,
    Kind.ANSWER: news_letters.answer,
    Kind.INVITATION: invitation,
    **page_letters.COMPOSERS,
}


def said(entry: FollowUp) -> str:
    """What an entry says in its two words: its kind, and the position or the state."""
    value = entry.get_position_display() or entry.get_implementation_display() or entry.get_closure_display()
    return f"{entry.get_kind_display()}: {value}" if value else str(entry.get_kind_display())


def with_page(row: Assignment) -> Assignment:
    attach_pages([row.recommendation])
    return row
