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

import contextlib
import copy
import dataclasses
import email.utils
import json as jsonlib
import math
import os
import random as randomlib
import re
import threading
import time
import typing as t
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

from ansible_collections.community.posthog.plugins.module_utils._data.errors import (
    AnswerTooLong,
    ApiError,
    PostHogFailure,
    TimeLimit,
    UnknownOutcome,
    option_path,
)
from ansible_collections.community.posthog.plugins.module_utils._data.sentences import (
    BROWSER_ONLY,
    limit_of_key,
    scopes_in,
)
from ansible_collections.community.posthog.plugins.module_utils._data.version import COLLECTION_VERSION
from ansible_collections.community.posthog.plugins.module_utils._http.answers import (
    ENCODINGS,
    MOST_BYTES,
    TooLong,
    Undecodable,
    decoded,
    read_body,
)
from ansible_collections.community.posthog.plugins.module_utils._http.budget import (
    SharedLimiter,
    has_limit,
    note_limit,
    shared_limiter,
)
from ansible_collections.community.posthog.plugins.module_utils._http.delivery import (
    bad_certificate,
    certificate_advice,
    innermost,
    never_sent,
    no_address,
)
from ansible_collections.community.posthog.plugins.module_utils._http.pace import Pause, RateLimiter
from ansible_collections.community.posthog.plugins.module_utils._http.run import is_orphan

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

#: The hosts of PostHog Cloud; the old one answers with redirects.
_CLOUD: t.Final = frozenset({"us.posthog.com", "eu.posthog.com", "app.posthog.com"})

#: Requests a minute that PostHog allows a key, where it limits them.
A_MINUTE: t.Final = 480

#: Objects asked for per page. PostHog's default is 100 and no maximum is known; a server that gives less is followed.
PAGE_SIZE: t.Final = 500

#: Pages after which a list counts as endless. 20,000 pages of the default size are two million objects.
MAX_PAGES: t.Final = 20_000

#: Pages in a row that may bring nothing new, although each names a next one.
MAX_BARREN: t.Final = 50

#: How often a list is read that contradicts itself.
_READINGS: t.Final = 3

#: Statuses that say "not now" without saying "not done": those of a proxy without its server, Cloudflare's included.
_TRANSIENT: t.Final = frozenset({502, 503, 504, *range(520, 528), 530})

