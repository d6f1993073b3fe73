"""Connections to hosts that somebody else named: never to our own network unless that is allowed (V55).

Web addresses (webhooks, OAuth) are always guarded unless ALLOW_PRIVATE_HOSTS=1; mail servers, which an admin enters and
which often stand in the shop's own network, only if BLOCK_PRIVATE_MAIL_HOSTS=1.
"""

import socket
import ssl
from collections.abc import Iterable
from functools import cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any

import httpcore
import httpx
from django.conf import settings

MAX_ANSWER = 1024 * 1024  # bytes
TIMEOUT = 10.0  # seconds

# is_global calls these global although they lead to an embedded IPv4 address, perhaps our own.
_DISGUISES = [ip_network(net) for net in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "::/96")]


class PrivateHostError(OSError):
    """The host lies in a network that is not public."""


def is_public(address: str) -> bool:
    """Whether an IP address (text) belongs to the public internet."""
    ip: IPv4Address | IPv6Address = ip_address(address.partition("%")[0])
    if isinstance(ip, IPv6Address) and ip.ipv4_mapped:
        ip = ip.ipv4_mapped
    if any(ip in net for net in _DISGUISES if net.version == ip.version):
        return False
    return ip.is_global and not ip.is_multicast


def public_address(host: str, port: int) -> str:
    """The IP address to connect to. PrivateHostError unless all of the host's addresses are public."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    ips = [str(entry[4][0]) for entry in found]
    if not ips or not all(is_public(ip) for ip in ips):
        raise PrivateHostError(f"{host} is not a public address")
    return ips[0]


def mail_address(host: str, port: int) -> str:
    """What to connect to for this mail server: the checked IP address, or the name itself when all are allowed."""
    return public_address(host, port) if settings.BLOCK_PRIVATE_MAIL_HOSTS else host


@cache
def mail_trust() -> ssl.SSLContext:
    """Whose certificates mail servers may show: this machine's authorities, read once (it takes 50 ms of processor)."""
    return ssl.create_default_context()


@cache
def _web_trust() -> ssl.SSLContext:
    return httpx.create_ssl_context()


class _GuardedBackend(httpcore.SyncBackend):
    """Connects to the address that was checked, so that a second DNS answer cannot lead elsewhere."""

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        try:
            target = host if settings.ALLOW_PRIVATE_HOSTS else public_address(host, port)
        except OSError as error:
            raise httpcore.ConnectError(str(error)) from error
        return super().connect_tcp(target, port, timeout, local_address, socket_options)


def client(*, timeout: float = TIMEOUT) -> httpx.Client:
    """An HTTP client for addresses that others chose: guarded, without redirects, cookies kept or proxies."""
    transport = httpx.HTTPTransport(verify=_web_trust(), retries=0)
    transport._pool = httpcore.ConnectionPool(  # httpx has no public way to pass a network backend
        ssl_context=_web_trust(), network_backend=_GuardedBackend(), max_connections=10
    )
    return httpx.Client(transport=transport, timeout=timeout, follow_redirects=False, trust_env=False)


def post_form(url: str, data: dict[str, str]) -> tuple[int, bytes]:
    """POST a form; (status, body). httpx.HTTPError when it cannot be had, ValueError beyond MAX_ANSWER bytes."""
    with client() as session, session.stream("POST", url, data=data) as answer:
        body = bytearray()
        for chunk in answer.iter_bytes():
            body += chunk
            if len(body) > MAX_ANSWER:
                raise ValueError("the answer is too large")
        return answer.status_code, bytes(body)
