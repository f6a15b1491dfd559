"""The deployment, rehearsed: `deploy/upgrade.sh` between real programs, and every command of the guide."""

from __future__ import annotations

import json
import os
import re
import shlex
import sqlite3
import stat
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click
import pip
import pytest

from collector.cli import collector
from tests.installed import ROOT, Program, answer, build_wheel, free_port, is_known, program, run, until_well

SCRIPT = ROOT / "deploy" / "upgrade.sh"
GUIDE = ROOT / "docs" / "deploy.md"
SETTINGS = (
    "--host", "Brixton Health Project", "--funder", "Lambeth Council", "--controller", "Brixton Health Project, London",
    "--contact", "020 7946 0000", "--lawful-basis", "You choose to take part",
)  # fmt: skip
VENUE = ("--name", "Fade Kings", "--kind", "barbershop", "--area", "E09000022", "--languages", "en,bn,ur", "--json")
MANAGER = """#!/bin/sh
# Does what `systemctl` does for one program, and fails when it ends at once.
gone() {{ ! kill -0 "$1" 2>/dev/null || grep -q '^State:.*zombie' "/proc/$1/status"; }}
case $1 in
start)
    {link}/bin/collector serve --port {port} >>{folder}/out 2>&1 &
    echo $! >{folder}/pid
    sleep 0.5
    ! gone "$(cat {folder}/pid)" ;;
stop)
    pid=$(cat {folder}/pid)
    gone "$pid" || kill -TERM "$pid"
    for _ in $(seq 100); do gone "$pid" && exit 0; sleep 0.1; done
    exit 1 ;;
esac
"""


QUICK_PYTHON = """#!/bin/sh
# Python, but `-m venv FOLDER` lends pip and the libraries of another environment instead of installing them.
case $2 in
venv)
    {python} -m venv --without-pip "$3"
    ln -s {pip} "$3"/lib/python3*/site-packages/
    cd "$3"/lib/python3*/site-packages && echo {libraries} >lent.pth ;;
*) exec {python} "$@" ;;
esac
"""
LENT = {"PIP_NO_DEPS": "1", "PIP_IGNORE_INSTALLED": "1"}


@dataclass(frozen=True)
class Installation:
    """A running installation as the guide makes it: a link to the program, a data folder, a service."""

    program: Program
    folder: Path
    link: Path
    port: int

    @property
    def env(self) -> dict[str, str]:
        return {
            "COLLECTOR_ENV": str(self.folder / "collector.env"), "COLLECTOR_SERVICE": str(self.folder / "manager"),
            "COLLECTOR_HEALTH": f"http://127.0.0.1:{self.port}/healthz", "PYTHON": sys.executable,
        }  # fmt: skip

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def version(self) -> str:
        """The version that the link leads to."""
        return os.readlink(self.link)

    def collector(self, *arguments: str) -> str:
        """Run a command of the program in use."""
        return run(self.program, self.link / "bin" / "collector", *arguments, COLLECTOR_DATA=str(self.data))

    def manage(self, verb: str) -> None:
        run(self.program, self.folder / "manager", verb, "collector", COLLECTOR_DATA=str(self.data))

    def upgrade(self, *arguments: Path, **more: str) -> subprocess.CompletedProcess[str]:
        """Run the script as the guide says."""
        command = ["sh", str(SCRIPT), *map(str, arguments)]
        env = {**self.program.env, **self.env, **more}
        return subprocess.run(command, env=env, cwd=self.folder, capture_output=True, text=True, timeout=100)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Program:
    return program(tmp_path_factory.getbasetemp())


@pytest.fixture
def installation(installed: Program, tmp_path: Path) -> Iterator[Installation]:
    """One that runs, with a venue."""
    link, port = installed.venv.parent / tmp_path.name, free_port()
    link.symlink_to(installed.venv.name)
    made = Installation(installed, tmp_path, link, port)
    (tmp_path / "collector.env").write_text(f"COLLECTOR_DATA={made.data}\nCOLLECTOR_EXPORTS={tmp_path / 'exports'}\n")
    write_script(tmp_path / "manager", MANAGER.format(link=link, port=port, folder=tmp_path))
    made.collector("init", *SETTINGS)
    made.manage("start")
    until_well(port)
    yield made
    made.manage("stop")


def write_script(path: Path, text: str) -> str:
    path.write_text(text)
    path.chmod(0o700)
    return str(path)


def lent(installation: Installation) -> dict[str, str]:
    """What makes a new environment quickly, where a test is not about how it is made."""
    (libraries,) = installation.program.venv.glob("lib/python3*/site-packages")
    text = QUICK_PYTHON.format(python=sys.executable, pip=Path(pip.__file__).parent, libraries=libraries)
    return {"PYTHON": write_script(installation.folder / "python", text), **LENT}


def add_venue(installation: Installation) -> str:
    return str(json.loads(installation.collector("venue", "add", *VENUE))["code"])


