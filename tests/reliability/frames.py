# SPDX-License-Identifier: Apache-2.0
"""The 72 kinds of malformed or unusual input, and what broker and client must do with each (REL-05).

Rows are data. ``test_malformed_to_broker.py`` sends those of direction "b" to a real broker,
``test_malformed_to_client.py`` those of direction "c" to a real client. Where protocol and
reliability plan disagree the protocol counts; the row's note says so.
"""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum

MIB = 1 << 20
FRAME_BYTES_MAX = 256 * MIB
LOGON_BYTES_MAX = 64 * 1024


class Outcome(Enum):
    CLOSE = "says why, then closes within a second"
    REFUSE = "failure ack, connection stays usable"
    IGNORE = "accepted or ignored, connection stays usable"
    REPORT = "client only: exception listener, nothing discarded, connection kept"
    CLOSE_LATE = "closes at the logon deadline"
    HANG_UP = "the peer has gone; only others must not notice"


@dataclass(frozen=True)
class Frame:
    id: str
    title: str
    directions: str
    outcome: Outcome
    send: bytes | Callable[[], bytes]
    before_logon: bool = False
    reason: str = ""  # In the failure ack to the broker's peer, or in the text the client reports.
    log: str = ""  # In the broker's log.
    half_close: bool = False  # The sender ends its direction after the bytes.
    one_by_one: bool = False  # Every byte is a segment of its own.
    to_client: bytes | None = None  # Where the client gets other bytes than the broker.
    at_client: Outcome | None = None  # Where the client differs from the broker.
    note: str = ""

    def bytes_for(self, direction: str) -> bytes:
        if direction == "c" and self.to_client is not None:
            return self.to_client
        return self.send() if callable(self.send) else self.send


def frame(header: bytes | str, body: bytes = b"", length: int | None = None) -> bytes:
    header = header.encode() if isinstance(header, str) else header
    return struct.pack(">I", len(header) + len(body) if length is None else length) + header + body


def header(**fields: object) -> str:
    return json.dumps(fields, separators=(",", ":"))


def publish(**fields: object) -> bytes:
    return frame(header(c="p", t="odd", **fields), b"{}")


def command(name: str, **fields: object) -> bytes:
    """A command that asks for its ``processed`` ack under the id ``odd``."""
    return frame(header(c=name, cid="odd", a="processed", **fields))


def logon(**fields: object) -> bytes:
    return command("logon", **{"client_name": "odd-one", "version": "0.1:test", **fields})


def zlib_bomb() -> bytes:
    """A few hundred bytes that inflate to 1 MiB inside one frame."""
    return zlib.compress(frame(b"{" + b" " * MIB), 9)


DEEP = '{"c":"p","t":"odd","z":' + "[" * 30_000 + "]" * 30_000 + "}"  # Within the limit of a header.
MANY_KEYS = '{"c":"p","t":"odd",' + ",".join(f'"k{i}":{i}' for i in range(100_000)) + "}"
LONG_HEADER = '{"c":"p","t":"odd","z":"' + "z" * LOGON_BYTES_MAX + '"}'
CLIENT_HELLO = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(range(64)) * 8
SYNTAX = "header"  # What the reason of every malformed header names.
CLOSE, REFUSE, IGNORE, REPORT = Outcome.CLOSE, Outcome.REFUSE, Outcome.IGNORE, Outcome.REPORT


def malformed(id: str, title: str, text: str | bytes, directions: str = "bc", **more) -> Frame:
    return Frame(id, title, directions, CLOSE, frame(text), **more)


def bad_sequence(id: str, title: str, values: list) -> Frame:
    data = b"".join(command("p", t="odd", s=value) for value in values)
    return Frame(id, title, "b", REFUSE, data, reason="bad sequence")


