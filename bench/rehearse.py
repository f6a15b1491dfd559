"""Follow docs/deploy.md word by word in a bare Debian: from nothing to the first place, a backup, an upgrade, a move.

    sudo python bench/rehearse.py              about ten minutes; needs root, debootstrap and a Debian mirror
    sudo python bench/rehearse.py --base DIR   with a Debian that `debootstrap --variant=minbase` made before

Each line of each box is run in a chroot of its own network, but for those in LEFT_OUT. What a chroot has not got is
lent: `systemctl` starts the unit's own ExecStart, `nano` changes nothing, gpg is told its password. Exit status 1 when
a line fails.
"""

from __future__ import annotations

import argparse
import re
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.installed import build_wheel  # noqa: E402  # the path comes first

LIMIT = 600
LEFT_OUT = {
    "apt update": "done before, with what a server has", "scp": "another machine", "ssh": "another machine",
    "https://": "no certificate here", "nginx": "either proxy", "certbot": "either proxy",
    "make ": "the wheel is made already", "pip wheel": "the wheel is made already", "getent": "no mail server",
    "systemctl edit": "no mail server", "collector-work": "only for busy servers", "--clear": "after a new Debian",
    "sudo gpg --output /var/lib/collector/from-away": "rehearsed with the move",
    "sudo chown collector /var/lib/collector/from-away": "rehearsed with the move", "clock confirm": "the clock is right",
}  # fmt: skip
EXPECTED = {
    "sudo collector migrate": "newer Collector",
    "sudo COLLECTOR_DATA=/var/lib/collector/drill collector doctor": "two days",
}
"""What a line may refuse with: the guide tells what to do then."""
SERVER = "sudo adduser nano ca-certificates procps python3-venv caddy curl gnupg"
ANSWERS = (
    "Brixton Health Project\nLambeth Council\nBrixton Health Project, London\n020 7946 0000\nYou choose to\n6\n24\n"
)
MOUNTS = """mount -t proc proc /proc; mkdir -p /dev/pts; mount -t devpts -o newinstance,ptmxmode=0666 devpts /dev/pts
ln -sf pts/ptmx /dev/ptmx"""
ANSWER = r"""page=http://127.0.0.1:8000/v/abc234/en
cookie=$(curl -si $page | sed -n 's/^[Ss]et-[Cc]ookie: \([^;]*\).*/\1/p')
curl -sL -c /dev/null -b "$cookie" -d 'version=1.1.0&OV1=always&end=1' $page | grep -q 'class="digits"'"""
ANSWERED = """/opt/collector/venv/bin/python -c '
import sqlite3, sys
sys.exit(sqlite3.connect("/var/lib/collector/data/collector.db").execute("SELECT count(*) FROM response").fetchone() != (1,))'"""
"""The first answer, and whether it is there: neither is a line of the guide."""
SYSTEMCTL = r"""#!/bin/sh
# Starts and stops the unit `collector` as systemd would; all else is passed over.
case " $* " in *" collector "*) ;; *) exit 0 ;; esac
stop() { [ ! -f /run/c.pid ] || { kill "$(cat /run/c.pid)"; while kill -0 "$(cat /run/c.pid)"; do sleep .2; done; rm /run/c.pid; } 2>/dev/null; }
case $1 in stop|disable|restart) stop ;; esac
case $1 in start|enable|restart)
    run=$(sed -n 's/^ExecStart=\([^ ]*\)\(.*\)/\1 --env-file \/etc\/collector\/collector.env\2/p' /etc/systemd/system/collector.service)
    cd /var/lib/collector; umask 077
    setsid runuser -u collector -- $run >>/run/c.out 2>&1 & echo $! >/run/c.pid ;;
esac
"""


def sections() -> Iterator[tuple[int, str, list[str]]]:
    """(number, heading, lines of its boxes) of each section of the guide."""
    text = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
    for part in re.split(r"^## ", text, flags=re.M)[1:]:
        boxes = re.findall(r"^```sh\n(.*?)^```", part, re.M | re.S)
        heading = part.partition("\n")[0]
        yield int(heading.partition(".")[0]), heading, [line for box in boxes for line in box.splitlines() if line]


class Machine:
    """A chroot with its own network, and what placeholders of the guide stand for in it."""

    def __init__(self, root: Path) -> None:
        self.root, self.failed, self.values = root, 0, dict[str, str]()

    def inside(self, line: str, given: str = "") -> subprocess.CompletedProcess[str]:
        """Run a line; nothing of it may go on but the service."""
        wrapped = f"{MOUNTS}; cd /root; export HOME=/root USER=root LC_ALL=C.UTF-8; {line}"
        command = ["unshare", "--mount", "chroot", str(self.root), "/bin/sh", "-c", wrapped]
        if self.values.get("net"):
            command = ["nsenter", f"--net={self.values['net']}", *command]
        return subprocess.run(command, input=given, capture_output=True, text=True, timeout=LIMIT)

    def follow(self, line: str) -> None:
        """One line of the guide, with the names of this machine."""
        reason = next((why for words, why in LEFT_OUT.items() if words in line), "")
        if reason:
            print(f"  left out  {line}  ({reason})")
            return
        own = self.named(line)
        done = (
            self.inside('script -qec "sudo collector init" /dev/null', ANSWERS)
            if own == "sudo collector init"
            else self.inside(own)
        )
        said = (done.stdout + done.stderr).strip().replace("\n", "\n            ")
        wrong = done.returncode != 0 and EXPECTED.get(own, "nothing") not in said
        if wrong:
            print(f"            {said[-900:]}")
        self.failed += wrong
        print(f"  {'FAILED' if wrong else 'well':8}  {own}", flush=True)

    def named(self, line: str) -> str:
        """The line with the files and codes that there are."""
        for pattern, command in (
            (r"\S*backups/collector-2026\S*", "ls /var/lib/collector/data/backups/collector-*.tar.gz | tail -1"),
            (r"\S*backups/before-0\.2\.0\S*", "ls /var/lib/collector/data/backups/before-*.tar.gz | grep -v restore | tail -1"),
            (r"abc234", "sudo collector venue list | cut -c1-6 | head -1"),
        ):  # fmt: skip
            if re.search(pattern, line):
                line = re.sub(pattern, self.inside(command).stdout.strip(), line)
        for old, new in self.values.items():
            line = line.replace(old, new)
        return line


