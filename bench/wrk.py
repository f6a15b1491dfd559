"""The load client: wrk, one thread, because it takes little of the machine that it shares with the server."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping

from servers import HOST

MISSING = "The load figures need wrk, which is not installed: apt-get install wrk"
RATE = re.compile(r"Requests/sec:\s+([\d.]+)")
FAILED = re.compile(r"Non-2xx or 3xx responses: (\d+)|Socket errors: .*")


def there() -> bool:
    """Whether wrk is installed; says so when it is not."""
    found = shutil.which("wrk") is not None
    if not found:
        print(MISSING, file=sys.stderr)
    return found


def run(port: int, path: str, connections: int, seconds: int, *more: str, env: Mapping[str, str] | None = None) -> str:
    """What wrk prints after a run."""
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", *more, f"http://{HOST}:{port}{path}"]
    done = subprocess.run(
        command, env={**os.environ, **(env or {})}, capture_output=True, text=True, timeout=seconds + 30, check=True
    )
    return done.stdout


def rate(port: int, path: str, connections: int, seconds: int) -> float:
    """Answers a second to GETs of one page. Raises RuntimeError when some were not answered well."""
    said = run(port, path, connections, seconds, "-H", "Accept-Encoding: gzip, deflate, br")
    failed, found = FAILED.search(said), RATE.search(said)
    if failed or not found:
        raise RuntimeError(f"GET {path}: {failed[0] if failed else said}")
    return float(found[1])
