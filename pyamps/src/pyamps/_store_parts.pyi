# SPDX-License-Identifier: Apache-2.0
from ._message import Message

class Replayer:
    def __call__(self, message: Message) -> None: ...

    execute = __call__
