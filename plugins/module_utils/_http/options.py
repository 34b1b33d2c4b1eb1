# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""The options that every module, and later inventory and lookup, take to reach PostHog.

Private to this collection: it may change without notice. The documentation of these options is the fragment
C(community.posthog.connection).
"""

from __future__ import annotations

import os
import typing as t

from ansible.module_utils.basic import AnsibleFallbackNotFound

from ansible_collections.community.posthog.plugins.module_utils._data.errors import PostHogFailure
from ansible_collections.community.posthog.plugins.module_utils._http.connection import (
    A_MINUTE,
    REGIONS,
    Connection,
    checked_host,
    is_cloud,
)


def env_fallback(*names: str, **dummy: t.Any) -> str:
    """The first environment variable that is set to something.

    Ansible's own C(env_fallback) takes an empty variable for a value. AWX sets the variables of a credential's empty
    fields to the empty string, so here empty is unset.

    :param names: names of environment variables.
    :returns: the value.
    :raises AnsibleFallbackNotFound: none is set.
    """
    for name in names:
        # A file or a vault often ends in a line break.
        value = os.environ.get(name, "").strip()
        if value:
            return value
    raise AnsibleFallbackNotFound


def connection_spec() -> dict[str, dict[str, t.Any]]:
    """The argument spec of the connection options.

    :returns: a new dictionary.
    """
    return {
        "api_key": {"type": "str", "no_log": True, "fallback": (env_fallback, ["POSTHOG_API_KEY"])},
        "region": {"type": "str", "choices": sorted(REGIONS), "fallback": (env_fallback, ["POSTHOG_REGION"])},
        "host": {"type": "str", "fallback": (env_fallback, ["POSTHOG_HOST"])},
        "organization": {"type": "str", "fallback": (env_fallback, ["POSTHOG_ORGANIZATION_ID"])},
        "project": {"type": "str", "fallback": (env_fallback, ["POSTHOG_PROJECT_ID"])},
        "validate_certs": {"type": "bool", "default": True, "fallback": (env_fallback, ["POSTHOG_VALIDATE_CERTS"])},
        "ca_path": {"type": "path", "fallback": (env_fallback, ["POSTHOG_CA_PATH"])},
        "timeout": {"type": "float", "default": 30.0, "fallback": (env_fallback, ["POSTHOG_TIMEOUT"])},
        "retries": {"type": "int", "default": 5, "fallback": (env_fallback, ["POSTHOG_RETRIES"])},
        "max_wait": {"type": "float", "default": 300.0, "fallback": (env_fallback, ["POSTHOG_MAX_WAIT"])},
        "rate_limit": {"type": "int", "fallback": (env_fallback, ["POSTHOG_RATE_LIMIT"])},
    }


def without_empty(raw: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """Options without those of the connection that are empty, which count as not given, and blanks around others.

    :param raw: a task's options.
    :returns: a copy.
    """
    names = connection_spec()
    trimmed = {key: value.strip() if key in names and isinstance(value, str) else value for key, value in raw.items()}
    return {key: value for key, value in trimmed.items() if not (key in names and (value is None or value == ""))}


def connection(raw: t.Mapping[str, t.Any], params: t.Mapping[str, t.Any], *, needs_key: bool = True) -> Connection:
    """Where PostHog is, out of a task's options and the environment.

    What a task says beats the environment: a task with O(region) is not disturbed by C(POSTHOG_HOST).

    :param raw: the options that the task itself gave.
    :param params: the validated options, environment included.
    :param needs_key: whether nothing can be done without a key.
    :returns: the connection.
    :raises PostHogFailure: no key, a project token in its place, both region and host, a host that is none.
    """
    key = (params.get("api_key") or "").strip()
    if not key and needs_key:
        raise PostHogFailure(
            "api_key: no API key was given; set api_key or the environment variable POSTHOG_API_KEY "
            "(a module that runs on another host, or with become, does not see the controller's environment)"
        )
    if key.startswith("phc_"):
        raise PostHogFailure(
            "api_key: this is a project token (phc_...), which only takes events in; "
            "the API needs a personal API key (phx_...), made under Settings, Personal API keys"
        )
    if key.startswith("phs_"):
        raise PostHogFailure(
            "api_key: this is a project secret key (phs_...), which cannot configure anything; "
            "the API needs a personal API key (phx_...), made under Settings, Personal API keys"
        )
    if any(char.isspace() or ord(char) < 33 or ord(char) > 126 for char in key):
        raise PostHogFailure("api_key: the key holds spaces or characters that no key has; was it pasted whole?")
    region, host = params.get("region") or None, params.get("host") or None
    if region and host and str(host).rstrip("/") == REGIONS.get(str(region)):
        # Both say the same, as the variables of an inventory's hosts do.
        region = None
    if region and host:
        said_region, said_host = bool(raw.get("region")), bool(raw.get("host"))
        if said_region == said_host:
            where = "both are given" if said_region else "POSTHOG_REGION and POSTHOG_HOST are both set"
            raise PostHogFailure(
                f"region, host: {where}; a region is PostHog Cloud, a host is your own, so give one of them"
            )
        region, host = (region, None) if said_region else (None, host)
    for name in ("timeout", "max_wait"):
        if not params[name] > 0:
            raise PostHogFailure(f"{name}: must be more than 0 seconds, not {params[name]:g}")
    for name in ("retries", "rate_limit"):
        if (params.get(name) or 0) < 0:
            raise PostHogFailure(f"{name}: must not be negative")
    verify: bool | str = bool(params.get("validate_certs", True))
    if verify and params.get("ca_path"):
        verify = str(params["ca_path"])
        if not os.path.exists(verify):
            raise PostHogFailure(f"ca_path: {verify} does not exist")
    url = checked_host(str(host)) if host else REGIONS[str(region or "us")]
    limit = params.get("rate_limit")
    return Connection(
        host=url,
        api_key=key,
        verify=verify,
        timeout=float(params["timeout"]),
        retries=int(params["retries"]),
        max_wait=float(params["max_wait"]),
        rate_limit=int(limit) if limit is not None else A_MINUTE if is_cloud(url) else 0,
        learns_limit=limit is None and not is_cloud(url),
    )
