"""What the settings of Elasticsearch mean, and what is wrong with them: pure, and without its client."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

_PREFIX = re.compile(r"[a-z0-9][a-z0-9_-]{0,99}")
_LOCAL = {"localhost", "127.0.0.1", "::1"}


@dataclass(frozen=True)
class Address:
    """Where the server is and what our indexes are called: `prefix` is the alias, and what their names begin with."""

    hosts: tuple[str, ...]
    api_key: str = ""
    ca_file: str = ""
    prefix: str = "forum"
    shards: int = 1
    replicas: int = 1


def read(*, url: str, api_key: str, ca_file: str, index_prefix: str, shards: str, replicas: str) -> Address:
    """The address of settings without faults."""
    return Address(tuple(_hosts(url)), api_key, ca_file, index_prefix, int(shards), int(replicas))


def faults(*, url: str, api_key: str, ca_file: str, index_prefix: str, shards: str, replicas: str) -> list[str]:
    """One sentence for each setting that cannot be used; secrets are not repeated."""
    found = []
    hosts = _hosts(url)
    if not hosts or not all(map(_is_host, hosts)):
        found.append("ELASTICSEARCH_URL is no address: write https://host:9200, several with commas between them.")
    elif api_key and any(_is_open(host) for host in hosts):
        found.append("ELASTICSEARCH_API_KEY would cross the network in the clear: let ELASTICSEARCH_URL be https.")
    if ca_file and not Path(ca_file).is_file():
        found.append(f"ELASTICSEARCH_CA_FILE is {ca_file}, where there is no file.")
    elif ca_file and any(host.startswith("http:") for host in hosts):
        found.append("ELASTICSEARCH_CA_FILE is of no use without https in ELASTICSEARCH_URL.")
    if not _PREFIX.fullmatch(index_prefix):
        found.append("ELASTICSEARCH_INDEX_PREFIX must be lower-case letters, digits, - and _, a letter or digit first.")
    if not _is_between(shards, 1, 1024):
        found.append(f"ELASTICSEARCH_SHARDS is {shards!r}; it must be a number from 1 to 1024.")
    if not _is_between(replicas, 0, 100):
        found.append(f"ELASTICSEARCH_REPLICAS is {replicas!r}; it must be a number from 0 to 100.")
    return found


def _hosts(url: str) -> list[str]:
    return [host for part in url.split(",") if (host := _with_port(part.strip().rstrip("/")))]


def _with_port(host: str) -> str:
    # The client insists on a port.
    try:
        parts = urlsplit(host)
        if parts.scheme in {"http", "https"} and parts.hostname and not parts.port and not parts.path:
            return f"{host}:{443 if parts.scheme == 'https' else 9200}"
    except ValueError:
        pass
    return host


def _is_host(host: str) -> bool:
    try:
        parts = urlsplit(host)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and bool(parts.port)
    except ValueError:
        return False


def _is_open(host: str) -> bool:
    parts = urlsplit(host)
    return parts.scheme == "http" and parts.hostname not in _LOCAL


def _is_between(number: str, lowest: int, highest: int) -> bool:
    return number.isascii() and number.isdigit() and len(number) < 6 and lowest <= int(number) <= highest
