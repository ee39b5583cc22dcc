"""How much is done at a time, whatever door it comes by."""

import threading

AT_ONCE = 2
"""Questions answered at the same time: one per core of the small machine that this is made for."""
WAITING = 16
"""Questions that may wait; the next one is told to come back."""


class Gate:
    """Lets `at_once` callers in and `waiting` more wait."""

    def __init__(self, at_once: int = AT_ONCE, waiting: int = WAITING) -> None:
        self._places = threading.Semaphore(at_once)
        self._guard = threading.Lock()
        self._left = at_once + waiting

    def enter(self) -> bool:
        """Reserve a turn; False when too many wait. Balance each True with one `leave`."""
        with self._guard:
            if self._left <= 0:
                return False
            self._left -= 1
            return True

    def leave(self) -> None:
        """Give the turn back."""
        with self._guard:
            self._left += 1

    def __enter__(self) -> None:
        self._places.acquire()

    def __exit__(self, *_: object) -> None:
        self._places.release()
