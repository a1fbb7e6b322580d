"""A bar on the terminal for what takes long; nothing where the output is read by a timer or a file."""

from typing import Any

WIDTH = 30


class Bar:
    """Called with how many are done and of how many; draws on a terminal alone, and ends its line with `close`."""

    def __init__(self, stream: Any, label: str) -> None:
        self._stream = stream
        self._label = label
        self._is_live = bool(stream.isatty())
        self._drawn = -1

    def __call__(self, done: int, total: int) -> None:
        percent = 100 * done // total if total else 100
        if not self._is_live or percent == self._drawn:
            return
        self._drawn = percent
        filled = "#" * (WIDTH * percent // 100)
        self._stream.write(f"\r{self._label} [{filled:<{WIDTH}}] {percent:3} % {done}/{total}", ending="")
        self._stream.flush()

    def close(self) -> None:
        if self._drawn >= 0:
            self._stream.write("")