def tables(database: Path) -> set[str]:
    connection = sqlite3.connect(database)
    found = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    connection.close()
    return found


def test_an_upgrade_keeps_every_answer_and_so_does_the_way_back(installation: Installation, tmp_path: Path) -> None:
    venue, before = add_venue(installation), installation.version
    receipt = answer(installation.port, venue)
    wheel = build_wheel(tmp_path, "99.0.0", "INSERT INTO later VALUES (1)")
    done = installation.upgrade(installation.link, wheel)
    assert done.returncode == 0, done.stdout + done.stderr
    assert installation.version == "99.0.0"
    assert installation.collector("--version").split()[-1] == "99.0.0"
    assert "later" in tables(installation.data / "collector.db")
    assert is_known(installation.port, receipt)
    later = answer(installation.port, venue)
    (backup,) = (installation.data / "backups").glob("before-99.0.0-*.tar.gz")
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600

    go_back(installation, before, backup)
    assert installation.version == before
    assert "later" not in tables(installation.data / "collector.db")
    assert is_known(installation.port, receipt)
    assert not is_known(installation.port, later)
    assert list((installation.data / "backups").glob("before-restore-*-1.tar.gz"))


def go_back(installation: Installation, version: str, backup: Path) -> None:
    """What the guide says in "Going back"."""
    installation.manage("stop")
    installation.link.unlink()
    installation.link.symlink_to(version)
    with pytest.raises(AssertionError, match="newer Collector"):
        installation.collector("migrate")
    installation.collector("restore", "--replace", str(backup))
    installation.manage("start")
    until_well(installation.port)


def test_a_migration_that_fails_leaves_the_old_version_running_with_every_answer(
    installation: Installation, tmp_path: Path
) -> None:
    venue, before = add_venue(installation), installation.version
    receipt = answer(installation.port, venue)
    wheel = build_wheel(tmp_path, "99.0.1", "INSERT INTO nowhere VALUES (1)")
    done = installation.upgrade(installation.link, wheel, **lent(installation))
    assert done.returncode == 1
    assert "could not be brought up to 99.0.1" in done.stderr
    assert "runs again, with every answer" in done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert installation.version == before
    assert "later" not in tables(installation.data / "collector.db")
    assert is_known(installation.port, receipt)
    assert answer(installation.port, venue) != receipt


def small_wheel(folder: Path, version: str, serves: str) -> Path:
    """A made-up next version with nothing in it but its commands."""
    info, code = (
        f"collector-{version}.dist-info",
        f"import sys\ndef main():\n    print('collector', '{version}')\n    {serves}\n",
    )
    path = folder / f"collector-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("small.py", code)
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: collector\nVersion: {version}\n")
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}/entry_points.txt", "[console_scripts]\ncollector = small:main\n")
        archive.writestr(f"{info}/RECORD", "")
    return path


def test_a_version_that_does_not_start_is_named_and_the_way_back_is_told(
    installation: Installation, tmp_path: Path
) -> None:
    before = installation.version
    wheel = small_wheel(tmp_path, "98.0.0", "sys.exit('serve' in sys.argv)")
    done = installation.upgrade(installation.link, wheel, **lent(installation))
    assert done.returncode == 1
    assert "could not be started" in done.stderr
    for line in (f"ln -sfn {before} {installation.link}", "collector migrate", "collector restore --replace"):
        assert line in done.stderr
    installation.link.unlink()
    installation.link.symlink_to(before)
    assert "Nothing to do" in installation.collector("migrate")
    installation.manage("start")
    until_well(installation.port)


SERVES = """import http.server, os
    if {verb!r} in sys.argv and not os.path.exists({flag!r}):
        open({flag!r}, 'w').close()
        os.kill(os.getppid(), 9)
    if 'serve' in sys.argv:
        said = {{'do_GET': lambda own: (own.send_response(200), own.end_headers())}}
        handler = type('Handler', (http.server.BaseHTTPRequestHandler,), said)
        http.server.HTTPServer(('127.0.0.1', int(sys.argv[-1])), handler).serve_forever()"""
KILLING = """#!/bin/sh
if [ "$1" = {verb} ] && [ ! -e {flag} ]; then touch {flag}; kill -9 $PPID; exit 1; fi
exec {manager} "$@"
"""


@pytest.mark.parametrize("verb", ["stop", "migrate", "start"])
def test_an_upgrade_that_was_killed_goes_on_when_it_is_run_again(
    installation: Installation, tmp_path: Path, verb: str
) -> None:
    flag, before = str(tmp_path / "killed"), installation.version
    version = {"stop": "96.0.0", "migrate": "96.0.1", "start": "96.0.2"}[verb]
    wheel = small_wheel(tmp_path, version, SERVES.format(verb=verb, flag=flag))
    killing = write_script(tmp_path / "killing", KILLING.format(verb=verb, flag=flag, manager=tmp_path / "manager"))
    more = {**lent(installation), "COLLECTOR_SERVICE": killing}
    assert installation.upgrade(installation.link, wheel, **more).returncode == -9
    other = small_wheel(tmp_path, "95.0.0", "pass")
    assert f"An upgrade to {version} broke off" in installation.upgrade(installation.link, other, **more).stderr
    done = installation.upgrade(installation.link, wheel, **more)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "goes on where it was" in done.stdout
    assert installation.version == version
    assert list((installation.data / "backups").glob(f"before-{version}-*.tar.gz"))
    again = installation.upgrade(installation.link, wheel, **more)
    assert "is the version in use" in again.stderr
    assert f"stays in {installation.link.parent / before}" in done.stdout


