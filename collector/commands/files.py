"""Files that somebody names: those of the folder that the person stands in, called by their whole names from there on.

On a server the program runs as a user of its own, who cannot go everywhere that the person can. There
`deploy/collector` hands files over, in a folder that mirrors their whole names.
"""

from __future__ import annotations

import os
import pwd
from pathlib import Path
from typing import Any

import click

from collector.settings import HAND


class Named(click.ParamType):  # type: ignore[type-arg]  # generic since click 8.3 only
    """A file or folder by its name. `new` is one that the program makes; else it must be there and readable."""

    def __init__(self, what: str, *, new: bool) -> None:
        self.name = what
        self.new = new

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """The whole path. Fails, saying why and what to do, when it cannot be used."""
        path = Path(os.path.abspath(value))
        handed = self._handed(path)
        if handed is not None:
            return handed
        fault = self._no_place(path) if self.new else self._missing(path)
        if fault:
            self.fail(fault, param, ctx)
        return path

    def _handed(self, path: Path) -> Path | None:
        """Where a file is handed over that the program cannot reach itself; None when it can, or nobody hands over."""
        if HAND not in os.environ:
            return None
        handed = Path(os.environ[HAND]) / path.relative_to("/")
        if not self.new:
            return handed if handed.is_file() else None
        if not _out_of_reach(path):
            return None
        if handed.exists():
            self.fail(f"{path} is there already. Name another {self.name}.")
        handed.parent.mkdir(parents=True, exist_ok=True)
        return handed

    def _missing(self, path: Path) -> str:
        fits = path.is_dir if self.name == "folder" else path.is_file
        if _closed(path) or (path.exists() and not os.access(path, os.R_OK, effective_ids=True)):
            return _copy_in(path)
        return "" if fits() else f"There is no {self.name} {path}."

    def _no_place(self, path: Path) -> str:
        if _out_of_reach(path):
            return _fetch(path)
        if self.name == "file" and not path.parent.is_dir():
            return f"There is no folder {path.parent}. Make it first."
        return f"{path} is a folder. Name a file in it." if self.name == "file" and path.is_dir() else ""


def _out_of_reach(path: Path) -> bool:
    """True when the program may not make a file there."""
    folder = next(above for above in path.parents if _closed(path) or above.is_dir())
    return _closed(path) is not None or not os.access(folder, os.W_OK, effective_ids=True)


def _closed(path: Path) -> Path | None:
    """The first folder on the way to a file that the program may not go into."""
    for folder in reversed(path.parents):
        if folder.is_dir() and not os.access(folder, os.X_OK, effective_ids=True):
            return folder
    return None


def _fetch(path: Path) -> str:
    me = pwd.getpwuid(os.geteuid())
    made = Path(me.pw_dir) / path.name
    return (
        f"The program runs as the user {me.pw_name}, who may not write into {path.parent}. Name {made} instead, "
        f"then fetch it: sudo mv {made} {path}"
    )


def _copy_in(path: Path) -> str:
    me = pwd.getpwuid(os.geteuid())
    copy = Path(me.pw_dir) / path.name
    return (
        f"The program runs as the user {me.pw_name}, who may not read {path}. Give it a copy, name that one, and delete "
        f"it afterwards: sudo install -o {me.pw_name} -m 600 {path} {copy}"
    )


FILE = Named("file", new=False)
FOLDER = Named("folder", new=False)
NEW_FILE = Named("file", new=True)
NEW_FOLDER = Named("folder", new=True)
