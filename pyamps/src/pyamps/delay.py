# SPDX-License-Identifier: Apache-2.0
"""How long an :class:`HAClient` waits before it tries a server."""

from __future__ import annotations

from ._plugins import NativeDelay

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing_extensions import Self

    from .typing import Timeout

__all__ = ["ExponentialDelayStrategy", "FixedDelayStrategy"]


class FixedDelayStrategy(NativeDelay):
    """The same delay each time a server is tried again. Configure it before it is installed."""

    def __init_subclass__(cls, **kwargs: object) -> None:
        super().__init_subclass__(**kwargs)
        cls._is_native = False

    def __init__(self, initial_delay: Timeout = 200, maximum_retry_time: Timeout = 0) -> None:
        """
        :param initial_delay: milliseconds before a server is tried again.
        :param maximum_retry_time: give up after so many milliseconds without success; 0: never.
        """
        self._initial_delay = initial_delay
        self._maximum_retry_time = maximum_retry_time
        self._make()

    def _make(self) -> Self:
        self._make_fixed(self._initial_delay, self._maximum_retry_time)
        return self

    def set_initial_delay(self, delay_ms: Timeout) -> Self:
        self._initial_delay = delay_ms
        return self._make()

    def set_maximum_retry_time(self, time_ms: Timeout) -> Self:
        self._maximum_retry_time = time_ms
        return self._make()

    setInitialDelay = set_initial_delay
    setMaximumRetryTime = set_maximum_retry_time


class ExponentialDelayStrategy(NativeDelay):
    """No delay for a server not yet tried, then growing ones. The default of :class:`HAClient`."""

    def __init_subclass__(cls, **kwargs: object) -> None:
        super().__init_subclass__(**kwargs)
        cls._is_native = False

    def __init__(
        self,
        initial_delay: Timeout = 200,
        maximum_delay: Timeout = 20000,
        backoff_exponent: float = 2.0,
        maximum_retry_time: Timeout = 0,
        jitter: float = 1.0,
    ) -> None:
        """
        :param initial_delay: milliseconds of the first delay.
        :param maximum_delay: milliseconds no delay exceeds.
        :param backoff_exponent: each delay is so many times the one before.
        :param maximum_retry_time: give up after so many milliseconds without success; 0: never.
        :param jitter: a random part of 0 … jitter × initial delay is added.
        """
        self._initial_delay = initial_delay
        self._maximum_delay = maximum_delay
        self._backoff_exponent = backoff_exponent
        self._maximum_retry_time = maximum_retry_time
        self._jitter = jitter
        self._make()

    def _make(self) -> Self:
        self._make_exponential(
            self._initial_delay, self._maximum_delay, self._backoff_exponent, self._maximum_retry_time, self._jitter
        )
        return self

    def set_initial_delay(self, delay_ms: Timeout) -> Self:
        self._initial_delay = delay_ms
        return self._make()

    def set_maximum_delay(self, delay_ms: Timeout) -> Self:
        self._maximum_delay = delay_ms
        return self._make()

    def set_backoff_exponent(self, exponent: float) -> Self:
        self._backoff_exponent = exponent
        return self._make()

    def set_maximum_retry_time(self, time_ms: Timeout) -> Self:
        self._maximum_retry_time = time_ms
        return self._make()

    def set_jitter(self, jitter: float) -> Self:
        self._jitter = jitter
        return self._make()

    setInitialDelay = set_initial_delay
    setMaximumDelay = set_maximum_delay
    setBackoffExponent = set_backoff_exponent
    setMaximumRetryTime = set_maximum_retry_time
    setJitter = set_jitter
