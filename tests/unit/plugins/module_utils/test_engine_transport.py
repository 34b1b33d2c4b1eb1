# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Certificates, proxies and what the environment says of them."""

from __future__ import annotations

import datetime
import ipaddress
import select
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from ansible_collections.community.posthog.plugins.module_utils._data.errors import (
    ApiError,
    PostHogFailure,
    UnknownOutcome,
)
from ansible_collections.community.posthog.tests.unit.plugins.utils import (
    KEY,
    Made,
    Raw,
    Reply,
    Reset,
    Server,
    make_client,
)


def write_certificate(directory: Path, name: str, *, days: int = 2, address: str = "127.0.0.1") -> tuple[Path, Path]:
    """A self-signed certificate for an address, valid until in so many days, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=10))
        .not_valid_after(now + datetime.timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    where, private = directory / f"{name}.pem", directory / f"{name}.key"
    where.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return where, private


@dataclass
class Secure:
    """A server with a certificate, the bundle that signs it, and one that does not."""

    server: Server
    bundle: str
    other: str


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Path]:
    """Certificate, key, and a certificate of somebody else."""
    directory = tmp_path_factory.mktemp("certificates")
    where, private = write_certificate(directory, "posthog")
    other, _private = write_certificate(directory, "other")
    return where, private, other


@pytest.fixture
def secure(certificates: tuple[Path, Path, Path]) -> Iterator[Secure]:
    """A server with TLS."""
    where, private, other = certificates
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(where, private)
    with Server(context) as running:
        yield Secure(running, str(where), str(other))


# -- certificates ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_unknown_certificate_is_refused_at_once(secure: Secure, method: str) -> None:
    made = make_client(secure.server.url)
    with pytest.raises(ApiError) as caught:
        made.client.request(method, "/api/x/")
    assert not isinstance(caught.value, UnknownOutcome)
    assert "certificate" in caught.value.message
    assert "ca_path" in caught.value.message
    assert made.clock.slept == []
    assert secure.server.seen == []


@pytest.mark.parametrize(
    ("made", "advice"),
    [
        ({"days": -1}, "it has expired, so it has to be renewed there, or the clock of this machine is wrong"),
        ({"address": "127.0.0.2"}, "it is for another host, so set host to the name that the certificate is for"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_certificate_that_no_bundle_makes_right(
    tmp_path: Path, made: dict[str, Any], advice: str, method: str
) -> None:
    where, private = write_certificate(tmp_path, "posthog", **made)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(where, private)
    with Server(context) as server:
        client = make_client(server.url, verify=str(where))
        with pytest.raises(ApiError) as caught:
            client.client.request(method, "/api/x/")
        assert caught.value.message.endswith(advice)
        assert "ca_path" not in caught.value.message
        assert not isinstance(caught.value, UnknownOutcome)
        assert (client.clock.slept, server.seen) == ([], [])


def test_ca_path(secure: Secure) -> None:
    make_client(secure.server.url, verify=secure.bundle).client.get("/api/x/")
    assert len(secure.server.seen) == 1


def test_ca_path_of_somebody_else(secure: Secure) -> None:
    with pytest.raises(ApiError, match="certificate"):
        make_client(secure.server.url, verify=secure.other).client.get("/api/x/")
    assert secure.server.seen == []


def test_ca_path_beats_the_environment(secure: Secure, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "CURL_CA_BUNDLE"):
        monkeypatch.setenv(name, secure.other)
    make_client(secure.server.url, verify=secure.bundle).client.get("/api/x/")
    assert len(secure.server.seen) == 1


@pytest.mark.filterwarnings("error")
def test_validate_certs_false_is_quiet(secure: Secure) -> None:
    make_client(secure.server.url, verify=False).client.get("/api/x/")
    assert len(secure.server.seen) == 1


@pytest.mark.parametrize("name", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"])
def test_validate_certs_false_beats_the_environment(secure: Secure, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, secure.other)
    make_client(secure.server.url, verify=False).client.get("/api/x/")
    assert len(secure.server.seen) == 1


@pytest.mark.parametrize("name", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"])
def test_bundles_from_the_environment(secure: Secure, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, secure.bundle)
    make_client(secure.server.url).client.get("/api/x/")
    assert len(secure.server.seen) == 1


def test_requests_own_variable_beats_that_of_openssl(secure: Secure, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", secure.bundle)
    monkeypatch.setenv("SSL_CERT_FILE", secure.other)
    make_client(secure.server.url).client.get("/api/x/")
    assert len(secure.server.seen) == 1


@pytest.mark.parametrize("name", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"])
def test_a_bundle_that_does_not_exist_is_named(
    secure: Secure, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str
) -> None:
    """One sentence, not a traceback: a stale variable of the shell is the user's to correct."""
    missing = str(tmp_path / "no-such-bundle.pem")
    monkeypatch.setenv(name, missing)
    with pytest.raises(PostHogFailure) as caught:
        make_client(secure.server.url).client.get("/api/x/")
    assert missing in caught.value.message


