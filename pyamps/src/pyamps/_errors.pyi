# SPDX-License-Identifier: Apache-2.0
from .exceptions import AMPSException

def result_table() -> list[tuple[int, str, type[AMPSException], str]]: ...
