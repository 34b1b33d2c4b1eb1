# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""What a failure of the network shows: whether the request can have reached the server, and what would help.

Private to this collection: it may change without notice.

A write may be sent again only where it is proven that it was never sent. The libraries wrap errors in others, and the
outermost says little: behind a proxy C(requests) reports a connection that was reset long after the request was sent as
a C(ProxyError), just as one that could not be opened. So the proof is looked for among the errors inside, and whatever
proves nothing counts as sent.
"""

from __future__ import annotations

import re
import ssl
import typing as t

try:
    import requests
    import urllib3.exceptions
except ImportError:  # reported by the client
    pass

#: OpenSSL's numbers (X509_V_ERR_...) for certificates that no other bundle would make right.
_OUT_OF_TIME: t.Final = {9: "is not valid yet", 10: "has expired"}
_OTHER_HOST: t.Final = frozenset({62, 64})

#: Numbers that say that whoever signed the certificate is not known.
_UNKNOWN_SIGNER: t.Final = frozenset({2, 18, 19, 20, 21, 27})


def chain(exc: BaseException) -> t.Iterator[BaseException]:
    """An error and those that it wraps, from the outermost to the innermost.

    :param exc: the error.
    :returns: the errors.
    """
    seen: set[int] = set()
    waiting = [exc]
    while waiting:
        link = waiting.pop(0)
        if id(link) in seen:
            continue
        seen.add(id(link))
        yield link
        inside = [getattr(link, "reason", None), getattr(link, "original_error", None), *getattr(link, "args", ())]
        waiting += [item for item in inside if isinstance(item, BaseException)]


def never_sent(exc: BaseException) -> bool:
    """Whether an error proves that the request was not sent.

    :param exc: what sending it raised.
    :returns: True for a name that cannot be resolved, a connection (to the host or the proxy) that could not be
        opened, a proxy that refused the tunnel, a certificate that was not accepted, and addresses that are none.
    """
    return bad_certificate(exc) is not None or no_address(exc) or any(_never_opened(link) for link in chain(exc))


def _never_opened(link: BaseException) -> bool:
    # urllib3 raises the first two from nothing but the opening of a socket; NameResolutionError is one of the first.
    if isinstance(link, (urllib3.exceptions.NewConnectionError, urllib3.exceptions.ConnectTimeoutError)):
        return True
    # http.client's answer to a proxy that does not answer CONNECT with 200; there is no class of its own for it.
    return isinstance(link, OSError) and str(link).startswith("Tunnel connection failed")


def no_address(exc: BaseException) -> bool:
    """Whether there was no address, or no bundle of certificates, to begin with: a repeat would not help.

    :param exc: what sending raised.
    :returns: whether it is so.
    """
    if isinstance(exc, requests.exceptions.RequestException):
        return isinstance(
            exc,
            (
                requests.exceptions.InvalidURL,
                requests.exceptions.InvalidSchema,
                requests.exceptions.MissingSchema,
                requests.exceptions.InvalidHeader,
            ),
        )
    if isinstance(exc, urllib3.exceptions.HTTPError):
        return isinstance(exc, (urllib3.exceptions.LocationValueError, urllib3.exceptions.ProxySchemeUnknown))
    # requests wraps what sockets raise; bare is only its complaint about a bundle that is not there.
    return exc.__class__ is OSError


def bad_certificate(exc: BaseException) -> BaseException | None:
    """The error about the server's certificate, where that is what failed.

    :param exc: what sending raised.
    :returns: the innermost error of that kind, or None.
    """
    found: BaseException | None = None
    for link in chain(exc):
        # urllib3 1 compares the names of hosts itself, with an error of its own.
        if isinstance(link, ssl.SSLCertVerificationError) or type(link).__name__ == "CertificateError":
            found = link
    return found


def certificate_advice(error: BaseException) -> str:
    """What would help against a certificate that was not accepted.

    :param error: see :func:`bad_certificate`.
    :returns: half a sentence.
    """
    number = getattr(error, "verify_code", None)
    if number in _OUT_OF_TIME:
        return f"it {_OUT_OF_TIME[number]}, so it has to be renewed there, or the clock of this machine is wrong"
    if number in _OTHER_HOST or (number is None and "match" in str(error).lower()):
        return "it is for another host, so set host to the name that the certificate is for"
    if number is None or number in _UNKNOWN_SIGNER:
        return "give ca_path the bundle that signs it"
    return "it has to be replaced there"


def innermost(exc: BaseException) -> str:
    """The most telling text of a nested network error, without object addresses and without URLs' queries.

    :param exc: the error.
    :returns: one line.
    """
    reason = exc
    for link in chain(exc):
        if str(link):
            reason = link
    text = re.sub(r"<[^>]*object at 0x[0-9a-f]+>:?\s*", "", str(reason))
    text = re.sub(r"^\w+\(host=.*?\): (Failed to establish a new connection: )?", "", text)
    return re.sub(r"\?[^\s'\")]*", "", text)[:300] or type(reason).__name__