def prepare(root: Path, work: Path) -> dict[str, str]:
    """Put the program, a later version and lent tools into a bare Debian."""
    own, later = build_wheel(work / "own"), build_wheel(work / "later", "99.0.0", "INSERT INTO later VALUES (1)")
    wheels = root / "root" / "wheels"
    pip = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "-c",
        str(ROOT / "constraints.txt"),
        "-w",
        str(wheels),
        str(own),
    ]
    subprocess.run(pip, check=True, timeout=LIMIT)
    for file in (own, later, ROOT / "constraints.txt"):
        shutil.copy(file, root / "root")
    shutil.copytree(ROOT / "deploy", root / "root" / "deploy")
    (root / "etc" / "pip.conf").write_text("[global]\nno-index = true\nfind-links = /root/wheels\n")
    for name, text in (("systemctl", SYSTEMCTL), ("nano", "#!/bin/sh\nexit 0\n")):
        (root / "usr" / "local" / "sbin" / name).write_text(text)
        (root / "usr" / "local" / "sbin" / name).chmod(0o755)
    hosts = f"127.0.0.1 localhost {socket.gethostname()}\n"
    (root / "etc" / "hosts").write_text(hosts)
    gpg = root / "root" / ".gnupg"
    gpg.mkdir(mode=0o700)
    (gpg / "password").write_text("a long password")
    (gpg / "gpg.conf").write_text("batch\npinentry-mode loopback\npassphrase-file /root/.gnupg/password\n")
    version = own.name.split("-")[1]
    return {own.name.replace(version, "0.2.0"): later.name, own.name.replace(version, "0.1.0"): own.name}


def debian(base: Path | None, root: Path) -> None:
    """A bare Debian in a folder, with what every server has and what step 1 installs."""
    if base is None:
        subprocess.run(["debootstrap", "--variant=minbase", "bookworm", str(root)], check=True, timeout=LIMIT)
    else:
        subprocess.run(["cp", "-a", str(base), str(root)], check=True, timeout=LIMIT)
    shutil.copy("/etc/resolv.conf", root / "etc" / "resolv.conf")
    install = (
        f"apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends {SERVER}"
    )
    done = Machine(root).inside(install)
    if done.returncode:
        sys.exit(f"The packages of step 1 could not be installed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")


def rehearse(machine: Machine, other: Machine) -> None:
    """Sections in their order; section 13 begins on one machine and ends on the other."""
    for number, heading, lines in sections():
        print(heading, flush=True)
        for line in lines:
            if number == 13 and "--decrypt" in line:
                machine = move(machine, other)
            machine.follow(line)
            if number == 6 and line.startswith("sudo collector venue qr"):
                machine.follow(ANSWER)
            if number == 2 and "--version" in line:
                subprocess.run(["cp", "-a", f"{machine.root}/.", str(other.root)], check=True, timeout=LIMIT)
    machine.follow(ANSWERED)
    machine.inside("systemctl stop collector")
    other.failed += machine.failed if machine is not other else 0


def move(machine: Machine, other: Machine) -> Machine:
    """The new server: steps 1 and 2 are done there, the unit is installed, the file is copied over."""
    shutil.copy(machine.root / "root" / "moving.gpg", other.root / "root")
    other.values, other.failed = machine.values, machine.failed
    other.follow("sudo install -m 644 deploy/collector.service /etc/systemd/system/collector.service")
    return other


def main() -> None:
    """Rehearse; how many lines failed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--base", type=Path)
    base = parser.parse_args().base
    with tempfile.TemporaryDirectory(prefix="rehearse-") as folder:
        work = Path(folder)
        first, second = Machine(work / "first"), Machine(work / "second")
        second.root.mkdir()
        debian(base, first.root)
        first.values = prepare(first.root, work)
        net = subprocess.Popen(["unshare", "--net", "sh", "-c", "ip link set lo up; exec sleep 3600"])
        first.values["net"] = f"/proc/{net.pid}/ns/net"
        try:
            rehearse(first, second)
        finally:
            for machine in (first, second):
                machine.inside("systemctl stop collector")
            net.kill()
            net.wait()
    print(f"{second.failed} lines failed.")
    sys.exit(bool(second.failed))


if __name__ == "__main__":
    main()
