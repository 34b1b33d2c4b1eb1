# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""One kept-alive HTTP session: sends a request once and reads what comes back.

Private to this collection: it may change without notice.

The key travels in the C(Authorization) header, to the configured host and nowhere else: redirects are not followed, and
plain http, which is for loopback only, uses no proxy.
"""

from __future__ import annotations

import os
import time
import typing as t

from ansible_collections.community.posthog.plugins.module_utils._data.errors import ApiError
from ansible_collections.community.posthog.plugins.module_utils._data.version import COLLECTION_VERSION
from ansible_collections.community.posthog.plugins.module_utils._http.answers import Answer, NoAnswer
from ansible_collections.community.posthog.plugins.module_utils._http.bodies import (
    ENCODINGS,
    TooLong,
    Undecodable,
    read_body,
)
from ansible_collections.community.posthog.plugins.module_utils._http.connection import Connection
from ansible_collections.community.posthog.plugins.module_utils._http.delivery import (
    bad_certificate,
    certificate_advice,
    innermost,
    never_sent,
    no_address,
)
from ansible_collections.community.posthog.plugins.module_utils._http.remedies import ErrorTexts

try:
    import requests
    import requests.adapters
    import requests.auth
    import urllib3.exceptions

    REQUESTS_IMPORT_ERROR: Exception | None = None
except ImportError as exc:  # the module glue turns this into Ansible's own "missing library" message
    REQUESTS_IMPORT_ERROR = exc

#: Connections kept alive, at most; as many as threads may share a client.
_POOL: t.Final = 32

#: Seconds that opening a connection may take, at most.
_CONNECT: t.Final = 15.0


class _Bearer:
    """Authentication for C(requests).

    An object of our own rather than a header: with a header set, C(requests) lets an entry in C(~/.netrc) replace it.
    """

    def __init__(self, key: str) -> None:
        self._key = key

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self._key:
            request.headers["Authorization"] = f"Bearer {self._key}"
        return request


class Transport:
    """One host, one key, one HTTP session.

    :param connection: where PostHog is.
    :param errors: makes the errors of this connection.
    :param clock: monotonic seconds.
    :param note: called with a line about each request.
    """

    def __init__(
        self,
        connection: Connection,
        errors: ErrorTexts,
        *,
        clock: t.Callable[[], float] = time.monotonic,
        note: t.Callable[[str], None] = lambda line: None,
    ) -> None:
        self._connection = connection
        self._errors = errors
        self._clock = clock
        self._note = note
        self._session = requests.Session()
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, requests.adapters.HTTPAdapter(pool_maxsize=_POOL))
        self._session.auth = t.cast("requests.auth.AuthBase", _Bearer(connection.api_key))
        self._session.headers.update(
            {
                "Accept": "application/json",
                "Accept-Encoding": ENCODINGS,
                "User-Agent": f"community.posthog/{COLLECTION_VERSION} (Ansible collection)",
            }
        )
        self._verify = self._trust(connection.verify)
        # Plain http is for loopback only, where no proxy is needed, and one would read the key.
        self._proxies = {"http": "", "all": ""} if connection.host.startswith("http://") else {}
        if self._verify is False:
            import warnings

            # The user asked for validate_certs: false; urllib3 would warn of it at every request.
            warnings.filterwarnings("ignore", category=urllib3.exceptions.InsecureRequestWarning)

    @staticmethod
    def _trust(verify: bool | str) -> bool | str:
        """The CA bundle to use: C(requests) reads its own variables, but not OpenSSL's C(SSL_CERT_FILE)."""
        bundle = os.environ.get("SSL_CERT_FILE")
        own = os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE")
        if verify is True and bundle and not own:
            return bundle
        return verify

    def close(self) -> None:
        """Close the kept connections."""
        self._session.close()

    def send(
        self, method: str, path: str, query: t.Mapping[str, t.Any], json: t.Any, deadline: float
    ) -> Answer | NoAnswer:
        """Send once; never raises for what the network or the server does.

        :param method: HTTP method in capitals.
        :param path: below the host.
        :param query: the query.
        :param json: the body.
        :param deadline: when the time of the call is up.
        :returns: the answer, or why there is none.
        """
        timeout = max(0.05, min(self._connection.timeout, deadline - self._clock()))
        started = self._clock()
        try:
            response = self._session.request(
                method,
                self._connection.host + path,
                params=query or None,
                json=json,
                timeout=(min(timeout, _CONNECT), timeout),
                allow_redirects=False,
                verify=self._verify,
                proxies=dict(self._proxies),
                stream=True,
            )
        except (requests.exceptions.RequestException, urllib3.exceptions.HTTPError, OSError) as exc:
            return self._unreachable(method, path, exc, unsent=never_sent(exc), passes=not no_address(exc))
        try:
            content = self._content(response, min(deadline, started + timeout))
        except TooLong:
            error = self._errors.too_long(method, path, response.status_code)
            return NoAnswer(error, transient=False, never_sent=False, slow=False)
        except (requests.exceptions.RequestException, urllib3.exceptions.HTTPError, OSError, Undecodable) as exc:
            return self._unreachable(method, path, exc, unsent=False, passes=True)
        self._note(f"{method} {path} -> {response.status_code} in {(self._clock() - started) * 1000:.0f} ms")
        return Answer(response, content, method)

    def _content(self, response: requests.Response, deadline: float) -> bytes:
        """Read the body, and give up on one that only trickles: the library's timeout is one for each read."""
        raw = response.raw
        # One read of the socket at a time, so that the clock is looked at in between; urllib3 1 cannot do that.
        read_some = getattr(raw, "read1", None)

        def read(size: int) -> bytes:
            found = read_some(size, decode_content=False) if read_some else raw.read(4096, decode_content=False)
            return found or b""

        def look_at_clock() -> None:
            if self._clock() > deadline:
                raise TimeoutError("the answer came too slowly")

        whole = False
        try:
            content = read_body(read, response.headers.get("Content-Encoding", ""), look_at_clock)
            whole = True
            return content
        finally:
            if not whole:
                raw.close()
            raw.release_conn()

    def _unreachable(self, method: str, path: str, exc: Exception, *, unsent: bool, passes: bool) -> NoAnswer:
        """What is known of a request that got no answer.

        :param exc: what the library raised.
        :param unsent: it is proven that the request was not sent.
        :param passes: whether this is a fault that may pass.
        """
        host = self._connection.host
        slow = isinstance(exc, (requests.exceptions.Timeout, urllib3.exceptions.TimeoutError, TimeoutError))
        certificate = bad_certificate(exc) if unsent else None
        if certificate is not None:
            passes = False
            text = (
                f"The certificate of {host} was not accepted ({self._errors.scrub(innermost(certificate))}); "
                f"{certificate_advice(certificate)}"
            )
        elif slow:
            text = f"{host} did not answer {method} {path} within {self._connection.timeout:g} s (timeout)"
        else:
            text = f"No answer from {host} to {method} {path}: {self._errors.scrub(innermost(exc))}"
        self._note(text)
        return NoAnswer(ApiError(text, method=method, path=path), passes, unsent, slow)
