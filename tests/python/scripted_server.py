# SPDX-License-Identifier: Apache-2.0
"""A server that answers every command with fixed messages: what clients do then does not depend on a broker."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "reliability"))
from raw_peer import FakeServer, ServerConnection

RECORDS = {"11": b'{"id":1}', "12": b'{"id":2}', "13": b"\xff\x00"}


class ScriptedServer(FakeServer):
    """Remembers the commands it got, without logons.

    A query gives RECORDS; a subscription one publish, with key and bookmark, and after a query an oof; a
    delete the `stats` acknowledgement of three records.
    """

    def __init__(self) -> None:
        self.commands: list[dict] = []
        super().__init__(self._answer)

    def _answer(self, connection: ServerConnection) -> None:
        connection.accept_logon()
        while True:
            command, body = connection.read_frame()
            self.commands.append({**command, "body": body})
            if "processed" in str(command.get("a", "")):
                connection.acknowledge(command)
            name = command["c"]
            if name.startswith("sow") and name != "sow_delete":
                self._send_records(connection, command)
            if "subscribe" in name and name != "unsubscribe":
                self._send_messages(connection, command)
            if name == "sow_delete" and "stats" in str(command.get("a", "")):
                connection.send_frame(
                    c="ack",
                    a="stats",
                    cid=command["cid"],
                    status="success",
                    records_deleted=3,
                    matches=3,
                    topic_matches=5,
                )

    def _send_records(self, connection: ServerConnection, command: dict) -> None:
        query = {"query_id": command["query_id"]}
        batch = b"".join(b'{"k":"%s","l":%d}%s' % (key.encode(), len(body), body) for key, body in RECORDS.items())
        connection.send_frame(c="group_begin", **query)
        connection.send_frame(batch, c="sow", t=command["t"], bs=len(RECORDS), **query)
        connection.send_frame(c="group_end", **query)
        if "completed" in str(command.get("a", "")):
            connection.send_frame(
                c="ack", a="completed", cid=command["cid"], status="success", records_returned=len(RECORDS), **query
            )

    def _send_messages(self, connection: ServerConnection, command: dict) -> None:
        ids = {"t": command["t"], "sids": command["sub_id"]}
        bookmark = {"bm": "5|1|"} if "bm" in command else {}
        connection.send_frame(b'{"id":1}', c="p", k="11", x="QUJD", **bookmark, **ids)
        if command["c"].startswith("sow"):
            connection.send_frame(b'{"id":2}', c="oof", k="12", reason="deleted", **ids)
