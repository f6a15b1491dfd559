"""A web process ends with the process that made it, however that one ends: nobody writes behind the keeper's back."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
import time
from contextlib import suppress

DEATH_SIGNAL = 1
"""PR_SET_PDEATHSIG (linux/prctl.h)."""
LOOK = 0.5


def end_with_parent() -> None:
    """Ask Linux for a kill when the parent dies; and look every half second, for other systems. Nothing in a parent."""
    parent = multiprocessing.parent_process()
    if parent is None or parent.pid is None:
        return
    if sys.platform.startswith("linux"):
        with suppress(ImportError, OSError, AttributeError, MemoryError):
            _ask_linux()
    threading.Thread(target=_look, args=(parent.pid,), name="parent", daemon=True).start()


def _ask_linux() -> None:
    import ctypes  # only here, and not every system lets it load

    ctypes.CDLL(None).prctl(DEATH_SIGNAL, signal.SIGKILL)


def _look(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(LOOK)
    os.kill(os.getpid(), signal.SIGKILL)
