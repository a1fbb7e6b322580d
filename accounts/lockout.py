"""How many wrong passwords are too many, beside django-axes' lock of the account: the lock of an address.

An account is closed for a quarter of an hour after AXES_FAILURE_LIMIT wrong tries from anywhere; an address after
``ADDRESS_LIMIT`` tries on whatever accounts. Other accounts and other addresses are not touched. Who signs in at last
takes the own tries out of both counts (AXES_RESET_ON_SUCCESS), so colleagues behind one address do not add up; the
tries on other accounts stay, or whoever has one account could go on guessing at all others.
"""

from datetime import timedelta
from ipaddress import ip_address

from axes.helpers import get_client_ip_address
from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

ADDRESS_LIMIT = 10
COOL_OFF = timedelta(hours=settings.AXES_COOLOFF_TIME)


def address_told_by_proxy(request: HttpRequest) -> str | None:
    """The client's address where a web server of ours stands in front (BEHIND_PROXY), whose own all would share.

    That server appends it to X-Forwarded-For; what stands before it anybody may have sent.
    """
    told = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    try:
        return str(ip_address(told))
    except ValueError:
        return request.META.get("REMOTE_ADDR")


def is_address_locked(request: HttpRequest) -> bool:
    """Whether the request's address collected ``ADDRESS_LIMIT`` wrong passwords within the cool-off time."""
    recent = AccessAttempt.objects.filter(
        ip_address=get_client_ip_address(request), attempt_time__gte=timezone.now() - COOL_OFF
    )
    return (recent.aggregate(tries=Sum("failures_since_start"))["tries"] or 0) >= ADDRESS_LIMIT


def locked_out(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
    """The answer to who tried too often: 429, when to come back, and nothing about the account."""
    response = render(request, "accounts/locked_out.html", {"minutes": int(COOL_OFF.total_seconds() // 60)}, status=429)
    response.headers["Retry-After"] = str(int(COOL_OFF.total_seconds()))
    return response
