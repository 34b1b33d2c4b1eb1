# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Certificates, proxies and what the environment says of them."""

from __future__ import annotations

import datetime
import ipaddress
import socket
import ssl
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

from ansible_collections.community.posthog.plugins.module_utils._errors import (
    ApiError,
    PostHogFailure,
    UnknownOutcome,
)
from ansible_collections.community.posthog.tests.unit.plugins.utils import KEY, Raw, Reply, Server, make_client


def write_certificate(directory: Path, name: str) -> tuple[Path, Path]:
    """A self-signed certificate for 127.0.0.1, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
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


# -- proxies ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
def test_a_proxy_from_the_environment(server: Server, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Plain http goes to loopback only, and loopback is not excepted from a proxy by itself."""
    monkeypatch.setenv(name, server.url)
    server.script(Reply(200, {"id": 1}))
    made = make_client("http://127.0.0.1:9")
    assert made.client.get("/api/x/") == {"id": 1}
    assert server.seen[0].target == "http://127.0.0.1:9/api/x/"
    assert server.seen[0].headers["authorization"] == f"Bearer {KEY}"


def test_no_proxy(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    with Server() as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        make_client(server.url).client.get("/api/x/")
        assert proxy.seen == []
    assert len(server.seen) == 1


def test_https_is_tunnelled_and_the_proxy_never_sees_the_key(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", server.url)
    server.script(Reply(403, b"no", content_type="text/plain"))
    with pytest.raises(ApiError) as caught:
        make_client("https://posthog.example.com", retries=0).client.request("POST", "/api/x/", json={})
    assert [request.method for request in server.seen] == ["CONNECT"]
    assert "authorization" not in server.seen[0].headers
    assert not isinstance(caught.value, UnknownOutcome)
    assert "ca_path" not in caught.value.message


def test_a_password_of_a_proxy_is_in_no_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://somebody:ProxyPassword1@127.0.0.1:9")
    made = make_client("http://127.0.0.1:9", retries=0)
    with pytest.raises(ApiError) as caught:
        made.client.get("/api/x/")
    assert "ProxyPassword1" not in "".join([caught.value.message, *made.notes])


@pytest.mark.parametrize(
    "value", ["://", "http://", "foo:bar", "http://[::1", "http://proxy:port", "socks9://127.0.0.1:9", "http://a b"]
)
def test_a_malformed_proxy_is_a_sentence(server: Server, monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("HTTP_PROXY", value)
    made = make_client(server.url, retries=0)
    with pytest.raises(PostHogFailure):
        made.client.get("/api/x/")


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