def test_a_bundle_that_is_none(secure: Secure, tmp_path: Path) -> None:
    nonsense = tmp_path / "nonsense.pem"
    nonsense.write_text("nothing of the kind\n", encoding="utf-8")
    with pytest.raises(PostHogFailure):
        make_client(secure.server.url, verify=str(nonsense)).client.get("/api/x/")


class Abrupt:
    """A port that treats every connection in its own way; counts them."""

    def __init__(self, treat: Callable[[socket.socket], None]) -> None:
        self.connections = 0
        self._treat = treat
        self._listener = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._listener.getsockname()[1])

    def _accept(self) -> None:
        while True:
            try:
                connection, _peer = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            try:
                self._treat(connection)
            except OSError:
                pass
            finally:
                connection.close()

    def __enter__(self) -> Abrupt:
        return self

    def __exit__(self, *exc: object) -> None:
        self._listener.close()


def _hang_up(connection: socket.socket) -> None:
    connection.recv(4096)


def _talk_http(connection: socket.socket) -> None:
    connection.recv(4096)
    connection.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")


def test_a_handshake_that_breaks_off_is_no_matter_of_certificates() -> None:
    """A balancer that drops a connection in the middle of the handshake is a fault of the moment, so it is repeated."""
    with Abrupt(_hang_up) as port:
        made = make_client(f"https://127.0.0.1:{port.port}", retries=2)
        with pytest.raises(ApiError) as caught:
            made.client.get("/api/x/")
        assert "ca_path" not in caught.value.message
        assert port.connections == 3


def test_https_to_a_port_that_speaks_http() -> None:
    with Abrupt(_talk_http) as port:
        with pytest.raises(ApiError) as caught:
            make_client(f"https://127.0.0.1:{port.port}").client.get("/api/x/")
        assert "ca_path" not in caught.value.message


