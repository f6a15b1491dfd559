"""Running the program: serve, work, jobs."""

from __future__ import annotations

import errno
import logging
import os
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import click

from collector import jobs as scheduling
from collector import qr
from collector.app import look_ahead
from collector.commands.context import DAY, act, installation, json_option, show
from collector.commands.places import address
from collector.community.venues import all_venues
from collector.db.store import hold, hold_alone
from collector.errors import SettingsError
from collector.governance import clock
from collector.installation import Installation
from collector.timetable import LONDON, next_due
from collector.web.senders import WAITING

LOCAL = ("127.0.0.1", "localhost", "::1")


@click.command()
@click.option("--listen", "host", help="Address to listen on; the setting `listen` if not given.")
@click.option("--port", type=click.IntRange(1, 65535), help="Port to listen on; the setting `port` if not given.")
def serve(host: str | None, port: int | None) -> None:
    """Run the program.

    It serves the pages and does its jobs. Stop it with Ctrl-C.

    \b
    Example:
      collector serve --listen 0.0.0.0 --port 8000
    """
    here = installation()
    host, port = host or here.settings.listen, port or here.settings.port
    missing = here.settings.missing()
    if host not in LOCAL and (missing or here.settings.example):
        what = f"not set: {', '.join(missing)}" if missing else "the settings are examples"
        raise SettingsError(f"Only this machine may connect, because {what}. Run `collector init` first.")
    look_ahead(here.settings)
    taken = hold_alone(here.settings.data)
    refuse_taken_port(host, port)
    for line in _welcome(here, host, port, missing):
        click.echo(line)
    here.database.close()  # SQLite's locks do not pass to the processes that the server makes
    try:
        _server(here, host, port)
    finally:
        os.close(taken)


def refuse_taken_port(host: str, port: int) -> None:
    """Raise SettingsError when something listens there already: the server itself would share the port with it."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # what has just ended is not in the way
            probe.bind((host, port))
            probe.listen(1)
    except OSError as error:
        reason = "another program listens there" if error.errno == errno.EADDRINUSE else error.strerror or str(error)
        raise SettingsError(
            f"Cannot listen on {host}, port {port}: {reason}. Stop it, or choose another --port."
        ) from error


def _welcome(here: Installation, host: str, port: int, missing: list[str]) -> Iterator[str]:
    """The addresses of the venues, the first one also as a QR code; and what is missing."""
    if here.synthetic:
        yield "PRACTICE DATA: this folder holds invented answers only."
    open_venues = [venue for venue in all_venues(here.database) if not venue.closed]
    if open_venues and sys.stdout.isatty():
        yield qr.letters(address(here, open_venues[0].code, host, port))
    for venue in open_venues[:12]:
        yield f"{venue.name}: {address(here, venue.code, host, port)}"
    if not open_venues:
        yield "No venue yet: add one with `collector venue add`."
    if missing:
        yield f"Not set yet: {', '.join(missing)}. Until then only this machine may connect."
    if here.settings.example:
        yield "These are example settings. Run `collector init` with real ones before asking anybody."
    yield "Stop with Ctrl-C."


def _server(here: Installation, host: str, port: int) -> None:
    from granian import Granian  # not every command needs the server
    from granian.constants import Interfaces
    from granian.log import LogLevels

    server = Granian(
        "collector.app:serve_app",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=here.settings.workers,
        blocking_threads=here.settings.threads + WAITING,
        backpressure=256,
        factory=True,
        log_level=LogLevels.error,
        blocking_threads_idle_timeout=600,
        respawn_failed_workers=True,
        workers_kill_timeout=4,
    )
    try:
        server.serve()
    except RuntimeError as error:  # of Granian, with a backtrace after the first line
        reason = str(error).partition("\n")[0]
        raise SettingsError(f"Cannot listen on {host}, port {port}: {reason}. Choose another --port.") from error


@click.command("work")
def work_command() -> None:
    """Do the jobs alone, without pages.

    For busy servers, beside a `serve` that does none. Stop it with Ctrl-C.

    \b
    Example:
      COLLECTOR_SCHEDULER=no collector serve & collector work
    """
    here = installation()
    look_ahead(here.settings)
    hold(here.settings.data)
    logging.getLogger("collector.jobs").addHandler(logging.StreamHandler())
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    click.echo("Waiting to lead the scheduler. Stop with Ctrl-C.")
    threading.Thread(target=_lead, args=(here,), daemon=True).start()
    stopped.wait()


def _lead(here: Installation) -> None:
    scheduling.lead(here.settings.data)
    scheduling.schedule(here.settings)


@click.group(invoke_without_command=True)
@click.pass_context
@json_option
def jobs(context: click.Context, as_json: bool) -> None:
    """What the program does by itself, and when.

    Shows each job, its last run and its next one. `collector jobs run NAME` runs one now.

    \b
    Example:
      collector jobs
    """
    if context.invoked_subcommand:
        return
    here = installation()
    runs = scheduling.last_runs(here.database)
    now = datetime.now(UTC)
    data = []
    for job in scheduling.JOBS:
        due, outcome, detail = runs.get(job.name, ("", "not run yet", ""))
        upcoming = next_due(job.when, here.settings, now).astimezone(LONDON)
        data.append(
            {"job": job.name, "what": job.help, "last": due, "outcome": outcome, "detail": detail, "next": upcoming}
        )

    def lines() -> Iterator[str]:
        for row in data:
            yield f"{row['job']:10} {row['what']}"
            yield f"{'':10} last {row['last'] or '-'}: {row['outcome']} {row['detail']}".rstrip()
            yield f"{'':10} next {row['next']:%Y-%m-%d %H:%M}"

    show(as_json, data, lines)


@jobs.command("run")
@click.argument("name", type=click.Choice(list(scheduling.BY_NAME)))
def jobs_run(name: str) -> None:
    """Run a job now.

    \b
    Example:
      collector jobs run backup
    """
    here = installation()
    now = datetime.now(UTC)
    outcome = scheduling.run(name, here.settings, now, now, by_hand=True) or "running already"
    click.echo(f"{name}: {outcome}")
    if not outcome.startswith("done"):
        raise SystemExit(1)


@click.group("clock", invoke_without_command=True)
@click.pass_context
def clock_command(context: click.Context) -> None:
    """Whether the clock of this machine is believed. While it is not, nothing is deleted, frozen or published.

    \b
    Example:
      collector clock
    """
    if context.invoked_subcommand:
        return
    now = datetime.now(UTC)
    why = clock.doubt(installation().database, now)
    click.echo(f"{why} {clock.cure(now)}" if why else "The clock is believed.")
    if why:
        raise SystemExit(1)


@clock_command.command("confirm")
@click.argument("day", type=DAY)
def clock_confirm(day: datetime) -> None:
    """Say which day it is, after the clock jumped or the machine was off for more than a week. It is written down.

    \b
    Example:
      collector clock confirm 2026-11-28
    """
    clock.confirm(installation().database, datetime.now(UTC), replace(act(), at=day.date()))
    click.echo("Confirmed. What waited is done within a minute, if the program runs.")
