"""Complete responses: GET the page, POST the filled form, until the way to the thank-you page came back and all is durable."""

from __future__ import annotations

import json
import os
import statistics
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import wrk
from figures import Figure, percentile, table
from installation import MAIN_LANGUAGES, Installation, choice, installation
from servers import COLLECTOR, HELLO, server, warm

SCRIPT = Path(__file__).with_name("submit.lua")
WORKERS = 2
CONNECTIONS = (8, 64)
SPARE = 16
WARM, SECONDS, DRAIN = 1, 5, 1
LEAST, MOST_MS = 1_000, 60.0
THANKS = "/thanks?"
WISH = {"en": "Sooner appointments, please.", "bn": "আমার ভাষায় কথা বলুন।", "ur": "میری بات سنیں۔"}
TROUBLE = ("database is locked", "Traceback", "Error")


@dataclass(frozen=True)
class Load:
    """What one run of the load client saw: milliseconds of each answered request, and all that went wrong."""

    posts: list[float]
    gets: list[float]
    acknowledged: int
    stored: int
    failed: int
    troubles: int

    @property
    def rate(self) -> float:
        """Complete responses a second."""
        return len(self.posts) / SECONDS


def measure(quick: bool = False) -> list[Figure]:
    """Rate and latencies with 8 and 64 connections, the proof that nothing was lost, and the baselines."""
    if not wrk.there():
        return []
    floors: list[float] = []
    hellos: list[float] = []
    loads: dict[int, list[Load]] = {count: [] for count in CONNECTIONS}
    with (
        installation(max(CONNECTIONS) + SPARE) as made,
        server(HELLO, WORKERS, made.env, made.folder) as plain,
        server(COLLECTOR, WORKERS, made.env, made.folder) as ours,
    ):
        warm(ours, [f"/v/{made.codes[0]}/{tag}" for tag in MAIN_LANGUAGES], WORKERS)
        for _ in range(1 if quick else 3):
            floors.append(fsync_rate(made.folder))
            hellos.append(wrk.rate(plain, "/", max(CONNECTIONS), 2))
            for count in CONNECTIONS:
                loads[count].append(load(made, ours, count))
        said = (made.folder / "server.log").read_text(encoding="utf-8", errors="replace")
    floor, hello = statistics.median(floors), statistics.median(hellos)
    speeds = [figure for count, runs in loads.items() for figure in _speeds(count, runs, floor, hello)]
    return [*speeds, *_proofs([run for runs in loads.values() for run in runs], said)]


def load(made: Installation, port: int, connections: int) -> Load:
    """One run of the load client, and what it left in the database."""
    before, config = made.count("response"), made.folder / "load.lua"
    config.write_text(_config(made), encoding="utf-8")
    said = wrk.run(port, "/", connections, WARM + SECONDS + DRAIN, "-s", str(SCRIPT), env={"BENCH_CONFIG": str(config)})
    found = {words[0]: words[1:] for words in map(str.split, said.splitlines()) if words}
    posts, gets = [float(ms) for ms in found["posts"]], [float(ms) for ms in found["gets"]]
    failed = int(found["failed"][0])
    troubles = sum(int(found[name][0]) for name in ("other", "writing", "dropped"))
    stored = made.count("response") - before
    return Load(posts, gets, len(posts) + int(found["posted_early"][0]), stored, failed, troubles)


def _config(made: Installation) -> str:
    """The Lua table that the load client reads: places to answer at, and forms in turn."""
    paths = [f"/v/{code}/{MAIN_LANGUAGES[i % 3]}" for i, code in enumerate(made.codes)]
    lists = {"paths": paths[1:], "bodies": [form(made, turn) for turn in range(24)]}
    lines = [f"{name} = {{ {', '.join(map(json.dumps, texts))} }}," for name, texts in lists.items()]
    lines += [f"spare = {json.dumps(paths[0])}, thanks = {json.dumps(THANKS)}, warm = {WARM}, seconds = {SECONDS},"]
    return "\n".join(["return {", *lines, "}"])


def form(made: Installation, turn: int) -> str:
    """A filled form: every closed question, one text in a language, two texts left blank."""
    pairs = [("version", made.survey.version)]
    wish = WISH[MAIN_LANGUAGES[turn % 3]]
    for number, question in enumerate(q for _, questions in made.survey.parts("full") for q in questions):
        if question.closed:
            pairs += [(question.code, code) for code in choice(question, turn + number)]
        else:
            pairs.append((question.code, wish))
            wish = ""
    return urlencode([*pairs, ("end", "1")])


def _speeds(count: int, runs: list[Load], floor: float, hello: float) -> list[Figure]:
    rate = statistics.median(run.rate for run in runs)
    name = f"complete responses, {WORKERS} workers, c{count}"
    figures = [
        Figure(name, rate, "/s", "fsyncs", floor, least=LEAST),
        Figure(f"{name}, against hello", rate, "/s", "hello", hello),
    ]
    for method, limit in (("posts", MOST_MS), ("gets", MOST_MS)):
        for share, most in ((0.5, None), (0.99, limit)):
            value = statistics.median(percentile(getattr(run, method), share) for run in runs)
            figures.append(Figure(f"{method[:-1].upper()} p{share * 100:g}, c{count}", value, "ms", most=most))
    return figures


def _proofs(runs: list[Load], said: str) -> list[Figure]:
    """Nothing lost, nothing twice, nothing refused."""
    acknowledged, stored = sum(run.acknowledged for run in runs), sum(run.stored for run in runs)
    return [
        Figure("rows stored less acknowledgements", abs(stored - acknowledged), "", "pages", acknowledged, most=0),
        Figure("failed writes (5xx)", sum(run.failed for run in runs), "", most=0),
        Figure("other answers, lost connections", sum(run.troubles for run in runs), "", most=0),
        Figure("`database is locked` and errors logged", sum(said.count(word) for word in TROUBLE), "", most=0),
    ]


def fsync_rate(folder: Path, seconds: float = 1.0) -> float:
    """How often a second 4 KiB can be appended to a file and made durable: no commit is faster."""
    descriptor = os.open(folder / "floor", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    count, start = 0, time.perf_counter()
    try:
        while time.perf_counter() - start < seconds:
            os.write(descriptor, bytes(4096))
            os.fdatasync(descriptor)
            count += 1
        return count / (time.perf_counter() - start)
    finally:
        os.close(descriptor)
        (folder / "floor").unlink()


if __name__ == "__main__":
    print(table(measure()))
