# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""PostHog's REST API over one kept-alive HTTP session.

Private to this collection: it may change without notice.

Nothing here knows of a resource type. What it keeps:

* the key travels in the C(Authorization) header, to the configured host and nowhere else;
* a 429 is waited for as long as C(Retry-After) says and is no failure; 502, 503, 504 and broken connections are
  repeated with jittered backoff, but only where a repeat is harmless;
* a write whose outcome is unknown is never repeated here: the caller gets :class:`UnknownOutcome`;
* lists are followed to their end, whatever the server does to its C(next).
"""

from __future__ import annotations

import collections
import contextlib
import dataclasses
import email.utils
import json as jsonlib
import os
import random as randomlib
import re
import threading
import time
import typing as t
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

from ansible_collections.community.posthog.plugins.module_utils._errors import (
    ApiError,
    PostHogFailure,
    TimeLimit,
    UnknownOutcome,
    option_path,
)
from ansible_collections.community.posthog.plugins.module_utils._version import COLLECTION_VERSION

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

#: Regions of PostHog Cloud and their API hosts (API.md chapter 1). Ingestion has other hosts.
REGIONS: t.Final[dict[str, str]] = {"us": "https://us.posthog.com", "eu": "https://eu.posthog.com"}

#: Objects asked for per page. PostHog's default is 100 and no maximum is known; a server that gives less is followed.
PAGE_SIZE: t.Final = 500

#: Pages after which a list counts as endless. 20,000 pages of the default size are two million objects.
MAX_PAGES: t.Final = 20_000

#: Statuses that say "not now" without saying "not done".
_TRANSIENT: t.Final = frozenset({502, 503, 504})

_LOOPBACK: t.Final = re.compile(r"^(localhost|127(\.\d{1,3}){3}|::1)$")

_SCOPE_NAME: t.Final = re.compile(r"\b([a-z_]+:(?:read|write))\b")


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
    """

    host: str
    api_key: str = field(repr=False)
    verify: bool | str = True
    timeout: float = 30.0
    retries: int = 5
    max_wait: float = 300.0
    rate_limit: int = 480


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
    return host.rstrip("/")


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


class RateLimiter:
    """Keeps a sliding minute below a number of requests.

    :param per_minute: the number; 0 switches it off.
    :param clock: monotonic seconds.
    :param sleep: waits that many seconds.
    """

    def __init__(
        self,
        per_minute: int,
        clock: t.Callable[[], float] = time.monotonic,
        sleep: t.Callable[[float], None] = time.sleep,
    ) -> None:
        # One below the limit: PostHog refuses the request that reaches the number, and its minute is not ours.
        self._limit = max(1, per_minute - 1) if per_minute > 0 else 0
        self._clock = clock
        self._sleep = sleep
        self._sent: collections.deque[float] = collections.deque()
        self._lock = threading.Lock()

    def wait(self) -> None:
        """Return when one more request may be sent, and count it."""
        if not self._limit:
            return
        with self._lock:
            self._wait()

    def _wait(self) -> None:
        now = self._clock()
        while self._sent and now - self._sent[0] >= 60.0:
            self._sent.popleft()
        if len(self._sent) >= self._limit:
            self._sleep(60.0 - (now - self._sent[0]))
            self._sent.popleft()
            now = self._clock()
        self._sent.append(now)


