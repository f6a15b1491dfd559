"""Collector as people get it: the wheel built, installed offline with what it declares, really started and asked."""

from __future__ import annotations

import http.client
import importlib.metadata as metadata
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlencode

from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]
SOURCES = ("collector", "forms", "translations", "setup.cfg", "pyproject.toml", "README.md")
LEFT_OUT = ("INSTALLER", "REQUESTED", "direct_url.json")
PATIENCE = 60
LATER = """

@migrations(name="m999_later")
def later(db: sqlite_utils.Database) -> None:
    db.execute("CREATE TABLE later (id INTEGER PRIMARY KEY)")
    db.execute("{statement}")
"""


@dataclass(frozen=True)
class Program:
    """A clean virtual environment with Collector in it, and the folders of wheels that it came from."""

    venv: Path
    wheel: Path
    wheels: Path
    home: Path

    @property
    def env(self) -> dict[str, str]:
        """An environment without network, settings or files of this machine's user."""
        return {
            "PATH": os.environ["PATH"], "HOME": str(self.home), "LANG": "C.UTF-8", "PIP_NO_INDEX": "1",
            "PIP_FIND_LINKS": str(self.wheels), "PIP_CONFIG_FILE": os.devnull, "PIP_COMPILE": "0",
        }  # fmt: skip


@lru_cache(maxsize=1)
def program(base: Path) -> Program:
    """The wheel installed in `base`/opt/VERSION, once for all tests of a run."""
    wheel, wheels, home = build_wheel(base / "dist"), base / "wheels", base / "home"
    home.mkdir()
    pack_dependencies(wheels)
    made = Program(base / "opt" / wheel.name.split("-")[1], wheel, wheels, home)
    run(made, sys.executable, "-m", "venv", "--without-pip", made.venv)
    run(made, sys.executable, "-m", "pip", "--python", made.venv, "install", "--quiet", wheel)
    return made


def run(program: Program, *command: str | Path, cwd: Path | None = None, **env: str) -> str:
    """What a command prints; fails when the command does."""
    done = subprocess.run(
        command, env={**program.env, **env}, cwd=cwd or program.home, capture_output=True, text=True, timeout=PATIENCE
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def build_wheel(into: Path, version: str = "", migration: str = "", name: str = "") -> Path:
    """Build the wheel from a copy of the source, if wanted as a later version with one more migration (a statement).

    `name` is what the distribution is called, when it is not what setup.cfg says.
    """
    source = into / f"source-{version or 'own'}"
    source.mkdir(parents=True)
    for part in SOURCES:
        if (ROOT / part).is_dir():
            shutil.copytree(ROOT / part, source / part, symlinks=True, ignore=shutil.ignore_patterns("__pycache__"))
        elif (ROOT / part).exists():
            shutil.copy(ROOT / part, source / part)
    if name:
        head = (source / "setup.cfg").read_text(encoding="utf-8")
        (source / "setup.cfg").write_text(re.sub(r"^name = .*", f"name = {name}", head, count=1, flags=re.M))
    if version:
        (source / "collector" / "__init__.py").write_text(f'"""A later Collector."""\n\n__version__ = "{version}"\n')
        with (source / "collector" / "db" / "migrations.py").open("a", encoding="utf-8") as out:
            out.write(LATER.format(statement=migration))
    command = [
        sys.executable,
        "-m",
        "build",
        "--wheel",
        "--no-isolation",
        "--outdir",
        str(source / "made"),
        str(source),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 0, done.stdout + done.stderr
    return next((source / "made").glob("*.whl"))


def pack_dependencies(into: Path) -> None:
    """Wheels of what Collector declares, and of what that declares, made from what is installed here."""
    into.mkdir()
    known: set[str] = set()
    waiting = declared("trust-collector")
    while waiting:
        name = waiting.pop()
        if name not in known:
            known.add(name)
            waiting += declared(name)
            pack(metadata.distribution(name), into)


def declared(name: str) -> list[str]:
    """Names of what a distribution needs here, extras aside."""
    needs = [Requirement(text) for text in metadata.requires(name) or ()]
    return [need.name for need in needs if need.marker is None or need.marker.evaluate({"extra": ""})]


def pack(distribution: metadata.Distribution, into: Path) -> None:
    """One installed distribution as the wheel that it was."""
    tags = [line.split("-") for line in re.findall(r"^Tag: (\S+)$", distribution.read_text("WHEEL") or "", re.M)]
    fits = "-".join(".".join(dict.fromkeys(parts)) for parts in zip(*tags, strict=True))
    name = f"{re.sub(r'[-_.]+', '_', distribution.name)}-{distribution.version}-{fits}.whl"
    with zipfile.ZipFile(into / name, "w") as archive:
        for file in distribution.files or ():
            if ".." not in file.parts and "__pycache__" not in file.parts and file.name not in LEFT_OUT:
                archive.write(str(file.locate()), str(file))


def free_port() -> int:
    """A port of this machine that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def started(command: list[str | Path], port: int, env: dict[str, str], cwd: Path) -> Iterator[subprocess.Popen[str]]:
    """A server of its own process group, when it answers; killed at the end if it still runs."""
    process = subprocess.Popen(
        command, env=env, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
    )
    try:
        until_well(port)
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, 9)
        process.communicate(timeout=10)


def until_well(port: int) -> None:
    """Wait until `/healthz` says that all is well; fails after half a minute."""
    for _ in range(300):
        try:
            if ask(port, "/healthz")[0] == 200:
                return
        except OSError:
            time.sleep(0.1)
        else:
            time.sleep(0.5)
    raise AssertionError("the server did not start")


def ask(port: int, path: str, form: dict[str, str] | None = None, cookie: str = "") -> tuple[int, str, str]:
    """(status, page, cookie) of one request."""
    head = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET" if form is None else "POST", path, urlencode(form or {}), head)
        response = connection.getresponse()
        return response.status, response.read().decode(), response.getheader("Set-Cookie", "").partition(";")[0]
    finally:
        connection.close()


def answer(port: int, venue: str) -> str:
    """Answer the survey at a venue; the receipt that is shown."""
    _, _, cookie = ask(port, f"/v/{venue}/en")
    form = {"version": "1.1.0", "OV1": "always", "O1": "More time.", "end": "1"}
    status, page, number = ask(port, f"/v/{venue}/en", form, cookie)
    if status == 303:  # a program of before shows the number at once
        status, page, _ = ask(port, f"/v/{venue}/thanks", cookie=number)
    assert status == 200, page
    shown = re.search(r'class="digits" dir="ltr">([\d ]+)<', page)
    assert shown, page
    return shown[1]


def is_known(port: int, receipt: str) -> bool:
    """Whether the program finds the answers of a receipt."""
    status, page, _ = ask(port, "/receipt?to=en", {"number": receipt})
    return status == 200 and 'name="sure"' in page
