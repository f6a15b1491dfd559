"""The index: every release that holds, and which of them is in force for a period and area."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from collector.releases.published.folder import CHECKSUMS, AreaPeriod, Release, read_release, state_of

FRESH = 1.0
"""Seconds that a look at the folder is used before it is looked at again."""


class Index:
    """The releases of a folder: looked at once a second at most, checked once for each state of their files.

    `recorded` gives the checksums of what this installation published: a folder of that name that says others is not it.
    """

    def __init__(self, exports: Path, recorded: Callable[[], Mapping[str, str]] = dict) -> None:
        self._exports = exports
        self._recorded = recorded
        self._known: dict[Path, tuple[object, Release | None]] = {}
        self._releases: tuple[Release, ...] = ()
        self._asked = -FRESH
        self._lock = threading.Lock()

    def releases(self) -> tuple[Release, ...]:
        """All that holds, newest period first, the latest revision of a period before the older ones."""
        if time.monotonic() - self._asked >= FRESH:
            with self._lock:
                if time.monotonic() - self._asked >= FRESH:
                    self._releases = tuple(sorted(self._look(), key=_newest, reverse=True))
                    self._asked = time.monotonic()
        return self._releases

    def _look(self) -> Iterator[Release]:
        folders = sorted(self._exports.iterdir()) if self._exports.is_dir() else []
        recorded = self._recorded() if folders else {}
        for folder in folders:
            if folder.name.startswith(".") or folder.is_symlink() or not (folder / CHECKSUMS).is_file():
                continue
            try:
                listing = (folder / CHECKSUMS).read_text(encoding="ascii")
                if recorded.get(folder.name, listing) != listing:  # changed since, together with its checksums
                    continue
                state, known = state_of(folder), self._known.get(folder)
                release = known[1] if known and known[0] == state else read_release(folder)
            except (OSError, ValueError, KeyError, StopIteration):
                continue
            self._known[folder] = (state, release)
            if release is not None:
                yield release


def _newest(release: Release) -> tuple[str, int, str]:
    return release.head["period_end"], release.revision, release.name


def current(releases: Iterable[Release]) -> dict[AreaPeriod, Release]:
    """The release in force for each period and area: of the latest that tell of it, the latest revision."""
    found: dict[AreaPeriod, Release] = {}
    for release in sorted(releases, key=_newest, reverse=True):
        for place in release.blocks:
            found.setdefault(place, release)
    return found


def former(release: Release, place: AreaPeriod, releases: Iterable[Release]) -> Release | None:
    """The edition that this one corrects, for one period and area."""
    same = [one for one in releases if one.head["period"] == release.head["period"] and place in one.blocks]
    return max((one for one in same if one.revision < release.revision), key=_newest, default=None)
