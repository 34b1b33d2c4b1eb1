# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Where PostHog is, and how patiently it is asked: the connection, and the check of its base URL.

Private to this collection: it may change without notice.
"""

from __future__ import annotations

import re
import typing as t
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from ansible_collections.community.posthog.plugins.module_utils._data.errors import PostHogFailure

#: Regions of PostHog Cloud and their API hosts (API.md chapter 1). Ingestion has other hosts.
REGIONS: t.Final[dict[str, str]] = {"us": "https://us.posthog.com", "eu": "https://eu.posthog.com"}

#: The hosts of PostHog Cloud; the old one answers with redirects.
_CLOUD: t.Final = frozenset({"us.posthog.com", "eu.posthog.com", "app.posthog.com"})

#: Requests a minute that PostHog allows a key, where it limits them.
A_MINUTE: t.Final = 480

#: First parts of paths that are PostHog's own: its API, and pages that people copy from a browser.
_PAGES: t.Final = frozenset(
    {"api", "project", "projects", "environments", "organization", "organizations", "settings", "login", "signup"}
)

_LOOPBACK: t.Final = re.compile(r"^(localhost|127(\.\d{1,3}){3}|::1)$")


@dataclass(frozen=True)
class Connection:
    """Where PostHog is and how patiently it is asked.

    :param host: base URL without a trailing slash.
    :param api_key: personal API key (C(phx_...)) or OAuth access token (C(pha_...)).
    :param verify: True, False, or the path of a CA bundle, as C(requests) takes it.
    :param timeout: seconds that one answer may take.
    :param retries: how often one call is repeated after a transient fault; waiting for a rate limit does not count.
    :param max_wait: seconds that one call may take in all, with its repeats and waits.
    :param rate_limit: requests a minute that are not exceeded; 0 means no limit of our own.
    :param learns_limit: whether the server limits requests is not known; once it answers 429, it does.
    """

    host: str
    api_key: str = field(repr=False)
    verify: bool | str = True
    timeout: float = 30.0
    retries: int = 5
    max_wait: float = 300.0
    rate_limit: int = A_MINUTE
    learns_limit: bool = False


def is_cloud(host: str) -> bool:
    """Whether a base URL is one of PostHog Cloud, which limits the requests of every key.

    :param host: the URL, without a trailing slash.
    :returns: False for a host of one's own, where PostHog's limit (its setting RATE_LIMIT_ENABLED) is off by default.
    """
    return urlsplit(host).hostname in _CLOUD


def checked_host(host: str) -> str:
    """Check a base URL that a user gave.

    :param host: for example C(https://posthog.example.com).
    :returns: the URL without a trailing slash.
    :raises PostHogFailure: no scheme, plain http to a host that is not loopback, credentials or a query in the URL,
        or an ingestion host.
    """
    if "@" in host or "?" in host or "#" in host:
        # The text is not repeated here: what stands before an @ may be a password.
        raise PostHogFailure(
            "host: give only scheme, name and port (https://posthog.example.com); "
            "credentials and queries do not belong there"
        )
    try:
        parts = urlsplit(host)
        valid = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        valid = False
    if not valid:
        raise PostHogFailure(
            f"host: {host!r} is no base URL; write it with its scheme, for example https://posthog.example.com"
        )
    if parts.scheme == "http" and not _LOOPBACK.match(str(parts.hostname)):
        raise PostHogFailure(
            f"host: {host} is plain http, and the key would cross the network unencrypted; "
            "use https (http is taken for loopback only)"
        )
    ingestion = re.fullmatch(r"(us|eu)\.i\.posthog\.com", str(parts.hostname))
    if ingestion:
        region = ingestion.group(1)
        raise PostHogFailure(
            f"host: {parts.hostname} takes events only; the API is at {REGIONS[region]} (region: {region})"
        )
    _refuse_page(host)
    return host.rstrip("/")


def _refuse_page(host: str) -> None:
    """Refuse the address of a page or of the API in place of the base URL, as it is copied from a browser.

    :param host: a URL.
    :raises PostHogFailure: a part of its path is PostHog's own.
    """
    parts = urlsplit(host)
    steps = [step for step in parts.path.split("/") if step]
    cloud = str(parts.hostname) == "posthog.com" or str(parts.hostname).endswith(".posthog.com")
    found = next((index for index, step in enumerate(steps) if cloud or step.lower() in _PAGES), None)
    if found is None:
        return
    base = "/".join([f"{parts.scheme}://{parts.netloc}", *steps[:found]])
    number = re.search(r"/(?:projects?|environments)/(\d+)(?:/|$)", parts.path)
    hint = f", and project: {number.group(1)} beside it" if number else ""
    raise PostHogFailure(f"host: {host} is the address of a page or of the API; give only {base}{hint}")