FRAMING = [
    Frame("F01", "length 0, a thousand times", "bc", IGNORE, b"\0\0\0\0" * 1000),
    malformed("F02", "length 1: an opening brace alone", "{"),
    malformed("F03", "length 2: no command", "{}", log="unknown command"),
    Frame("F04", "length 0xFFFFFFFF", "bc", CLOSE, b"\xff\xff\xff\xff{}", reason="4294967295", log="4294967295"),
    Frame("F05", "length 0x80000000", "bc", CLOSE, b"\x80\0\0\0{}", reason="2147483648", log="2147483648"),
    Frame(
        "F06",
        "length limit + 1",
        "bc",
        CLOSE,
        struct.pack(">I", FRAME_BYTES_MAX + 1) + b"{",
        reason="268435457",
        log="268435457",
    ),
    Frame(
        "F07",
        "length of the limit, then silence",
        "b",
        Outcome.CLOSE_LATE,
        struct.pack(">I", LOGON_BYTES_MAX) + b"{",
        before_logon=True,
        note="A client has no deadline for a frame; its heartbeat is what ends the wait.",
    ),
    Frame(
        "F08",
        "frame of 5 MB before logon",
        "b",
        CLOSE,
        lambda: frame(header(c="logon"), b"x" * 5_000_000),
        before_logon=True,
    ),
    Frame("F09", "length ends inside the header", "bc", CLOSE, frame(header(c="p", t="odd"), b"{}", length=12)),
    Frame(
        "F10",
        "length ends inside the body; the rest is read as a length",
        "bc",
        CLOSE,
        frame(header(c="p", t="odd"), b"{}~~~~~~", length=23),
    ),
    Frame("F11", "three bytes of a length, then the end", "bc", Outcome.HANG_UP, b"\0\0\0", half_close=True),
    Frame("F12", "half a header, then the end", "bc", Outcome.HANG_UP, frame('{"c":"p"', length=50), half_close=True),
    Frame("F13", "each byte in a segment of its own", "bc", IGNORE, publish(), one_by_one=True),
    Frame("F14", "10,000 frames in one write", "bc", IGNORE, lambda: publish() * 10_000),
    Frame("F15", "TLS hello to a plain port", "b", CLOSE, CLIENT_HELLO, before_logon=True, log="TLS"),
    Frame(
        "F16",
        "HTTP request without an upgrade",
        "b",
        CLOSE,
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\n" + b"\xff" * 8,
        before_logon=True,
        note="Any upgrade token is answered by 101; what follows must be frames.",
    ),
    Frame("F17", "banner of another protocol", "bc", CLOSE, b"SSH-2.0-OpenSSH_9.2\r\n"),
    Frame("F18", "1 MiB of zero bytes", "bc", IGNORE, lambda: bytes(MIB)),
    Frame("F19", "zlib header, then garbage", "b", CLOSE, b"\x78\x9c" + b"\xee" * 200, before_logon=True),
    Frame("F20", "zlib bomb before logon", "b", CLOSE, zlib_bomb, before_logon=True),
]

SYNTAX_ROWS = [
    malformed("F21", "header starts with a bracket", '["c","p"]'),
    Frame("F22", "white space before the header", "bc", IGNORE, frame('  {"c":"p","t":"odd"}')),
    malformed("F23", "string not closed", '{"c":"p","t":"odd}'),
    malformed("F24", "object not closed", '{"c":"p","t":"odd"'),
    malformed("F25", "trailing comma", '{"c":"p","t":"odd",}'),
    malformed("F26", "single quotes", "{'c':'p','t':'odd'}"),
    malformed("F27", "colon missing", '{"c" "p","t":"odd"}'),
    malformed("F28", "key without quotes", '{c:"p",t:"odd"}'),
    Frame("F29", "nested object in an unknown key", "bc", IGNORE, frame('{"c":"p","t":"odd","z":{"a":{"b":1}}}')),
    malformed("F30", "depth 30,000", DEEP),
    malformed("F31", "command is an array", '{"c":["p"],"t":"odd"}'),
    malformed("F32", "raw control character in a string", b'{"c":"p","t":"o\x01d"}'),
    Frame(
        "F33",
        "escape of another letter",
        "bc",
        IGNORE,
        frame(r'{"c":"p","t":"o\qd"}'),
        note="The protocol: an unknown escape yields its letter.",
    ),
    malformed("F34", "unicode escape cut short", r'{"c":"p","t":"\u12"}'),
    Frame(
        "F35",
        "lone surrogate",
        "bc",
        IGNORE,
        frame(r'{"c":"p","t":"\ud800"}'),
        note="Names are byte strings in the protocol, so nothing is refused.",
    ),
    Frame(
        "F36",
        "invalid UTF-8 in the topic",
        "bc",
        IGNORE,
        frame(b'{"c":"p","t":"\xff\xfe"}'),
        note="Names are byte strings in the protocol.",
    ),
    Frame(
        "F37",
        "zero byte in the topic",
        "bc",
        IGNORE,
        frame(r'{"c":"p","t":"o\u0000d"}'),
        note="Names are byte strings in the protocol.",
    ),
    Frame("F38", "command twice, the last one counts", "bc", IGNORE, frame('{"c":"subscribe","c":"p","t":"odd"}')),
    malformed("F39", "header of 64 KiB and more", LONG_HEADER),
    malformed("F40", "100,000 unknown keys", MANY_KEYS),
    malformed("F41", "command missing", '{"t":"odd"}', log="unknown command"),
    malformed("F42", "command unknown", '{"c":"levitate","t":"odd"}', log="unknown command"),
    malformed("F43", "command is a number", '{"c":7,"t":"odd"}', log="unknown command"),
    malformed("F44", "command empty", '{"c":"","t":"odd"}', log="unknown command"),
]

