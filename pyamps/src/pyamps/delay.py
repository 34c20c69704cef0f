# SPDX-License-Identifier: Apache-2.0
"""How long an :class:`HAClient` waits before it tries a server."""

from __future__ import annotations

from ._plugins import NativeDelay
from .aliases import with_camel_case

__all__ = ["ExponentialDelayStrategy", "FixedDelayStrategy"]


@with_camel_case
class FixedDelayStrategy(NativeDelay):
    """The same delay each time a server is tried again. Configure it before it is installed."""

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        cls._is_native = False

    def __init__(self, initial_delay=200, maximum_retry_time=0):
        """
        :param initial_delay: milliseconds before a server is tried again.
        :param maximum_retry_time: give up after so many milliseconds without success; 0: never.
        """
        self._initial_delay = initial_delay
        self._maximum_retry_time = maximum_retry_time
        self._make()

    def _make(self):
        self._make_fixed(self._initial_delay, self._maximum_retry_time)
        return self

    def set_initial_delay(self, delay_ms):
        self._initial_delay = delay_ms
        return self._make()

    def set_maximum_retry_time(self, time_ms):
        self._maximum_retry_time = time_ms
        return self._make()


@with_camel_case
class ExponentialDelayStrategy(NativeDelay):
    """No delay for a server not yet tried, then growing ones. The default of :class:`HAClient`."""

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        cls._is_native = False

    def __init__(self, initial_delay=200, maximum_delay=20000, backoff_exponent=2.0, maximum_retry_time=0, jitter=1.0):
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

    def _make(self):
        self._make_exponential(
            self._initial_delay, self._maximum_delay, self._backoff_exponent, self._maximum_retry_time, self._jitter
        )
        return self

    def set_initial_delay(self, delay_ms):
        self._initial_delay = delay_ms
        return self._make()

    def set_maximum_delay(self, delay_ms):
        self._maximum_delay = delay_ms
        return self._make()

    def set_backoff_exponent(self, exponent):
        self._backoff_exponent = exponent
        return self._make()

    def set_maximum_retry_time(self, time_ms):
        self._maximum_retry_time = time_ms
        return self._make()

    def set_jitter(self, jitter):
        self._jitter = jitter
        return self._make()