def test_what_cannot_be_upgraded_is_refused_before_anything_is_touched(
    installation: Installation, installed: Program, tmp_path: Path
) -> None:
    half = tmp_path / "collector-97.0.0-py3-none-any.whl"
    half.write_bytes(installed.wheel.read_bytes()[:5000])
    refused = (
        ((installation.link,), "Say which program and which wheel"),
        ((installed.venv, installed.wheel), "is not a link"),
        ((installation.link, tmp_path / "collector-96.0.0-py3-none-any.whl"), "There is no file"),
        ((installation.link, half), "is damaged or not whole"),
        ((installation.link, installed.wheel), "is the version in use"),
    )
    for arguments, reason in refused:
        done = installation.upgrade(*arguments)
        assert (done.returncode, reason in done.stderr, "Nothing was changed" in done.stderr) == (1, True, True), done
    (tmp_path / "collector.env").write_text("COLLECTOR_DATA=/nowhere\n")
    assert "There is no data folder" in installation.upgrade(installation.link, installed.wheel).stderr
    assert not (installation.data / "backups").exists() or not list((installation.data / "backups").glob("before-*"))


def commands_of_the_guide() -> list[list[str]]:
    """The arguments after `collector` in each line of a box."""
    boxes = re.findall(r"^```sh\n(.*?)^```", GUIDE.read_text(encoding="utf-8"), re.M | re.S)
    lines = [shlex.split(line) for box in boxes for line in box.splitlines()]
    wanted = [words[1:] for words in lines if words[0] == "sudo"]
    return [words[words.index("collector") + 1 :] for words in wanted if words[0] == "collector" or "=" in words[0]]


def test_every_command_of_the_guide_exists_with_its_options() -> None:
    commands = commands_of_the_guide()
    assert len(commands) > 15
    for words in commands:
        command: click.Command = collector
        context = click.Context(collector)
        while isinstance(command, click.Group) and words and not words[0].startswith("-"):
            name, command_or_none, words = command.resolve_command(context, words)
            assert command_or_none is not None, name
            command = command_or_none
        known = {option for parameter in command.get_params(context) for option in parameter.opts}
        assert {word for word in words if word.startswith("--")} <= known, words


def test_both_proxies_hand_on_whole_forms_only() -> None:
    assert re.search(
        r"^\s*buffer_requests\n\s*max_buffer_size 128KB$", (ROOT / "deploy" / "Caddyfile").read_text(), re.M
    )
    assert "proxy_request_buffering on;" in (ROOT / "deploy" / "nginx.conf").read_text()


@pytest.mark.parametrize("unit", ["collector.service", "collector-work.service"])
def test_mail_can_be_sent_once_the_mail_servers_address_is_let_through(unit: str) -> None:
    lines = (ROOT / "deploy" / unit).read_text().splitlines()
    assert "RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6" in lines
    assert "IPAddressAllow=localhost" in lines


def test_neither_proxy_writes_down_who_came() -> None:
    nginx = (ROOT / "deploy" / "nginx.conf").read_text()
    caddy = re.sub(r"#.*", "", (ROOT / "deploy" / "Caddyfile").read_text())
    assert re.findall(r"^\s*access_log (.*);", nginx, re.M) == ["off"]
    assert re.findall(r"^\s*error_log .* (\w+);", nginx, re.M) == ["emerg"]
    assert re.findall(r"^\s*gzip (.*);", nginx, re.M) == ["off"]
    assert caddy.count("log {") == 1
    assert "exclude http" in caddy
    assert not re.search(r"\b(encode|file_server|root)\b", caddy)
    assert not re.search(r"^\s*(root|alias|log_format)\b", nginx, re.M)


@pytest.mark.parametrize("unit", ["collector.service", "collector-work.service"])
def test_the_service_can_write_to_its_own_folder_only_and_reach_nobody(unit: str) -> None:
    lines = (ROOT / "deploy" / unit).read_text().splitlines()
    for line in (
        "User=collector", "StateDirectory=collector", "ProtectSystem=strict", "PrivateTmp=yes", "NoNewPrivileges=yes",
        "IPAddressDeny=any", "LimitCORE=0", "MemorySwapMax=0", "UMask=0077", "Restart=on-failure",
    ):  # fmt: skip
        assert line in lines
    assert not [line for line in lines if line.startswith(("ReadWritePaths", "BindPaths"))]
