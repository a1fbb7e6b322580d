"""Where short notes to a reader wait for the next page: in a cookie that no subdomain can set."""

from django.contrib.messages.storage.base import BaseStorage
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.messages.storage.session import SessionStorage


class HostCookieStorage(CookieStorage):
    cookie_name = "__Host-messages"


class HostStorage(FallbackStorage):
    """As Django's own, under a name with the prefix that all our cookies have over HTTPS."""

    storage_classes: tuple[type[BaseStorage], ...] = (HostCookieStorage, SessionStorage)
