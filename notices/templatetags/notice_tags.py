"""What templates of other floors show of this one."""

from django import template

from notices.choices import RemarkState
from notices.models import Remark

register = template.Library()


@register.simple_tag
def new_remarks() -> int:
    """How many remarks of readers nobody has taken up."""
    return Remark.objects.filter(state=RemarkState.NEW).count()