#: Methods that change nothing.
_READS: t.Final = frozenset({"GET", "HEAD", "OPTIONS"})

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
    :param tell: called with a line about what holds for the whole task, for C(-v).
    :param shared: a private directory of the processes that use this key together; they count their requests in it, and
        see :class:`Pause`.
    """

    def __init__(
        self,
        connection: Connection,
        *,
        clock: t.Callable[[], float] = time.monotonic,
        sleep: t.Callable[[float], None] = time.sleep,
        random: t.Callable[[], float] = randomlib.random,
        note: t.Callable[[str], None] | None = None,
        tell: t.Callable[[str], None] | None = None,
        shared: str | None = None,
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
        self._tell = tell or (lambda line: None)
        self._shared = shared
        #: Requests a minute that are not exceeded; 0 where there is no limit.
        self.rate_limit = connection.rate_limit
        self._limiter = self._limiter_of(connection.rate_limit)
        if connection.learns_limit:
            self._tell(f"{connection.host}: no limit of requests until it answers 429 (option rate_limit)")
        self._resting = Pause(connection.host, connection.api_key, clock=clock, directory=shared)
        #: The failure that ended the work at hand: no thread sends anything more.
        self.ended: ApiError | None = None
        #: Calls in a row that failed in a way that may be the connection's fault.
        self._strikes = 0
        #: Whether PostHog ever answered.
        self._reached = False
        # Whoever started this process. When that is gone, another process is the parent.
        self._parent = os.getppid()
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

            # validate_certs: false was asked for; urllib3 would say so again for every request.
            warnings.filterwarnings("ignore", category=urllib3.exceptions.InsecureRequestWarning)

    def _limiter_of(self, per_minute: int) -> SharedLimiter | RateLimiter:
        """What keeps below a number of requests a minute, with all processes of the run where that can be."""
        where = self.connection
        return shared_limiter(self._shared, where.host, where.api_key, per_minute) or RateLimiter(
            per_minute, self._clock, self._sleep
        )

    def _learn_limit(self) -> None:
        """Keep to PostHog's limit from now on: this server turned out to have one."""
        if not self.connection.learns_limit or self.rate_limit:
            return
        self.rate_limit = A_MINUTE
        self._limiter = self._limiter_of(A_MINUTE)
        note_limit(self._shared, self.connection.host, self.connection.api_key)
        self._tell(f"{self.connection.host} limits requests; from now on {A_MINUTE} a minute are not exceeded")

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
            deadline = self._take_turn(method, path, deadline)
            self.requests_sent += 1
            with self._aside():
                outcome = self._send(method, path, query, json, deadline)
            if isinstance(outcome, _Answer):
                if outcome.status == 429:
                    limited += 1
                    self._learn_limit()
                    asked = self._asked_to_wait(outcome)
                    self._rest_all(self._backoff_of_limit(limited) if asked is None else asked, deadline, outcome)
                    continue
                if outcome.good:
                    self.status = outcome.status
                    self._reached, self._strikes = True, 0
                    return outcome.data
                # A 500 is often a defect of the server and rarely passes, so it gets one repeat only.
                allowed = self.connection.retries if outcome.transient else min(1, self.connection.retries)
                worth_repeating = outcome.transient or outcome.status == 500
                error = self._error(method, path, outcome)
                done_perhaps = outcome.done_perhaps
            else:
                allowed = self.connection.retries
                worth_repeating = outcome.transient
                error = outcome.error
                done_perhaps = not outcome.never_sent
            # A server that is down for a while may say for how long; that holds for all its requests.
            asked = self._asked_to_wait(outcome) if isinstance(outcome, _Answer) and outcome.transient else None
            if done_perhaps and not harmless:
                if asked is not None:
                    self._resting.ask(asked)
                raise self._unknown(method, path, error, outcome)
            if not worth_repeating or repeats >= allowed:
                error.ends_all = self._is_of_connection(outcome)
                raise error
            repeats += 1
            if asked is not None and isinstance(outcome, _Answer):
                self._rest_all(asked, deadline, outcome)
                continue
            try:
                self._pause(self._backoff(repeats), deadline, method, path, error)
            except TimeLimit as exc:
                exc.ends_all = self._is_of_connection(outcome)
                raise

    def _take_turn(self, method: str, path: str, deadline: float) -> float:
        """Return when a request may be sent.

        :param deadline: when the call's time is up.
        :returns: the deadline, later by what the own limit of requests a minute cost: that is no fault of the server.
        """
        self._await_rest(method, path, deadline)
        if self.connection.learns_limit and has_limit(self._shared, self.connection.host, self.connection.api_key):
            # Another process of the run was answered 429.
            self._learn_limit()
        with self._aside():
            waited = self._limiter.wait()
        if waited:
            deadline += waited
            self._await_rest(method, path, deadline)
        if self.ended is not None:
            raise copy.copy(self.ended)
        if method not in _READS and (os.getppid() != self._parent or is_orphan()):
            # Killed, or crashed: nobody would learn what is written from now on.
            gone = ApiError(
                f"{method} {path} was not sent: the process that started this task is gone", method=method, path=path
            )
            gone.ends_all = True
            raise gone
        return deadline

    @staticmethod
    def _unknown(method: str, path: str, error: ApiError, outcome: _Answer | _NoAnswer) -> UnknownOutcome:
        """The error of a write that may have been done."""
        unknown = UnknownOutcome(
            f"{error.message} (whether it took place is not known)",
            status=error.status,
            envelope=error.envelope,
            request_id=error.request_id,
            method=method,
            path=path,
        )
        unknown.slow = isinstance(outcome, _NoAnswer) and outcome.slow
        return unknown

    def _is_of_connection(self, outcome: _Answer | _NoAnswer) -> bool:
        """Whether a failure is one that every other call would meet too.

        Nothing can be asked of a server that cannot be reached. What else may be a matter of the one request (a list
        that takes too long, a route that this key may not use) counts only if PostHog never answered, or if it is the
        second failure without an answer in between.
        """
        answered = (
            not outcome.may_be_connection if isinstance(outcome, _Answer) else isinstance(outcome.error, AnswerTooLong)
        )
        if answered:
            self._reached, self._strikes = True, 0
            return False
        self._strikes += 1
        if isinstance(outcome, _NoAnswer) and outcome.never_sent:
            return True
        return not self._reached or self._strikes > 1

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
                proxies=dict(self._proxies),
                stream=True,
            )
        except (requests.exceptions.RequestException, urllib3.exceptions.HTTPError, OSError) as exc:
            return self._unreachable(method, path, exc, unsent=never_sent(exc), passes=not no_address(exc))
        try:
            content = self._content(response, min(deadline, started + timeout))
        except TooLong:
            size = f"{MOST_BYTES // 1024 // 1024} MiB"
            too_long = AnswerTooLong(
                f"{method} {path}: {self.connection.host} answered with more than {size}, which is not read",
                status=response.status_code,
                method=method,
                path=path,
            )
            return _NoAnswer(too_long, transient=False, never_sent=False, slow=False)
        except (requests.exceptions.RequestException, urllib3.exceptions.HTTPError, OSError, Undecodable) as exc:
            return self._unreachable(method, path, exc, unsent=False, passes=True)
        self._note(f"{method} {path} -> {response.status_code} in {(self._clock() - started) * 1000:.0f} ms")
        return _Answer(response, content, method)

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

    def _unreachable(self, method: str, path: str, exc: Exception, *, unsent: bool, passes: bool) -> _NoAnswer:
        """What is known of a request that got no answer.

        :param exc: what the library raised.
        :param unsent: it is proven that the request was not sent.
        :param passes: whether this is a fault that may pass.
        """
        host = self.connection.host
        slow = isinstance(exc, (requests.exceptions.Timeout, urllib3.exceptions.TimeoutError, TimeoutError))
        certificate = bad_certificate(exc) if unsent else None
        if certificate is not None:
            passes = False
            text = (
                f"The certificate of {host} was not accepted ({self.scrub(innermost(certificate))}); "
                f"{certificate_advice(certificate)}"
            )
        elif slow:
            text = f"{host} did not answer {method} {path} within {self.connection.timeout:g} s (timeout)"
        else:
            text = f"No answer from {host} to {method} {path}: {self.scrub(innermost(exc))}"
        self._note(text)
        return _NoAnswer(ApiError(text, method=method, path=path), passes, unsent, slow)

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

    def _backoff_of_limit(self, limited: int) -> float:
        """Seconds to wait for a rate limit that does not say how long."""
        return min(60.0, 2.0 ** min(limited, 6)) * (0.5 + self._random() / 2)

    def _asked_to_wait(self, answer: _Answer) -> float | None:
        """Seconds that C(Retry-After) asks for, as a number or as a date; None where it says nothing."""
        value = answer.header("Retry-After").strip()
        if re.fullmatch(r"\d{1,9}(\.\d{1,9})?", value):
            return float(value) or self._backoff(1)
        if value:
            try:
                when = email.utils.parsedate_to_datetime(value).timestamp()
            except (TypeError, ValueError, OverflowError):
                return None
            return max(self._backoff(1), when - time.time())
        return None

    def _rest_all(self, seconds: float, deadline: float, answer: _Answer) -> None:
        """Let the key rest, for this call and all others; or end this one, where its time would pass meanwhile."""
        self._resting.ask(seconds)
        if self._clock() + seconds > deadline:
            raise self._too_long(answer.method, answer.path, seconds, deadline, answer)

    def _await_rest(self, method: str, path: str, deadline: float) -> None:
        """Wait as long as the key is to rest, whoever's request it was that PostHog answered so."""
        while self.ended is None:
            seconds = self._resting.left()
            if not seconds:
                return
            if self._clock() + seconds > deadline:
                raise self._too_long(method, path, seconds, deadline, None)
            self._note(f"waiting {seconds:.1f} s before {method} {path} is sent, as PostHog asks")
            with self._aside():
                self._sleep(seconds)

    def _too_long(self, method: str, path: str, seconds: float, deadline: float, answer: _Answer | None) -> TimeLimit:
        """The error for a wait that is longer than the call may still take."""
        limit = self.connection.max_wait
        left = max(0.0, deadline - self._clock())
        if seconds > limit:
            room = f"more than max_wait ({limit:g} s) allows"
        else:
            room = f"and of max_wait ({limit:g} s) only {left:.0f} s are left"
        who = "PostHog" if answer is not None and answer.status != 429 else "PostHog's rate limit"
        error = TimeLimit(
            f"{method} {path}: {who} asks to wait {math.ceil(seconds)} s, {room}; raise max_wait or run less at once",
            status=answer.status if answer is not None else 429,
            envelope=self._scrubbed(answer.envelope) if answer is not None else None,
            request_id=answer.request_id if answer is not None else None,
            method=method,
            path=path,
        )
        error.ends_all = True
        return error

    def _pause(self, seconds: float, deadline: float, method: str, path: str, error: ApiError) -> None:
        """Wait before a repeat, unless the time limit of the call would pass meanwhile."""
        if self._clock() + seconds > deadline:
            raise TimeLimit(
                f"{error.message}; gave up after max_wait ({self.connection.max_wait:g} s)",
                status=error.status,
                envelope=error.envelope,
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
        attr = option_path((envelope or {}).get("attr"))
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
            scopes = scopes_in(detail)
            if scopes:
                word = "scope" if len(scopes) == 1 else "scopes"
                return f" - add the {word} {', '.join(scopes)} to the key (Settings, Personal API keys)."
            if "support personal api key" in detail.lower():
                return f" - {BROWSER_ONLY}."
            limit = limit_of_key(detail)
            if limit:
                return f" - {limit}."
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
        twice is kept once. C(next) is followed while it is new, also from a page that brings nothing. A list whose
        C(count) changed under way, or that brought fewer objects than C(count) says, is read again; what is missing
        then is an error, since an object that is not seen would be made a second time.

        :param path: below the host, with its leading slash.
        :param params: the query, without paging.
        :param page_size: objects a page; None asks without C(limit).
        :param most: as many objects are enough.
        :returns: the objects in the server's order.
        :raises ApiError: see :meth:`request`; also for a list without end, or with fewer objects than it says.
        """
        again = 0
        while True:
            try:
                read = self._list_once(path, params, page_size, most)
            except AnswerTooLong:
                if page_size is None or page_size <= 10:
                    raise
                page_size //= 10
                continue
            again += 1
            if read.stable or (again >= _READINGS and not read.missing):
                return read.items if most is None else read.items[:most]
            if again >= _READINGS:
                raise ApiError(
                    f"GET {path}: the list says that it has {read.count} objects, but shows {read.shown}; "
                    "what is missing cannot be told, so nothing is done about the others",
                    method="GET",
                    path=path,
                )

    def _list_once(
        self, path: str, params: t.Mapping[str, t.Any] | None, page_size: int | None, most: int | None
    ) -> _Reading:
        query: dict[str, t.Any] = dict(params or {})
        if page_size is not None:
            query["limit"] = page_size if most is None else min(page_size, max(most, 1))
        read = _Reading()
        asked: set[str] = set()
        barren = 0
        for _page in range(MAX_PAGES):
            try:
                page = self.request("GET", path, params=query)
            except ApiError as exc:
                # A server of 2024 answers 500 where a list (roles) gets any query parameter at all.
                if exc.status == 500 and not read.items and query and not params:
                    page_size, query = None, {}
                    page = self.request("GET", path)
                else:
                    raise
            if isinstance(page, list):
                return _Reading(page)
            results = page.get("results") if isinstance(page, dict) else None
            following = page.get("next") if isinstance(page, dict) else None
            if not isinstance(results, list) or not isinstance(following, (str, type(None))):
                raise ApiError(f"GET {path} did not answer with a list; check host", method="GET", path=path)
            fresh = read.take(results, page.get("count"))
            if most is not None and len(read.items) >= most:
                return _Reading(read.items)
            if not following:
                return read
            query = dict(parse_qs(urlsplit(following).query, keep_blank_values=True))
            token = jsonlib.dumps(query, sort_keys=True)
            if token in asked or (not fresh and read.count is not None and not read.missing):
                return read
            asked.add(token)
            barren = 0 if fresh else barren + 1
            if barren > MAX_BARREN:
                break
        raise ApiError(
            f"GET {path}: the list has no end after {MAX_BARREN if barren else MAX_PAGES} pages",
            method="GET",
            path=path,
        )


class _Reading:
    """What one reading of a list brought.

    :param items: the objects of a list that is whole for certain.
    """

    def __init__(self, items: list[t.Any] | None = None) -> None:
        self.items: list[t.Any] = items if items is not None else []
        #: What the last page that told it said of the number of objects.
        self.count: int | None = None
        #: Objects that the list showed; without those that a later page showed again.
        self.shown = len(self.items)
        self._counts: set[int] = set()
        self._seen: set[t.Any] = set()

    def take(self, results: list[t.Any], count: t.Any) -> int:
        """Keep the objects of a page.

        :param results: the objects.
        :param count: what the page says of the number of objects in all.
        :returns: how many of them are new.
        """
        if isinstance(count, int) and not isinstance(count, bool):
            self.count = count
            self._counts.add(count)
        marks = [_mark(item) for item in results]
        before = set(self._seen)
        fresh = 0
        for mark, item in zip(marks, results):
            if mark not in self._seen:
                self._seen.add(mark)
                self.items.append(item)
                fresh += 1
        # Two that cannot be told apart are two if one page shows both; on two pages it is one, on a list that moved.
        self.shown += sum(1 for mark in marks if mark not in before)
        return fresh

    @property
    def missing(self) -> bool:
        """Whether fewer objects came than the list says that it has."""
        return self.count is not None and self.shown < self.count

    @property
    def stable(self) -> bool:
        """Whether nothing speaks against this being the whole list."""
        return len(self._counts) <= 1 and not self.missing


class _Answer:
    """An HTTP answer, read once."""

    def __init__(self, response: requests.Response, content: bytes, method: str) -> None:
        self._response = response
        self.method = method
        self.path = urlsplit(response.url or "").path
        self.status = response.status_code
        self.data: t.Any = None
        self.broken = False
        self.kind = "an empty body"
        self._page = False
        if content:
            try:
                self.data = decoded(content)
            except ValueError:
                self.broken = True
                self._page = "html" in self.header("Content-Type").lower()
                self.kind = "an HTML page" if self._page else "something that is not JSON"
            except RecursionError:
                self.broken = True
                self.kind = "JSON that is nested more deeply than anything of PostHog"
        elif self.status not in (204, 205) and self.status < 400:
            # An answer that broke off in its header looks like one without a body, unless it announced that. To a
            # question an empty body is no answer, whatever announced it.
            announced = self.header("Content-Length").strip() == "0" or self.header("Transfer-Encoding")
            self.broken = not announced or 300 <= self.status < 400 or method in _READS

    @property
    def good(self) -> bool:
        """A success with a body that can be read, or without one where none is due."""
        return 200 <= self.status < 300 and not self.broken

    @property
    def transient(self) -> bool:
        """Worth asking again: an overloaded server, or a success whose body broke off."""
        return self.status in _TRANSIENT or (200 <= self.status < 300 and self.broken and not self._page)

    @property
    def done_perhaps(self) -> bool:
        """Whether PostHog may have done what was asked, although this is no usable answer.

        A page of HTML with status 200 is a proxy's; what the server behind it did cannot be told.
        """
        return self.status >= 500 or (200 <= self.status < 300 and self.broken)

    @property
    def may_be_connection(self) -> bool:
        """Whether this may be what every call gets: an unknown key, or something that is not PostHog."""
        return self.status == 401 or self.status in _TRANSIENT or self.status < 400

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
