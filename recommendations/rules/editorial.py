"""Which editorial act may follow which, and what each needs: archive, withdrawal from publication, restoration."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from recommendations.choices import EditorialState

# From which states each state is reached.
FROM = {
    EditorialState.ARCHIVED: (EditorialState.PUBLISHED,),
    EditorialState.WITHDRAWN: (EditorialState.PUBLISHED, EditorialState.ARCHIVED),
    EditorialState.PUBLISHED: (EditorialState.ARCHIVED, EditorialState.WITHDRAWN),
}
STANDS_SO = {
    EditorialState.ARCHIVED: _("It is in the archive already. Restore it first."),
    EditorialState.WITHDRAWN: _("It is withdrawn from publication already. Restore it first."),
    EditorialState.PUBLISHED: _("It is neither archived nor withdrawn, so there is nothing to restore."),
}


def editorial_fault(before: str, after: str, *, reason: str, is_public: bool) -> Promise | None:
    """Why the act is refused and what would satisfy the rule, or None.

    ``is_public``: readers may see its page now.
    """
    if before not in FROM[EditorialState(after)]:
        return STANDS_SO[EditorialState(before)]
    if not reason.strip():
        return _("The reason is missing. Write it in a sentence; readers see it with the date.")
    if after == EditorialState.ARCHIVED and not is_public:
        return _("Only what readers can see is put into the archive. Publish the page first.")
    return None
