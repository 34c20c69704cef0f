# SPDX-License-Identifier: Apache-2.0
"""A client that publishes to itself all the time and notes how long each message takes."""

from __future__ import annotations

import threading
import time

from raw_peer import Closed, RawPeer

PAUSE_S = 0.005  # Between messages, so that it does not keep a core busy.


class Bystander:
    """Threads: ``run`` in its own; the rest from the test."""

    def __init__(self, port: int) -> None:
        self._peer = RawPeer(port)
        self._peer.logon("bystander")
        self._peer.subscribe("bystander")
        self._stop = threading.Event()
        self._count = threading.Condition()
        self.took_s: list[float] = []
        self.error: Exception | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            while not self._stop.wait(PAUSE_S):
                began = time.monotonic()
                token = str(began)
                self._peer.publish("bystander", token.encode())
                header, body = self._peer.read_frame()
                assert (header["c"], body.decode()) == ("p", token), "the bystander got another message"
                with self._count:
                    self.took_s.append(time.monotonic() - began)
                    self._count.notify_all()
        except (AssertionError, Closed, TimeoutError) as error:
            with self._count:
                self.error = error
                self._count.notify_all()

    def check(self, more: int = 2, wait_s: float = 20.0) -> None:
        """Fails unless so many more messages come round now."""
        with self._count:
            wanted = len(self.took_s) + more
            self._count.wait_for(lambda: self.error or len(self.took_s) >= wanted, wait_s)
            if self.error:
                raise AssertionError(f"the bystander was disturbed: {self.error!r}")
            assert len(self.took_s) >= wanted, "the bystander's messages do not come back"

    def worst_ms(self) -> float:
        with self._count:
            return max(self.took_s) * 1000

    def share_ms(self, share: float) -> float:
        with self._count:
            ordered = sorted(self.took_s)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] * 1000

    def stop(self) -> None:
        self._stop.set()
        self._thread.join(10)
        self._peer.close()