class Turns:
    """Lets several threads share what is made for one: only the thread whose turn it is runs.

    It steps aside while it waits for the network, which is where all the time goes, so nothing else needs a lock of
    its own.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()

    def __enter__(self) -> None:
        self._lock.acquire()

    def __exit__(self, *exc: object) -> None:
        self._lock.release()

    @contextlib.contextmanager
    def aside(self) -> t.Iterator[None]:
        """Let others run meanwhile."""
        self._lock.release()
        try:
            yield
        finally:
            self._lock.acquire()


class Client:
    """One PostHog host, one key, one HTTP session.

    :param connection: where and how.
    :param clock: monotonic seconds; tests replace it.
    :param sleep: waits; tests replace it.
    :param random: a number in [0, 1); tests replace it.
    :param note: called with a line about each request and each wait, for C(-vvv).
    """

    def __init__(
        self,
        connection: Connection,
        *,
        clock: t.Callable[[], float] = time.monotonic,
        sleep: t.Callable[[float], None] = time.sleep,
        random: t.Callable[[], float] = randomlib.random,
        note: t.Callable[[str], None] | None = None,
    ) -> None:
        self.connection = connection
        self.requests_sent = 0
        #: The status of the last answer that was a success.
        self.status: int | None = None
        self._keyless: dict[str, Client] = {}
        #: Set while several threads share this client.
        self.turns: Turns | None = None
        self._clock = clock
        self._sleep = sleep
        self._random = random
        self._note = note or (lambda line: None)
        self._limiter = RateLimiter(connection.rate_limit, clock, sleep)
        self._session = requests.Session()
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, requests.adapters.HTTPAdapter(pool_maxsize=_POOL))
        self._session.auth = t.cast("requests.auth.AuthBase", _Bearer(connection.api_key))
        self._session.headers.update(
            {
                "Accept": "application/json",
                "User-Agent": f"community.posthog/{COLLECTION_VERSION} (Ansible collection)",
            }
        )
        self._verify = self._trust(connection.verify)
        if self._verify is False:
            import warnings

            # validate_certs: false was asked for; urllib3 would say so again for every request.
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
        for other in self._keyless.values():
            other.close()

    def keyless(self, host: str) -> Client:
        """A client for another host, which the key does not go to.

        :param host: base URL without a trailing slash.
        :returns: the same client each time.
        """
        if host not in self._keyless:
            where = dataclasses.replace(self.connection, host=host, api_key="")
            self._keyless[host] = Client(where, note=self._note)
        return self._keyless[host]

    # -- several threads ------------------------------------------------------------------------------------------

    def _aside(self) -> t.ContextManager[None]:
        """Let other threads run while this one waits."""
        return contextlib.nullcontext() if self.turns is None else self.turns.aside()

    @contextlib.contextmanager
    def alone(self, lock: threading.Lock) -> t.Iterator[None]:
        """Keep other threads out of a piece of work that waits for the network in between.

        :param lock: the same for all who must not do this at the same time.
        """
        if self.turns is None:
            yield
            return
        with self.turns.aside():
            lock.acquire()
        try:
            yield
        finally:
            lock.release()

    # -- one call -------------------------------------------------------------------------------------------------

    def get(self, path: str, params: t.Mapping[str, t.Any] | None = None) -> t.Any:
        """GET a path.

        :param path: below the host, with its leading slash.
        :param params: the query.
        :returns: the decoded JSON.
        :raises ApiError: see :meth:`request`.
        """
        return self.request("GET", path, params=params)

    def request(
        self,
        method: str,
        path: str,
        *,
        params: t.Mapping[str, t.Any] | None = None,
        json: t.Any = None,
        repeatable: bool | None = None,
    ) -> t.Any:
        """Make one call, with the repeats that are harmless.

        :param method: HTTP method in capitals.
        :param path: below the host, with its leading slash.
        :param params: the query; None values are left out.
        :param json: the body.
        :param repeatable: whether sending it twice does no harm. Default: all but POST.
        :returns: the decoded JSON, or None for an empty answer.
        :raises UnknownOutcome: a write that must not be repeated got no usable answer.
        :raises TimeLimit: O(max_wait) is used up.
        :raises ApiError: PostHog refused, or the answer is none of its API.
        """
        harmless = method != "POST" if repeatable is None else repeatable
        deadline = self._clock() + self.connection.max_wait
        query = {key: value for key, value in (params or {}).items() if value is not None}
        repeats = 0
        limited = 0
        while True:
            self.requests_sent += 1
            with self._aside():
                self._limiter.wait()
                outcome = self._send(method, path, query, json, deadline)
            if isinstance(outcome, _Answer):
                if outcome.status == 429:
                    limited += 1
                    self._pause(self._retry_after(outcome, limited), deadline, method, path, outcome)
                    continue
                if outcome.good:
                    self.status = outcome.status
                    return outcome.data
                # A 500 is often a defect of the server and rarely passes, so it gets one repeat only.
                allowed = self.connection.retries if outcome.transient else min(1, self.connection.retries)
                worth_repeating = outcome.transient or outcome.status == 500
                error = self._error(method, path, outcome)
                must_look = worth_repeating and not harmless
            else:
                allowed = self.connection.retries
                worth_repeating = outcome.transient
                error = outcome.error
                must_look = worth_repeating and not harmless and not outcome.never_sent
            if must_look:
                unknown = UnknownOutcome(
                    f"{error.message} (whether it took place is not known)",
                    status=error.status,
                    envelope=error.envelope,
                    request_id=error.request_id,
                    method=method,
                    path=path,
                )
                unknown.slow = isinstance(outcome, _NoAnswer) and outcome.slow
                raise unknown
            if not worth_repeating or repeats >= allowed:
                raise error
            repeats += 1
            self._pause(self._backoff(repeats), deadline, method, path, None, error)

    def _send(
        self, method: str, path: str, query: t.Mapping[str, t.Any], json: t.Any, deadline: float
    ) -> _Answer | _NoAnswer:
        """Send once; never raises for what the network or the server does."""
        left = deadline - self._clock()
        timeout = max(0.05, min(self.connection.timeout, left))
        started = self._clock()
        try:
            response = self._session.request(
                method,
                self.connection.host + path,
                params=query or None,
                json=json,
                timeout=(min(timeout, 15.0), timeout),
                allow_redirects=False,
                verify=self._verify,
                stream=True,
            )
            content = self._content(response, min(deadline, started + timeout))
        except requests.exceptions.SSLError as exc:
            # A certificate that is not accepted stays so; other faults of TLS are broken connections, and whether
            # the request had been sent by then cannot be told.
            final = "CERTIFICATE_VERIFY_FAILED" in repr(exc)
            return self._unreachable(method, path, exc, transient=not final, never_sent=final)
        except requests.exceptions.ConnectTimeout as exc:
            return self._unreachable(method, path, exc, transient=True, never_sent=True)
        except (requests.exceptions.Timeout, urllib3.exceptions.TimeoutError, TimeoutError) as exc:
            return self._unreachable(method, path, exc, transient=True, never_sent=False)
        except requests.exceptions.ProxyError as exc:
            return self._unreachable(method, path, exc, transient=True, never_sent=True)
        except requests.exceptions.ConnectionError as exc:
            refused = "NewConnectionError" in repr(exc) or "NameResolutionError" in repr(exc)
            return self._unreachable(method, path, exc, transient=True, never_sent=refused)
        except urllib3.exceptions.HTTPError as exc:
            return self._unreachable(method, path, exc, transient=True, never_sent=False)
        except (requests.exceptions.RequestException, OSError) as exc:
            # Nothing that passes: a URL that is none, a CA bundle that is not there.
            return self._unreachable(method, path, exc, transient=False, never_sent=True)
        self._note(f"{method} {path} -> {response.status_code} in {(self._clock() - started) * 1000:.0f} ms")
        return _Answer(response, content)

    def _content(self, response: requests.Response, deadline: float) -> bytes:
        """Read the body, and give up on one that only trickles: the library's timeout is one for each read."""
        raw = response.raw
        # One read of the socket at a time, so that the clock is looked at in between; urllib3 1 cannot do that.
        read_some = getattr(raw, "read1", None)
        pieces: list[bytes] = []
        try:
            while True:
                piece = read_some(65536, decode_content=True) if read_some else raw.read(4096, decode_content=True)
                if not piece:
                    break
                pieces.append(piece)
                if self._clock() > deadline:
                    raise TimeoutError("the answer came too slowly")
        finally:
            if self._clock() > deadline:
                raw.close()
            raw.release_conn()
        return b"".join(pieces)

    def _unreachable(self, method: str, path: str, exc: Exception, *, transient: bool, never_sent: bool) -> _NoAnswer:
        host = self.connection.host
        if isinstance(exc, requests.exceptions.SSLError) and not transient:
            text = (
                f"The certificate of {host} was not accepted ({self.scrub(_innermost(exc))}); "
                "give ca_path the bundle that signs it"
            )
        elif isinstance(exc, (requests.exceptions.Timeout, urllib3.exceptions.TimeoutError, TimeoutError)):
            text = f"{host} did not answer {method} {path} within {self.connection.timeout:g} s (timeout)"
        else:
            text = f"No answer from {host} to {method} {path}: {self.scrub(_innermost(exc))}"
        self._note(text)
        slow = isinstance(exc, (requests.exceptions.Timeout, urllib3.exceptions.TimeoutError, TimeoutError))
        return _NoAnswer(ApiError(text, method=method, path=path), transient, never_sent, slow)

    def rest(self, repeat: int, *, slow: bool = False) -> None:
        """Wait before something is planned anew after a fault.

        :param repeat: how often it failed, from 1.
        :param slow: the server ran out of time, and may need as much again to finish.
        """
        with self._aside():
            self._sleep(max(self._backoff(repeat), self.connection.timeout if slow else 0.0))

    # -- waiting --------------------------------------------------------------------------------------------------

    def _backoff(self, repeat: int) -> float:
        """Seconds before repeat number C(repeat): doubling from 0.5 s to 30 s, of which half is jitter."""
        ceiling = min(30.0, 0.5 * 2.0 ** (repeat - 1))
        return ceiling / 2 + self._random() * ceiling / 2

    def _retry_after(self, answer: _Answer, limited: int) -> float:
        """Seconds that a 429 asks for: a number, an HTTP date, or our own backoff where it says nothing."""
        value = answer.header("Retry-After").strip()
        if re.fullmatch(r"\d+(\.\d+)?", value):
            return float(value) or self._backoff(limited)
        if value:
            try:
                when = email.utils.parsedate_to_datetime(value)
            except (TypeError, ValueError):
                when = None
            if when is not None:
                return max(self._backoff(1), when.timestamp() - time.time())
        return min(60.0, 2.0 ** min(limited, 6)) * (0.5 + self._random() / 2)

    def _pause(
        self,
        seconds: float,
        deadline: float,
        method: str,
        path: str,
        answer: _Answer | None,
        error: ApiError | None = None,
    ) -> None:
        """Wait, unless the time limit of the call would pass meanwhile."""
        if self._clock() + seconds > deadline:
            limit = f"{self.connection.max_wait:g} s"
            if answer is not None:
                raise TimeLimit(
                    f"{method} {path}: PostHog's rate limit asks to wait {seconds:.0f} s, "
                    f"more than max_wait ({limit}) allows; raise max_wait or run less at once",
                    status=answer.status,
                    envelope=answer.envelope,
                    request_id=answer.request_id,
                    method=method,
                    path=path,
                )
            cause = error.message if error is not None else "no answer"
            raise TimeLimit(
                f"{cause}; gave up after max_wait ({limit})",
                status=error.status if error is not None else None,
                envelope=error.envelope if error is not None else None,
                method=method,
                path=path,
            )
        self._note(f"waiting {seconds:.1f} s before {method} {path} is sent again")
        with self._aside():
            self._sleep(seconds)

    # -- errors ---------------------------------------------------------------------------------------------------

    def scrub(self, text: str) -> str:
        """Take the key out of a text of foreign origin."""
        key = self.connection.api_key
        return text.replace(key, "********") if key else text

    def _scrubbed(self, value: t.Any) -> t.Any:
        """A value of foreign origin without the key, at any depth."""
        if isinstance(value, str):
            return self.scrub(value)
        if isinstance(value, dict):
            return {self.scrub(str(key)): self._scrubbed(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [self._scrubbed(inner) for inner in value]
        return value

    def _error(self, method: str, path: str, answer: _Answer) -> ApiError:
        """One sentence for an answer that is no success."""
        host = self.connection.host
        status = answer.status
        what = f"{method} {path}"
        envelope = self._scrubbed(answer.envelope)
        if 300 <= status < 400 or (answer.broken and envelope is None):
            if 300 <= status < 400:
                target = self.scrub(answer.header("Location"))
                text = (
                    f"{what}: {host} redirects to {target or 'another address'}, which is not followed; "
                    "set host to the address where the API itself answers"
                )
            elif status < 300:
                text = (
                    f"{what}: {host} answered with {answer.kind}, which is no answer of PostHog's API; "
                    "check host, and any proxy on the way"
                )
            else:
                text = f"{what}: {host} answered {status} with {answer.kind} instead of PostHog's error message"
            return ApiError(text, status=status, request_id=answer.request_id, method=method, path=path)
        # Texts of other kinds (a list in place of a sentence) are shown as they are.
        detail = (envelope or {}).get("detail")
        detail = detail.strip() if isinstance(detail, str) else jsonlib.dumps(detail) if detail else ""
        detail = detail or f"status {status} without a reason"
        attr = option_path(t.cast("str | None", (envelope or {}).get("attr")))
        said = f"PostHog refused {what} ({status}): " + (f"{attr}: " if attr else "") + detail
        return ApiError(
            said + self._remedy(status, envelope or {}),
            status=status,
            envelope=envelope,
            request_id=answer.request_id,
            method=method,
            path=path,
        )

    def _remedy(self, status: int, envelope: t.Mapping[str, t.Any]) -> str:
        """What would help, where a status tells it."""
        detail = str(envelope.get("detail") or "")
        if status == 401:
            region = next((name for name, url in REGIONS.items() if url == self.connection.host), None)
            other = {"us": "eu", "eu": "us"}.get(region or "")
            hint = f" If the key was made on {REGIONS[other]}, set region to {other}." if other else ""
            return (
                f" - {self.connection.host} does not know this api_key. Keys belong to one region or installation "
                f"and are shown only once, so check that it is whole and still exists.{hint}"
            )
        if envelope.get("code") == "approval_required":
            # An approval policy makes a change request of the change (API.md 1, error codes).
            number = envelope.get("change_request_id")
            waiting = f" change request {number}" if number else " a change request"
            return f" - nothing was changed:{waiting} waits for approval in PostHog; run the task again after that."
        if status == 402:
            return " - the plan of this organization does not include the feature."
        if status == 403:
            scopes = _SCOPE_NAME.findall(detail)
            if scopes:
                return f" - add the scope {', '.join(sorted(set(scopes)))} to the key (Settings, Personal API keys)."
            if "support personal api key" in detail.lower():
                return " - PostHog allows this only to a person who is logged in with a browser, not to any key."
        return ""

    # -- lists ----------------------------------------------------------------------------------------------------

    def objects(
        self,
        path: str,
        params: t.Mapping[str, t.Any] | None = None,
        *,
        page_size: int | None = PAGE_SIZE,
        most: int | None = None,
    ) -> list[t.Any]:
        """Read a list to its end.

        Takes the paged envelope with C(next), cursor lists and bare arrays. C(next) is followed by its query only,
        on the host and path that were asked for, so the key goes nowhere else. An object that a shifting list shows
        twice is kept once; a page that brings nothing new ends the list; a list whose C(count) changed under way is
        read again.

        :param path: below the host, with its leading slash.
        :param params: the query, without paging.
        :param page_size: objects a page; None asks without C(limit).
        :param most: as many objects are enough.
        :returns: the objects in the server's order.
        :raises ApiError: see :meth:`request`; also for a list without end.
        """
        items: list[t.Any] = []
        for _again in range(3):
            items, stable = self._list_once(path, params, page_size, most)
            if stable:
                break
        return items if most is None else items[:most]

    def _list_once(
        self, path: str, params: t.Mapping[str, t.Any] | None, page_size: int | None, most: int | None
    ) -> tuple[list[t.Any], bool]:
        query: dict[str, t.Any] = dict(params or {})
        if page_size is not None:
            query["limit"] = page_size if most is None else min(page_size, max(most, 1))
        items: list[t.Any] = []
        seen: set[t.Any] = set()
        asked: set[str] = set()
        counts: set[int] = set()
        for _page in range(MAX_PAGES):
            try:
                page = self.request("GET", path, params=query)
            except ApiError as exc:
                # A server of 2024 answers 500 where a list (roles) gets any query parameter at all.
                if exc.status == 500 and not items and query and not params:
                    page_size, query = None, {}
                    page = self.request("GET", path)
                else:
                    raise
            if isinstance(page, list):
                return page, True
            results = page.get("results") if isinstance(page, dict) else None
            if not isinstance(results, list):
                raise ApiError(f"GET {path} did not answer with a list; check host", method="GET", path=path)
            if isinstance(page.get("count"), int):
                counts.add(page["count"])
            fresh = 0
            for item in results:
                mark = _mark(item)
                if mark not in seen:
                    seen.add(mark)
                    items.append(item)
                    fresh += 1
            if most is not None and len(items) >= most:
                return items, True
            following = page.get("next")
            if not following or not isinstance(following, str):
                return items, len(counts) <= 1
            query = dict(parse_qs(urlsplit(following).query, keep_blank_values=True))
            token = jsonlib.dumps(query, sort_keys=True)
            if not fresh or token in asked:
                return items, len(counts) <= 1
            asked.add(token)
        raise ApiError(f"GET {path}: the list has no end after {MAX_PAGES} pages", method="GET", path=path)


class _Answer:
    """An HTTP answer, read once."""

    def __init__(self, response: requests.Response, content: bytes) -> None:
        self._response = response
        self.status = response.status_code
        self.data: t.Any = None
        self.broken = False
        self.kind = "an empty body"
        if content:
            try:
                self.data = jsonlib.loads(content)
            except ValueError:
                self.broken = True
                html = "html" in response.headers.get("Content-Type", "").lower()
                self.kind = "an HTML page" if html else "something that is not JSON"
        elif self.status not in (204, 205) and self.status < 400:
            # An answer that broke off in its header looks like one without a body, unless it announced that.
            announced = self.header("Content-Length").strip() == "0" or self.header("Transfer-Encoding")
            self.broken = not announced or 300 <= self.status < 400

    @property
    def good(self) -> bool:
        """A success with a body that can be read, or without one where none is due."""
        return 200 <= self.status < 300 and not self.broken

    @property
    def transient(self) -> bool:
        """Worth asking again: an overloaded server, or a success whose body broke off."""
        return self.status in _TRANSIENT or (200 <= self.status < 300 and self.broken and self.kind != "an HTML page")

    @property
    def envelope(self) -> dict[str, t.Any] | None:
        """PostHog's error envelope; a few views answer C({"detail"}), C({"error"}) or C({"message"}), or a list."""
        data = self.data
        if isinstance(data, dict):
            if "detail" in data:
                return data
            if "code" in data:
                words = [data[key] for key in ("error", "message", "guidance") if isinstance(data.get(key), str)]
                return {**data, "detail": " ".join(words)}
            for key in ("error", "message"):
                if isinstance(data.get(key), str):
                    return {"type": None, "code": None, "detail": data[key], "attr": None}
            return {"type": None, "code": None, "detail": jsonlib.dumps(data)[:500], "attr": None}
        if isinstance(data, (list, str)) and data:
            text = data if isinstance(data, str) else jsonlib.dumps(data)
            return {"type": None, "code": None, "detail": text[:500], "attr": None}
        if self.status >= 400 and not self.broken:
            return {"type": None, "code": None, "detail": "", "attr": None}
        return None

    @property
    def request_id(self) -> str | None:
        """The server's name for the request, where it or its proxy gives one."""
        for name in ("X-Request-Id", "X-Amzn-Trace-Id", "CF-Ray"):
            if self.header(name):
                return self.header(name)
        return None

    def header(self, name: str) -> str:
        """A header's value, or an empty string."""
        value: str = self._response.headers.get(name, "")
        return value


@dataclass(frozen=True)
class _NoAnswer:
    """What is known when no HTTP answer came.

    :param error: for the user.
    :param transient: worth another try.
    :param never_sent: the request did not reach the server, so that even a POST can be sent again.
    :param slow: the time was up.
    """

    error: ApiError
    transient: bool
    never_sent: bool
    slow: bool


def _mark(item: t.Any) -> t.Any:
    """What tells two objects of a list apart: their id, or their whole text where they have none."""
    if isinstance(item, dict) and item.get("id") is not None:
        return str(item["id"])
    return jsonlib.dumps(item, sort_keys=True, default=str)


def _innermost(exc: BaseException) -> str:
    """The most telling text of a nested network error, without object addresses and without URLs' queries."""
    reason: t.Any = exc
    while True:
        inner = getattr(reason, "reason", None)
        if not isinstance(inner, BaseException):
            inner = (
                reason.args[0] if getattr(reason, "args", None) and isinstance(reason.args[0], BaseException) else None
            )
        if inner is None or inner is reason:
            break
        reason = inner
    text = re.sub(r"<[^>]*object at 0x[0-9a-f]+>:?\s*", "", str(reason))
    text = re.sub(r"^\w+\(host=.*?\): (Failed to establish a new connection: )?", "", text)
    return re.sub(r"\?[^\s'\")]*", "", text)[:300] or type(reason).__name__
