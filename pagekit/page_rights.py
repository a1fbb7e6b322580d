"""What somebody may do with a page, answered without a question to the database for each row of a list."""

from wagtail.models.pages import PagePermissionTester


class ContentPageRights(PagePermissionTester):
    """Wagtail's own; only who may publish may take away what is public, and a page without others below is alone."""

    def can_add_subpage(self) -> bool:
        # Wagtail first counts what stands there already, for kinds of pages that stand once.
        if self.user.is_active and not self.user.is_superuser and "add" not in self.permissions:
            return False
        return bool(super().can_add_subpage())

    def can_delete(self, ignore_bulk: bool = False) -> bool:
        # Wagtail counts public pages below, at every row of every list; for these two the page itself says it.
        if self.user.is_active and not self.user.is_superuser and "publish" not in self.permissions:
            if self.page.live:
                return False
            if "change" in self.permissions and self.page.is_leaf() and not self.page_is_root:
                return True
        return bool(super().can_delete(ignore_bulk))
