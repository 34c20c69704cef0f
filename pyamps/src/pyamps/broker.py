# SPDX-License-Identifier: Apache-2.0
"""The embedded server."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import quote

from ._broker import LIMITS, NativeBroker, broker_version, sample_configuration
from .broker_state import Definition, Definitions, state_xml
from .exceptions import TimedOutException

__all__ = ["Broker", "broker_version", "sample_configuration"]


class Broker(NativeBroker):
    """A server in this process: ``with Broker() as broker: client.connect(broker.uri("json"))``.

    Listens on loopback, on a free port unless one is given. Several may run in one process.
    Threads: any; its own threads run no Python but the callbacks given here.

    Topics that keep state are declared by keyword, by name:

    ``sow``
        Topics that keep the latest message of each key: ``{"orders": "/id"}``. A value is the path of the key
        field, several of them, None (publishers supply keys), or a definition as ``{"key": "/id", "file":
        "orders.sow", "expiration": "30s"}``; without a file, records live in memory only. ``"history": {"window":
        "1h", "granularity": "0s"}`` keeps former versions for queries with a bookmark.
    ``views``
        Topics made of the records of others: ``{"totals": {"source": "orders", "projection": ["/customer",
        "SUM(/quantity) AS /quantity"], "grouping": "/customer"}}``; ``join`` in place of ``source`` for several.
    ``conflated_topics``
        Copies of topics that change no more often than an interval: the name of the source, or ``{"source":
        "orders", "interval": "1s"}``.
    ``queues``
        Names of queues, or by name their definitions: ``{"jobs": {"lease_period": "30s"}}``; ``dead_letter``
        names a topic for messages that expire.
    ``journal``
        Directory of the transaction log, which takes every json message and outlives the broker; True: a temporary
        one; or its definition. Queues bring a temporary one unless told otherwise.

    A definition names the elements of the configuration in snake_case; a topic is of type json unless
    ``message_type`` is one of its keys.
    """

    def __init__(
        self,
        *,
        port: int = 0,
        host: str = "127.0.0.1",
        message_types: str | Iterable[str] | None = None,
        certificate: str | os.PathLike[str] | None = None,
        private_key: str | os.PathLike[str] | None = None,
        ca_file: str | os.PathLike[str] | None = None,
        unix_path: str | os.PathLike[str] | None = None,
        authenticate: Callable[[str, str, str], Any] | None = None,
        entitle: Callable[[str, str], Any] | None = None,
        admin: bool | int | str = False,
        log: Callable[[str, str], Any] | None = None,
        trace: bool = False,
        name: str | None = None,
        config: str | os.PathLike[str] | None = None,
        variables: Mapping[str, str] | None = None,
        sow: Definitions | None = None,
        views: Mapping[str, Definition] | None = None,
        conflated_topics: Mapping[str, Any] | None = None,
        queues: Definitions | None = None,
        journal: str | os.PathLike[str] | bool | Definition | None = None,
        clock: str | None = None,
        **limits: int,
    ) -> None:
        """
        :param port: TCP port; 0 takes a free one.
        :param message_types: one transport for each, on ports of their own; None: one for any type.
        :param certificate: PEM chain: clients connect with ``tcps``. Needs ``private_key``.
        :param ca_file: PEM; clients must show a certificate of this authority.
        :param unix_path: listen there too, with type ``unix``.
        :param authenticate: ``f(client_name, user, password)``: True accepts, a str asks again with
            that text, everything else refuses. It may block: its threads do nothing else, and a logon that it
            does not decide within ``logon_timeout_ms`` is refused. Without it everybody may log on.
        :param entitle: ``f(client_name, user)``, asked once a logon: True allows everything, something false refuses
            the logon, and a dict is the user's permission document: ``{"logon": True, "topic": [{"topic":
            "orders", "read": "/desk = 1", "write": False}]}``. The first entry whose topic (a name or a pattern)
            matches decides; what no entry matches is denied; a str is a filter that messages must match.
        :param admin: True, a port or an address: where statistics are served over HTTP, see ``admin_uri``.
        :param log: ``f(level, line)``, on threads of the broker; level as ``"info"``.
        :param trace: ``log`` also gets a line of level ``"trace"`` for every frame and the beginning of its body: slow.
        :param config: file with the configuration as XML; transports given there replace the default.
        :param variables: values for ``${NAME}`` in the configuration.
        :param sow: and ``views``, ``conflated_topics``, ``queues``, ``journal``: topics that keep state, see the class.
        :param clock: ``"manual"``: time stands still until ``advance()`` moves it. For tests.
        :param limits: by name, for example ``logon_timeout_ms=500``; see ``Broker.LIMITS``.
        """
        super().__init__()
        if name is not None:
            self._set_name(name)
        if config is not None:
            self._configure_file(config, _variables(variables))
        state = state_xml(
            journal=journal, sow=sow or (), queues=queues or (), views=views, conflated_topics=conflated_topics
        )
        if state:
            self._configure(state, "Broker()", None)
        if clock is not None:
            self._set_clock(clock)
        if admin is not False:
            self.configure(_admin_xml(admin))
        self._set_limits(limits)
        self._set_callbacks(trace, log=log, authenticate=authenticate, entitle=entitle)
        listens = message_types is not None or certificate is not None or unix_path is not None
        if config is None or listens or port:
            tls = {"certificate": certificate, "private_key": private_key, "ca_file": ca_file}
            self._listen(host, port, message_types, tls)
        if unix_path is not None:
            self.add_transport("unix", os.fspath(unix_path))

    LIMITS = tuple(LIMITS)

    def _listen(self, host: str, port: int, types: str | Iterable[str] | None, tls: Mapping[str, Any]) -> None:
        kind = "tcp" if tls["certificate"] is None else "tcps"
        address = f"[{host}]" if ":" in host else host
        for message_type in (types,) if isinstance(types, str) else types or (None,):
            self.add_transport(kind, f"{address}:{port}", message_type, **tls)

    def _set_clock(self, clock: str) -> None:
        if clock != "manual":
            raise ValueError(f"clock must be 'manual' or None, not {clock!r}")
        self._use_manual_clock()

    def _set_limits(self, limits: Mapping[str, int]) -> None:
        for limit, value in limits.items():
            if limit not in LIMITS:
                raise TypeError(f"Broker() has no limit {limit!r}; it has {', '.join(sorted(LIMITS))}")
            if value < 0:
                raise ValueError(f"{limit} must not be negative: {value}")
            self._set_limit(limit, value)

    def _set_callbacks(self, trace: bool, **callbacks: Callable[..., Any] | None) -> None:
        setters: dict[str, Callable[[Any], None]] = {
            "log": lambda function: self._set_log(function, trace),
            "authenticate": self._set_authenticator,
            "entitle": self._set_entitlement,
        }
        if trace and callbacks["log"] is None:
            raise ValueError("trace=True is for a log: give log=f, too")
        for what, callback in callbacks.items():
            if callback is None:
                continue
            if not callable(callback):
                raise TypeError(f"{what} must be callable, not {type(callback).__name__}")
            setters[what](callback)

    def add_transport(
        self,
        type: str = "tcp",
        address: str | None = None,
        message_type: str | None = None,
        *,
        name: str | None = None,
        certificate: str | os.PathLike[str] | None = None,
        private_key: str | os.PathLike[str] | None = None,
        ca_file: str | os.PathLike[str] | None = None,
    ) -> Broker:
        """One more place to listen, before start. Returns ``self``.

        :param type: ``"tcp"``, ``"tcps"`` or ``"unix"``.
        :param address: ``"host:port"``; for ``unix`` the path.
        :param message_type: None: any, declared at logon.
        """
        if name is None:
            name = f"{message_type or 'any'}-{type}-{self._named}"
            self._named += 1
        self._add_transport(name, type, address, message_type, certificate, private_key, ca_file)
        return self

    _named = 1  # Transports named so far, for their default names.

    def configure(self, xml: str, *, variables: Mapping[str, str] | None = None) -> Broker:
        """Read configuration text, before start. Returns ``self``."""
        self._configure(xml, "<configure>", _variables(variables))
        return self

    def advance(self, seconds: float) -> None:
        """Move a manual clock; on return topics have done what was due: leases, expiry, intervals.

        :raises UsageException: the broker was not made with ``clock="manual"``.
        """
        if seconds < 0:
            raise ValueError(f"time does not go back: {seconds}")
        self._advance(round(seconds * 1000))

    def drain(self, timeout: float = 10.0) -> None:
        """Wait until what was published by now has reached the log, queues, views and conflated topics.

        Conflated topics do not wait for the ends of their intervals. What clients have not yet sent, or the broker not
        yet read, was not published: ``client.publish_flush()`` first.

        :param timeout: seconds.
        :raises TimedOutException: it took longer.
        :raises UsageException: the broker does not run.
        """
        end = time.monotonic() + timeout
        while True:
            left = end - time.monotonic()
            # In slices, so that Ctrl-C ends it.
            if self._drain(round(1000 * min(max(left, 0), 0.05))):
                return
            if left <= 0:
                raise TimedOutException(f"the broker has not caught up within {timeout} s")

    @property
    def addresses(self) -> list[dict[str, Any]]:
        """Where the broker listens: name, type, host, port, path and message_type of each transport."""
        return self._addresses()

    @property
    def port(self) -> int:
        """Port of the first transport.

        :raises LookupError: the broker is not running.
        """
        if not self.is_running():
            raise LookupError("the broker is not running, so it has no port")
        return int(self._addresses()[0]["port"])

    @property
    def admin_uri(self) -> str:
        """Where statistics are served over HTTP: ``admin_uri + "/metrics"``, ``admin_uri + "/amps/instance.json"``.

        :raises UsageException: the broker does not run, or was made without ``admin``.
        """
        host, port = self._admin_address()
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

    @property
    def statistics(self) -> dict[str, Any]:
        """Counters: connections, messages, bytes, …"""
        return dict(json.loads(self._statistics()))

    def uri(
        self,
        message_type: str = "json",
        *,
        transport: str | None = None,
        user: str | None = None,
        password: str | None = None,
    ) -> str:
        """URI for ``connect``.

        :param transport: ``"tcp"``, ``"tcps"`` or ``"unix"``; None: the first that fits.
        :raises LookupError: no transport serves this, or the broker does not run.
        """
        for row in self._addresses():
            if row["message_type"] in ("", message_type) and transport in (None, row["type"]):
                break
        else:
            if not self.is_running():
                raise LookupError("the broker is not running, so it has no address")
            raise LookupError(f"the broker has no {transport + ' ' if transport else ''}transport for {message_type!r}")
        who = "" if user is None else quote(user, "") + ("" if password is None else ":" + quote(password, "")) + "@"
        if row["type"] == "unix":
            return f"unix://{who}/amps/{message_type}?path={quote(row['path'])}"
        host = f"[{row['host']}]" if ":" in row["host"] else row["host"]
        return f"{row['type']}://{who}{host}:{row['port']}/amps/{message_type}"

    def __enter__(self) -> Broker:
        """Start, unless it runs already."""
        if not self.is_running():
            self.start()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.stop()

    def __repr__(self) -> str:
        return f"<Broker {self.uri() if self.is_running() else 'stopped'}>"


def _admin_xml(admin: bool | int | str) -> str:
    where = "127.0.0.1:0" if admin is True else f"127.0.0.1:{admin}" if isinstance(admin, int) else admin
    return f"<AMPSConfig><Admin><InetAddr>{where}</InetAddr></Admin></AMPSConfig>"


def _variables(values: Mapping[str, str] | None) -> bytes | None:
    if values is None:
        return None
    return b"".join(f"{name}={value}\0".encode() for name, value in values.items()) + b"\0"