def test_a_body_that_breaks_off_under_tls(secure: Secure) -> None:
    secure.server.script(Raw(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{"), Reply(200, {"id": 1}))
    made = make_client(secure.server.url, verify=secure.bundle)
    assert made.client.get("/api/x/") == {"id": 1}
    secure.server.script(Raw(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{"), Reply(200, {"id": 1}))
    with pytest.raises(UnknownOutcome):
        made.client.request("POST", "/api/x/", json={})


class Tunnel:
    """A proxy that tunnels: what it is asked for with CONNECT, it opens, or refuses.

    :param answer: the status that it gives; a tunnel only for 200.
    :param cut: it resets the connection to the client once the host has said this many bytes through the tunnel.
    """

    def __init__(self, answer: int = 200, cut: int | None = None) -> None:
        self.asked: list[str] = []
        self.read: list[bytes] = []
        self._answer, self._cut = answer, cut
        self._port = Abrupt(self._treat)
        self.url = f"http://127.0.0.1:{self._port.port}"

    def _treat(self, client: socket.socket) -> None:
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            more = client.recv(4096)
            if not more:
                return
            head += more
        self.read.append(head)
        target = head.split()[1].decode()
        self.asked.append(target)
        client.sendall(f"HTTP/1.1 {self._answer} Answer\r\nContent-Length: 0\r\n\r\n".encode())
        if self._answer == 200:
            host, _colon, port = target.rpartition(":")
            with socket.create_connection((host, int(port))) as server:
                self._relay(client, server)

    def _relay(self, client: socket.socket, server: socket.socket) -> None:
        said = 0
        while True:
            ready, _write, _error = select.select([client, server], [], [], 5)
            if not ready:
                return
            for end in ready:
                data = end.recv(65536)
                if not data:
                    return
                self.read.append(data)
                if end is client:
                    server.sendall(data)
                    continue
                said += len(data)
                if self._cut is not None and said > self._cut:
                    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    return
                client.sendall(data)

    def __enter__(self) -> Tunnel:
        return self

    def __exit__(self, *exc: object) -> None:
        self._port.__exit__(*exc)


# -- proxies ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"])
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_plain_http_goes_to_loopback_without_a_proxy(
    server: Server, monkeypatch: pytest.MonkeyPatch, name: str, host: str
) -> None:
    """A proxy would read the key, which crosses no network unencrypted."""
    with Server() as proxy:
        monkeypatch.setenv(name, proxy.url)
        server.script(Reply(200, {"id": 1}))
        assert make_client(f"http://{host}:{server.port}").client.get("/api/x/") == {"id": 1}
        assert proxy.seen == []
    assert server.seen[0].headers["authorization"] == f"Bearer {KEY}"


def test_no_proxy(secure: Secure, monkeypatch: pytest.MonkeyPatch) -> None:
    with Tunnel() as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        make_client(secure.server.url, verify=secure.bundle).client.get("/api/x/")
        assert proxy.asked == []
    assert len(secure.server.seen) == 1


def test_https_is_tunnelled_and_the_proxy_never_sees_the_key(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", server.url)
    server.script(Reply(403, b"no", content_type="text/plain"))
    with pytest.raises(ApiError) as caught:
        make_client("https://posthog.example.com", retries=0).client.request("POST", "/api/x/", json={})
    assert [request.method for request in server.seen] == ["CONNECT"]
    assert "authorization" not in server.seen[0].headers
    assert not isinstance(caught.value, UnknownOutcome)
    assert "ca_path" not in caught.value.message


def through(monkeypatch: pytest.MonkeyPatch, proxy: Tunnel, secure: Secure, **options: Any) -> Made:
    """A client whose requests go through a proxy."""
    monkeypatch.setenv("HTTPS_PROXY", proxy.url)
    return make_client(secure.server.url, verify=secure.bundle, **options)


def test_a_tunnel(secure: Secure, monkeypatch: pytest.MonkeyPatch) -> None:
    with Tunnel() as proxy:
        secure.server.script(Reply(200, {"id": 1}))
        assert through(monkeypatch, proxy, secure).client.get("/api/x/") == {"id": 1}
        assert proxy.asked == [f"127.0.0.1:{secure.server.port}"]
        assert KEY.encode() not in b"".join(proxy.read)
    assert len(secure.server.seen) == 1


@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_a_write_that_took_place_behind_a_proxy(secure: Secure, monkeypatch: pytest.MonkeyPatch, method: str) -> None:
    """The connection breaks after the server did its work: the library calls that an error of the proxy."""
    secure.server.script(Reset(), Reply(200, {"id": 1}))
    with Tunnel() as proxy:
        made = through(monkeypatch, proxy, secure)
        if method == "PATCH":
            assert made.client.request(method, "/api/x/", json={}) == {"id": 1}
            assert len(secure.server.seen) == 2
            return
        with pytest.raises(UnknownOutcome):
            made.client.request(method, "/api/x/", json={})
    assert [request.method for request in secure.server.seen] == ["POST"]


def test_a_proxy_that_cuts_the_answer_off(secure: Secure, monkeypatch: pytest.MonkeyPatch) -> None:
    secure.server.script(Reply(201, {"id": 1, "text": "x" * 20_000}))
    with Tunnel(cut=8_000) as proxy, pytest.raises(UnknownOutcome):
        through(monkeypatch, proxy, secure).client.request("POST", "/api/x/", json={})
    assert len(secure.server.seen) == 1


@pytest.mark.parametrize("status", [403, 407, 502, 503])
def test_a_tunnel_that_is_refused_is_asked_for_again(
    secure: Secure, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    """No byte of the write left this machine, so it may be sent again, and its outcome is known."""
    with Tunnel(status) as proxy:
        with pytest.raises(ApiError, match=rf"Tunnel connection failed: {status}") as caught:
            through(monkeypatch, proxy, secure, retries=2).client.request("POST", "/api/x/", json={})
        assert not isinstance(caught.value, UnknownOutcome)
        assert len(proxy.asked) == 3
    assert secure.server.seen == []


def test_a_proxy_that_is_not_there(secure: Secure, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{port}")
    made = make_client(secure.server.url, verify=secure.bundle, retries=2)
    with pytest.raises(ApiError, match="refused") as caught:
        made.client.request("POST", "/api/x/", json={})
    assert not isinstance(caught.value, UnknownOutcome)
    assert len(made.clock.slept) == 2


def test_a_name_of_a_proxy_that_nobody_knows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", _nowhere)
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example.com:3128")
    with pytest.raises(ApiError) as caught:
        make_client("https://posthog.example.com", retries=1).client.request("POST", "/api/x/", json={})
    assert not isinstance(caught.value, UnknownOutcome)


def test_a_proxy_that_hangs_up_before_the_tunnel(secure: Secure, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing was sent, but nothing proves it, so the outcome counts as unknown."""
    with Abrupt(_hang_up) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
        with pytest.raises(UnknownOutcome):
            make_client(secure.server.url, verify=secure.bundle).client.request("POST", "/api/x/", json={})
        assert proxy.connections == 1


def test_a_certificate_behind_a_proxy(secure: Secure, monkeypatch: pytest.MonkeyPatch) -> None:
    with Tunnel() as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        with pytest.raises(ApiError, match="give ca_path the bundle") as caught:
            make_client(secure.server.url).client.request("POST", "/api/x/", json={})
    assert not isinstance(caught.value, UnknownOutcome)
    assert secure.server.seen == []


def test_a_password_of_a_proxy_is_in_no_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://somebody:ProxyPassword1@127.0.0.1:9")
    made = make_client("https://127.0.0.1:9", retries=0)
    with pytest.raises(ApiError) as caught:
        made.client.get("/api/x/")
    assert "ProxyPassword1" not in "".join([caught.value.message, *made.notes])


@pytest.mark.parametrize(
    "value", ["://", "http://", "foo:bar", "http://[::1", "http://proxy:port", "socks9://127.0.0.1:9", "http://a b"]
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_malformed_proxy_is_a_sentence(
    secure: Secure, monkeypatch: pytest.MonkeyPatch, value: str, method: str
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", value)
    made = make_client(secure.server.url, verify=secure.bundle, retries=0)
    with pytest.raises(PostHogFailure) as caught:
        made.client.request(method, "/api/x/")
    # Nothing was sent, and that is known.
    assert secure.server.seen == []
    assert not isinstance(caught.value, UnknownOutcome)


@pytest.mark.parametrize(
    "host",
    ["http://127.0.0.1:99999", "https://posthog.example.com:port", "https://.example.com", "https://a b.example"],
)
def test_a_host_that_cannot_be_reached_at_all_is_a_sentence(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", _nowhere)
    with pytest.raises(PostHogFailure):
        make_client(host, retries=0).client.get("/api/x/")


def _nowhere(*args: Any, **more: Any) -> Any:
    raise socket.gaierror(-2, "Name or service not known")
