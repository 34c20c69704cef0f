# SPDX-License-Identifier: Apache-2.0
"""A helper that builds the option text of a command."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from .typing import OptionText, Text

__all__ = ["Options"]


def _listed(value: str | Iterable[str]) -> str:
    """``[a,b]`` from a text, with or without brackets, or from the parts."""
    text = value if isinstance(value, str) else ",".join(value)
    return text if text.startswith("[") else f"[{text}]"


class Options:
    """Options in the order they were set; setting one again replaces it. Setters return ``self``."""

    None_ = ""
    Live = "live,"
    OOF = "oof,"
    Replace = "replace,"
    NoEmpties = "no_empties,"
    SendKeys = "send_keys,"
    Timestamp = "timestamp,"
    NoSowKey = "no_sowkey,"
    Cancel = "cancel,"
    Resume = "resume,"
    Pause = "pause,"
    FullyDurable = "fully_durable,"

    def __init__(self, initial: str = "") -> None:
        """:param initial: options to start with, a comma list."""
        self._values: dict[str, str] = {}
        for option in _split(initial):
            name, _, value = option.partition("=")
            self._values[name] = value

    def __str__(self) -> str:
        return ",".join(f"{name}={value}" if value else name for name, value in self._values.items())

    def __repr__(self) -> str:
        return f"Options({str(self)!r})"

    def _set(self, name: str, value: object = "") -> Options:
        self._values[name] = str(value)
        return self

    def set_none(self) -> Options:
        """Forget all options."""
        self._values.clear()
        return self

    def set_live(self) -> Options:
        return self._set("live")

    def set_oof(self) -> Options:
        return self._set("oof")

    def set_replace(self) -> Options:
        return self._set("replace")

    def set_no_empties(self) -> Options:
        return self._set("no_empties")

    def set_send_keys(self) -> Options:
        return self._set("send_keys")

    def set_timestamp(self) -> Options:
        return self._set("timestamp")

    def set_no_sow_key(self) -> Options:
        return self._set("no_sowkey")

    def set_cancel(self) -> Options:
        return self._set("cancel")

    def set_expire(self) -> Options:
        return self._set("expire")

    def set_resume(self) -> Options:
        return self._set("resume")

    def set_pause(self) -> Options:
        return self._set("pause")

    def set_fully_durable(self) -> Options:
        return self._set("fully_durable")

    def set_bookmark(self) -> Options:
        return self._set("bookmark")

    def set_non_regex_topic(self) -> Options:
        return self._set("non_regex_topic")

    def set_max_backlog(self, count: int) -> Options:
        return self._set("max_backlog", int(count))

    def set_top_n(self, count: int) -> Options:
        return self._set("top_n", int(count))

    def set_skip_n(self, count: int) -> Options:
        return self._set("skip_n", int(count))

    def set_conflation(self, interval: str) -> Options:
        """:param interval: for example ``"100ms"``; ``"auto"`` or ``"none"``."""
        return self._set("conflation", interval)

    def set_conflation_key(self, key: str | Iterable[str]) -> Options:
        return self._set("conflation_key", _listed(key))

    def set_rate(self, rate: str | int) -> Options:
        """:param rate: ``1000`` messages, ``"500KB"`` a second, or ``"2X"`` the original speed."""
        return self._set("rate", rate)

    def set_rate_max_gap(self, gap: str) -> Options:
        return self._set("rate_max_gap", gap)

    def set_projection(self, fields: str | Iterable[str]) -> Options:
        return self._set("projection", _listed(fields))

    def set_grouping(self, fields: str | Iterable[str]) -> Options:
        return self._set("grouping", _listed(fields))

    def set_select(self, fields: str | Iterable[str]) -> Options:
        return self._set("select", _listed(fields))

    def set_ack_conflation_interval(self, interval: str) -> Options:
        return self._set("ack_conflation", interval)

    def set_bookmark_not_found(self, action: str) -> Options:
        """:param action: ``"epoch"``, ``"now"`` or ``"fail"``."""
        return self._set("bookmark_not_found", action)

    set_OOF = set_oof
    setNone = set_none
    setLive = set_live
    setOOF = set_oof
    setReplace = set_replace
    setNoEmpties = set_no_empties
    setSendKeys = set_send_keys
    setTimestamp = set_timestamp
    setNoSowKey = set_no_sow_key
    setCancel = set_cancel
    setResume = set_resume
    setPause = set_pause
    setFullyDurable = set_fully_durable
    setMaxBacklog = set_max_backlog
    setTopN = set_top_n
    setSkipN = set_skip_n
    setConflation = set_conflation
    setConflationKey = set_conflation_key
    setRate = set_rate
    setRateMaxGap = set_rate_max_gap
    setProjection = set_projection
    setGrouping = set_grouping
    setSelect = set_select
    setAckConflationInterval = set_ack_conflation_interval
    setBookmarkNotFound = set_bookmark_not_found


def option_text(options: OptionText) -> Text | None:
    """Options in any form a method takes, as text."""
    return options if options is None or isinstance(options, bytes) else str(options)


def _split(text: str) -> list[str]:
    """Cut at the commas that stand outside of brackets."""
    parts, depth, start = [], 0, 0
    for index, char in enumerate(text + ","):
        depth += (char == "[") - (char == "]")
        if char == "," and depth <= 0:
            parts.append(text[start:index].strip())
            start = index + 1
    return [part for part in parts if part]
