# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Keep secret texts out of everything that a task prints, on every ansible-core.

Private to this collection: it may change without notice.

ansible-core has C(remove_values) for results, which is deprecated since 2.22 and takes away each occurrence of a
secret, however short. From 2.22 on it masks what is registered with it in what it prints, but not in results that
playbooks register or write to files. So results are masked here, and what is long enough is registered there too.
"""

from __future__ import annotations

import difflib
import re
import typing as t
from collections.abc import Mapping

try:
    from ansible.module_utils.secrets import register_secrets as _register_secrets
except ImportError:  # before ansible-core 2.22
    _register_secrets = None

#: What stands in place of a secret.
MASK: t.Final = "********"

#: What Ansible puts in place of an option that is secret as a whole.
HIDDEN: t.Final = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"

#: A shorter secret is masked only where it stands as a word of its own: C(1) or C(app) would destroy ids and words.
SHORTEST: t.Final = 6

#: What a mistyped option was meant to be, besides the options that are secret.
_SECRET_NAMES: t.Final = ("api_key", "apikey", "access_key", "secret", "token", "password", "passphrase", "private_key")


def register(texts: t.Iterable[str]) -> None:
    """Let ansible-core mask secrets in all that it prints, where it can (2.22 and later).

    :param texts: the secrets. Short ones are left out, since Ansible would mask them inside other words.
    """
    if _register_secrets is not None:
        _register_secrets([text for text in texts if len(text.strip()) >= SHORTEST])


def lasting(texts: t.Iterable[str]) -> set[str]:
    """The secrets that may be masked wherever they occur.

    :param texts: secrets.
    :returns: those that are long enough.
    """
    return {text for text in texts if len(text) >= SHORTEST}


def without_secrets(value: t.Any, secrets: t.Iterable[str]) -> t.Any:
    """A value without secrets: they are replaced in each text that it holds.

    :param value: plain data.
    :param secrets: the secrets, of any length.
    :returns: the value with new containers; texts and numbers without a secret stay the same objects.
    """
    known = {text for text in secrets if text}
    if not known:
        return value
    pattern = re.compile("|".join(_pattern(text) for text in sorted(known, key=len, reverse=True)))

    def clean(part: t.Any) -> t.Any:
        if isinstance(part, str):
            if part in known:
                return HIDDEN
            return pattern.sub(MASK, part) if pattern.search(part) else part
        if isinstance(part, Mapping):
            return {key: clean(inner) for key, inner in part.items()}
        if isinstance(part, (list, tuple, set, frozenset)):
            return [clean(inner) for inner in part]
        if isinstance(part, bytes):
            return clean(part.decode("utf-8", "replace"))
        if isinstance(part, (int, float)) and not isinstance(part, bool):
            text = str(part)
            return HIDDEN if len(text) >= SHORTEST and text in known else part
        return part

    return clean(value)


def _pattern(secret: str) -> str:
    """Where a secret is looked for: anywhere, or as a word of its own, which part of an id, a time or a path is not."""
    if len(secret) >= SHORTEST:
        return re.escape(secret)
    return rf"(?<![\w./:@-]){re.escape(secret)}(?![\w/@-]|[.:]\w)"


def short_options(spec: t.Mapping[str, t.Any], given: t.Mapping[str, t.Any]) -> dict[str, str]:
    """The secret options whose values are so short that Ansible would mask them inside other words.

    :param spec: the argument spec.
    :param given: the task's options.
    :returns: each such option as it was given, with its value.
    """
    found: dict[str, str] = {}
    for name, rules in spec.items():
        for key in (name, *rules.get("aliases", ())) if rules.get("no_log") else ():
            value = given.get(key)
            if isinstance(value, (str, int, float)) and 0 < len(str(value)) < SHORTEST:
                found[key] = str(value)
    return found


def guarded(spec: t.Mapping[str, t.Any], given: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """An argument spec by which Ansible does not take short values for secrets; we hide them by their option.

    :param spec: the argument spec.
    :param given: the task's options.
    :returns: the same, without C(no_log) where a value is short.
    """
    short = short_options(spec, given)
    return {
        name: {**rules, "no_log": False} if any(key in short for key in (name, *rules.get("aliases", ()))) else rules
        for name, rules in spec.items()
    }


def mistyped(spec: t.Mapping[str, t.Any], given: t.Mapping[str, t.Any]) -> set[str]:
    """The texts under options that do not exist, and that were probably meant to be secret ones.

    :param spec: the argument spec.
    :param given: the task's options.
    :returns: texts that must appear nowhere.
    """
    known = set(_names(spec))
    meant = [*_SECRET_NAMES, *(name for name in _names(spec) if spec.get(name, {}).get("no_log"))]
    return {
        text
        for name, value in given.items()
        if name not in known and looks_secret(name, meant)
        for text in texts(value)
        if len(text) >= SHORTEST
    }


def looks_secret(name: str, meant: t.Sequence[str] = _SECRET_NAMES) -> bool:
    """Whether the name of an option says that its value is secret, if mistyped.

    :param name: the name.
    :param meant: what it may have been meant to be.
    :returns: True if it is like one of them, or holds one.
    """
    plain = name.lower().replace("-", "_")
    return any(word in plain for word in _SECRET_NAMES) or bool(
        difflib.get_close_matches(plain, meant, n=1, cutoff=0.7)
    )


def invocation(
    spec: t.Mapping[str, t.Any], params: t.Mapping[str, t.Any], secrets: t.Iterable[str]
) -> dict[str, t.Any]:
    """The options of a task as its result shows them.

    :param spec: the argument spec.
    :param params: the options.
    :param secrets: the secrets.
    :returns: C(module_args). Secret options are hidden, and those that do not exist, as nobody knows what they hold.
    """
    known = set(_names(spec))
    hidden = {key for name, rules in spec.items() if rules.get("no_log") for key in (name, *rules.get("aliases", ()))}
    shown = {
        name: HIDDEN if value is not None and (name in hidden or name not in known) else value
        for name, value in params.items()
        if not name.startswith("_ansible_")
    }
    return {"module_args": without_secrets(shown, secrets)}


def _names(spec: t.Mapping[str, t.Any]) -> t.Iterator[str]:
    for name, rules in spec.items():
        yield name
        yield from rules.get("aliases", ())


def texts(value: t.Any) -> t.Iterator[str]:
    """Every text in a value.

    :param value: plain data.
    :returns: the texts.
    """
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from texts(inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from texts(inner)