COMMANDS = [
    Frame("F45", "publish before logon", "b", CLOSE, command("p", t="odd"), before_logon=True, reason="logon required"),
    Frame("F46", "second logon", "b", REFUSE, logon(), reason="duplicate logon"),
    Frame(
        "F47",
        "logon without message type on a port for several",
        "b",
        CLOSE,
        logon(),
        before_logon=True,
        reason="invalid message type",
    ),
    Frame(
        "F48", "message type unknown", "b", CLOSE, logon(mt="no-such"), before_logon=True, reason="invalid message type"
    ),
    bad_sequence("F49", "sequence negative", [-1]),
    bad_sequence("F50", "sequence 2^64", [1 << 64]),
    bad_sequence("F51", "sequence 2^64 - 1", [(1 << 64) - 1]),
    bad_sequence("F52", "sequence is a word, a fraction, an exponent", ["abc", 1.5, "1e3"]),
    Frame("F53", "publish without topic", "b", REFUSE, command("p"), reason="no topic"),
    Frame("F54", "topic empty", "b", REFUSE, command("p", t=""), reason="no topic"),
    Frame(
        "F55",
        "option unknown",
        "b",
        REFUSE,
        command("subscribe", t="odd", opts="no_such_option"),
        reason="invalid options",
    ),
    Frame(
        "F56",
        "top_n and batch size negative or too large",
        "b",
        REFUSE,
        b"".join(command("sow", t="kept", **{key: value}) for key in ("top_n", "bs") for value in (-1, 1 << 64)),
        reason="invalid options",
    ),
    Frame(
        "F57",
        "bookmark malformed",
        "bc",
        REFUSE,
        command("subscribe", t="odd", bm="yesterday"),
        reason="invalid bookmark",
        to_client=frame(header(c="p", t="odd", sids="404", bm="yesterday"), b"{}"),
        at_client=IGNORE,
        note="What a bookmark says is for the broker and the bookmark store; the client passes it on.",
    ),
    Frame(
        "F58",
        "bookmark list of 10,001",
        "b",
        REFUSE,
        command("subscribe", t="odd", bm=",".join(["1|1|"] * 10_001)),
        reason="invalid bookmark",
    ),
    Frame(
        "F59",
        "filter with a syntax error",
        "b",
        REFUSE,
        command("subscribe", t="odd", filter="/a = = 1"),
        reason="bad filter",
    ),
    Frame(
        "F60",
        "filter as long as a header may be",
        "b",
        REFUSE,
        command("subscribe", t="odd", filter="x" * (LOGON_BYTES_MAX - 200)),
        reason="bad filter",
        note="A longer one is F39: a header of more than 64 KiB ends the connection.",
    ),
    Frame("F61", "topic pattern invalid", "b", REFUSE, command("subscribe", t="odd(("), reason="bad regex"),
    Frame(
        "F62",
        "publish to a pattern",
        "b",
        IGNORE,
        command("p", t="odd.*"),
        note="The protocol: topics of publishes are literal.",
    ),
    Frame("F63", "unsubscribe of an unknown id", "b", IGNORE, command("unsubscribe", sub_id="never")),
    Frame("F64", "sow_delete without selector", "b", REFUSE, command("sow_delete", t="kept"), reason="invalid options"),
    Frame("F65", "queue ack of an unknown bookmark", "b", IGNORE, command("sow_delete", t="queued", bm="1|1|")),
    Frame(
        "F66",
        "heartbeat with bad options",
        "b",
        REFUSE,
        command("heartbeat", opts="start,often"),
        reason="invalid options",
    ),
]

SOW_HEADER = '{"c":"sow","query_id":"ID","t":"odd","bs":1}'
FROM_SERVER = [
    Frame("F67", "batch: inner length beyond the frame", "c", CLOSE, frame(SOW_HEADER, b'{"l":9999}{"a":1}')),
    Frame("F68", "batch: inner length negative or 2^63", "c", CLOSE, frame(SOW_HEADER, b'{"l":-4}{"a":1}')),
    Frame(
        "F69",
        "ack for a command never sent",
        "c",
        IGNORE,
        frame(header(c="ack", a="processed", status="success", cid="no-such-command")),
    ),
    Frame(
        "F70",
        "persisted for a sequence never sent",
        "c",
        REPORT,
        frame(header(c="ack", a="persisted", status="success", s=1 << 40)),
    ),
    Frame(
        "F71",
        "logon asks for authentication 17 times",
        "c",
        CLOSE,
        frame(header(c="ack", a="processed", status="retry", cid="ID", pw="again")),
        before_logon=True,
    ),
    Frame("F72", "publish for an unknown subscription", "c", IGNORE, frame(header(c="p", t="odd", sids="404"), b"{}")),
]

ROWS = [*FRAMING, *SYNTAX_ROWS, *COMMANDS, *FROM_SERVER]


# A command that a client does not know may come from a newer server: it goes to the last-chance
# handler. Only a broker ends such a connection.
NEWER_SERVER = {"F03", "F41", "F42", "F43", "F44"}
ROWS = [replace(row, at_client=IGNORE) if row.id in NEWER_SERVER else row for row in ROWS]


def rows_for(direction: str) -> list[Frame]:
    return [row for row in ROWS if direction in row.directions]
