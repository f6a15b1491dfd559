"""All settings, in one table: name, kind, default and what it is for. The README's list is made from it."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from collector import files
from collector.errors import SettingsError

PACKAGE = Path(__file__).resolve().parent
TOML = "collector.toml"


@dataclass(frozen=True, slots=True)
class Setting:
    """One row: `kind` is path, text, number, url, mail, address or choice.

    Those with `asked` must be set before others may connect: it is what `init` asks, and `sample` what an answer
    looks like.
    """

    name: str
    kind: str
    default: str
    help: str
    choices: tuple[str, ...] = ()
    least: int = 0
    most: int = 1_000_000
    asked: str = ""
    sample: str = ""

    @property
    def env(self) -> str:
        return f"COLLECTOR_{self.name.upper()}"


SETTINGS: tuple[Setting, ...] = (
    Setting("data", "path", "./data", "Folder of the database, keys, logs and backups. Only by environment."),
    Setting("exports", "path", "./exports", "Folder that releases are written to."),
    Setting("forms", "path", "", "Folder of survey files; empty means those that come with the program."),
    Setting("translations", "path", "", "Folder of languages; empty means those that come with the program."),
    Setting("areas", "path", "", "CSV of areas with dates; empty means London's, which come with the program."),
    Setting(
        "public_url", "url", "", "Address that people open, such as https://trust.example.org; QR codes lead there."
    ),
    Setting(
        "organisation", "text", "", "Organisation that asks.", asked="Who asks", sample="Brixton Community Project"
    ),
    Setting("funder", "text", "", "Who pays for the survey.", asked="Who pays for it", sample="Lambeth Council"),
    Setting(
        "controller",
        "text",
        "",
        "Data controller, with address.",
        asked="Who keeps the answers and is responsible for them (the data controller), with address",
        sample="Brixton Community Project, 1 Example Lane, London",
    ),
    Setting(
        "contact",
        "text",
        "",
        "Phone or e-mail for questions and complaints.",
        asked="Whom people can ask or complain to, with phone or e-mail",
        sample="Ama at the front desk, 020 7946 0000",
    ),
    Setting(
        "lawful_basis",
        "text",
        "",
        "Lawful basis, in plain words.",
        asked="Why you may keep the answers (the lawful basis; your data protection officer knows it), in plain words",
        sample="You choose to take part, and can take your answers back (consent)",
    ),
    Setting(
        "keep_text_months",
        "number",
        "6",
        "Months after the quarter's end until written answers are deleted.",
        least=1,
        most=12,
    ),
    Setting(
        "keep_rows_months",
        "number",
        "24",
        "Months after the quarter's end until all answers are deleted.",
        least=3,
        most=60,
    ),
    Setting(
        "last_change", "text", "", "One real thing that changed because of earlier answers; shown on the first screen."
    ),
    Setting("local_help", "text", "", "One line of local help for the last page, with its date."),
    Setting("example", "choice", "no", "Marks the settings above as examples; pages then say so.", ("no", "yes")),
    Setting(
        "draft_languages", "choice", "none", "Offer languages that nobody has signed yet: none or all.", ("none", "all")
    ),
    Setting("daily_quota", "number", "60", "Answers a day on one code before further ones are held.", least=1),
    Setting(
        "trusted_proxies", "number", "0", "How many reverse proxies stand in front and set X-Forwarded-For.", most=5
    ),
    Setting("listen", "address", "127.0.0.1", "Address that `serve` listens on; 0.0.0.0 is all of this machine."),
    Setting("port", "number", "8000", "Port that `serve` listens on.", least=1, most=65_535),
    Setting("workers", "number", "1", "Web processes.", least=1, most=64),
    Setting("threads", "number", "4", "Threads in each web process.", least=1, most=64),
    Setting("release_time", "text", "09:30", "Time of day (Europe/London) on which releases appear."),
    Setting("smtp_host", "text", "", "Mail server that tells of new releases; empty means that nobody is told."),
    Setting("smtp_port", "number", "587", "Port of the mail server.", least=1, most=65_535),
    Setting(
        "smtp_security",
        "choice",
        "starttls",
        "How the mail server is reached; none only on the same machine.",
        ("starttls", "tls", "none"),
    ),  # fmt: skip
    Setting("smtp_user", "text", "", "Name at the mail server; empty means that none is asked for."),
    Setting("smtp_password", "text", "", "Password at the mail server."),
    Setting("mail_from", "mail", "", "Address that tells of new releases."),
    Setting("mail_to", "mail", "", "Addresses, with commas between them, that get the link to each new release."),
    Setting("mail_operator", "mail", "", "Addresses that get one mail when something goes wrong, one when it is well."),
    Setting("keep_backups", "number", "14", "Days that the nightly backups are kept.", least=1, most=60),
    Setting("keep_logs", "number", "30", "Days that logs are kept.", least=1, most=365),
    Setting("scheduler", "choice", "yes", "Run the scheduler inside `serve`.", ("yes", "no")),
)
BY_NAME = {s.name: s for s in SETTINGS}
FORMER = {"host": "organisation"}
"""Names that settings had in 0.1.0. `migrate` rewrites them in the data folder."""
HAND = "COLLECTOR_HAND"
"""Not a setting: the folder in which `deploy/collector` hands files over."""
OF_DEPLOY = ("COLLECTOR_ENV", "COLLECTOR_SERVICE", "COLLECTOR_HEALTH", HAND)
"""Not settings: what the scripts in `deploy` are told, or tell the commands that they run."""


@dataclass(frozen=True)
class Settings:
    """Checked settings. Folders are absolute; empty texts mean not set."""

    data: Path
    exports: Path
    forms: Path
    translations: Path
    areas: Path
    public_url: str
    organisation: str
    funder: str
    controller: str
    contact: str
    lawful_basis: str
    keep_text_months: int
    keep_rows_months: int
    last_change: str
    local_help: str
    example: bool
    draft_languages: str
    daily_quota: int
    trusted_proxies: int
    listen: str
    port: int
    workers: int
    threads: int
    release_time: str
    smtp_host: str
    smtp_port: int
    smtp_security: str
    smtp_user: str
    smtp_password: str = field(repr=False)
    mail_from: str
    mail_to: str
    mail_operator: str
    keep_backups: int
    keep_logs: int
    scheduler: bool

    @property
    def database(self) -> Path:
        return self.data / "collector.db"

    @property
    def secret_file(self) -> Path:
        return self.data / "secret.key"

    @property
    def withdrawn_file(self) -> Path:
        return self.data / "withdrawn"

    @property
    def secure(self) -> bool:
        """True when people reach the program over https."""
        return self.public_url.startswith("https://")

    def missing(self) -> list[str]:
        """Names of settings without which nobody but this machine may connect."""
        return [s.name for s in SETTINGS if s.asked and not getattr(self, s.name)]


def load(env: Mapping[str, str] | None = None, cwd: Path | None = None) -> Settings:
    """Settings from the environment, then the data folder's TOML, then the defaults.

    Raises SettingsError naming the first setting that is wrong.
    """
    env = os.environ if env is None else env
    cwd = cwd or Path.cwd()
    _refuse_unknown(env)
    data = data_folder(env, cwd)
    written = read_toml(data / TOML)
    values = {s.name: _value(s, env[s.env], cwd) if s.env in env else _written(s, written, data, cwd) for s in SETTINGS}
    values["data"] = data
    return Settings(**values)  # type: ignore[arg-type]


def data_folder(env: Mapping[str, str], cwd: Path) -> Path:
    """The data folder, which only the environment names."""
    return (cwd / (env.get("COLLECTOR_DATA") or BY_NAME["data"].default)).resolve()


def _refuse_unknown(env: Mapping[str, str]) -> None:
    """Raise SettingsError for a COLLECTOR_ variable that is no setting: misspelled ones would be passed over."""
    known = {s.env for s in SETTINGS}
    for name in sorted(env):
        if not name.startswith("COLLECTOR_") or name in known or name in OF_DEPLOY:
            continue
        if name == "COLLECTOR_HOST":
            raise SettingsError(
                "COLLECTOR_HOST is no setting any more. Write COLLECTOR_ORGANISATION for the organisation that asks, "
                "COLLECTOR_LISTEN for the address to listen on."
            )
        if re.match(r"COLLECTOR_(SERVICE|PORT)_", name):
            raise SettingsError(
                f"{name} is no setting. Kubernetes sets it for a service named `collector`: "
                "write `enableServiceLinks: false`, or name the service otherwise."
            )
        raise SettingsError(f"{name} is no setting. {_nearest(name, 'COLLECTOR_')}")


def _nearest(name: str, prefix: str) -> str:
    """What to do about a name that no setting has."""
    from difflib import get_close_matches  # only a mistake needs it

    near = get_close_matches(name.removeprefix(prefix).lower(), BY_NAME, 1)
    meant = BY_NAME[near[0]].env if near and prefix else near[0] if near else ""
    return f"Did you mean {meant}?" if meant else "Remove it; the README lists all settings."


def rename_former(data: Path) -> list[str]:
    """Give settings in the data folder's TOML their present names, line by line; what was renamed, in words."""
    path = data / TOML
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    done = []
    for former, name in FORMER.items():
        renamed, count = re.subn(rf"^{former}(\s*=)", rf"{name}\1", text, flags=re.M)
        if count == 1 and not re.search(rf"^{name}\s*=", text, re.M):
            text = renamed
            done.append(f"`{former}` is called `{name}` now: {path} is rewritten.")
    if done:
        files.replace(path, text.encode())
    return done


def _written(setting: Setting, written: Mapping[str, str], data: Path, cwd: Path) -> object:
    """What the TOML says, or the default. Folders in the TOML are seen from the data folder, so that it can be moved."""
    if setting.name in written:
        return _value(setting, written[setting.name], data)
    return _value(setting, setting.default, cwd)


def read_toml(path: Path) -> dict[str, str]:
    """Settings written in a TOML file, as text. A missing file is an empty one."""
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path.name} in the data folder cannot be read: {error}. Mend the line.") from error
    unknown = sorted(set(found) - set(BY_NAME))
    if unknown and unknown[0] in FORMER:
        raise SettingsError(
            f"{path}: `{unknown[0]}` is called `{FORMER[unknown[0]]}` now. Run `collector migrate`, which rewrites it."
        )
    if unknown:
        raise SettingsError(f"{path} has an unknown setting `{unknown[0]}`. {_nearest(unknown[0], '')}")
    return {key: str(value) for key, value in found.items()}


def write_toml(path: Path, values: Mapping[str, str]) -> None:
    """Write settings as TOML, readable by the owner only."""
    lines = ["# Settings of this Collector. Each can also be given as COLLECTOR_<NAME> in the environment."]
    lines += ["# Folders and files are seen from the folder that this file lies in.", ""]
    for setting in SETTINGS:
        if setting.name in values and setting.name != "data":
            lines += [f"# {setting.help}", f"{setting.name} = {_toml(values[setting.name])}"]
    files.replace(path, ("\n".join(lines) + "\n").encode())


def check(name: str, text: str) -> None:
    """Raise SettingsError when a text is not fit for a setting."""
    _value(BY_NAME[name], text, Path.cwd())


def _toml(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c >= " " and c != "\x7f" else f"\\u{ord(c):04x}" for c in escaped) + '"'


def _value(setting: Setting, raw: str, cwd: Path) -> object:
    raw = raw.strip()
    if setting.kind == "path":
        return (cwd / raw).resolve() if raw else _shipped(setting.name)
    if setting.kind == "number":
        return _number(setting, raw)
    if setting.kind == "choice":
        return _choice(setting, raw)
    if setting.kind == "url":
        return _url(setting, raw)
    if setting.kind == "mail" and any(not _is_address(one) for one in raw.split(",") if raw):
        raise SettingsError(
            f"{setting.env} is {raw!r}; write addresses like name@example.org, with commas between them."
        )
    if setting.kind == "address" and not _is_ip(raw):
        raise SettingsError(
            f"{setting.env} is {raw!r}; write 127.0.0.1, 0.0.0.0 or another IP address of this machine."
        )
    if setting.name == "release_time" and not _is_time(raw):
        raise SettingsError(f"{setting.env} is {raw!r}; write a time of day such as 09:30.")
    if any(not c.isprintable() for c in raw) or len(raw) > 500:
        raise SettingsError(f"{setting.env} holds odd characters or is longer than 500. Type it again on one line.")
    return raw


def _number(setting: Setting, raw: str) -> int:
    if not (raw.isascii() and raw.isdigit() and setting.least <= int(raw) <= setting.most):
        raise SettingsError(f"{setting.env} is {raw!r}; write a number from {setting.least} to {setting.most}.")
    return int(raw)


def _choice(setting: Setting, raw: str) -> object:
    word = {"true": "yes", "false": "no"}.get(raw.lower(), raw.lower())
    if word not in setting.choices:
        raise SettingsError(f"{setting.env} is {raw!r}; write one of: {', '.join(setting.choices)}.")
    return word == "yes" if set(setting.choices) == {"yes", "no"} else word


def _url(setting: Setting, raw: str) -> str:
    parts = urlsplit(raw)
    if raw and (parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.path.strip("/")):
        raise SettingsError(f"{setting.env} is {raw!r}; write it like https://trust.example.org, without a path.")
    return f"{parts.scheme}://{parts.netloc}" if raw else ""


def _is_time(raw: str) -> bool:
    hours, _, minutes = raw.partition(":")
    return len(raw) == 5 and hours.isdigit() and minutes.isdigit() and int(hours) < 24 and int(minutes) < 60


def _is_ip(raw: str) -> bool:
    try:
        ip_address(raw)
    except ValueError:
        return raw == "localhost"
    return True


def _is_address(text: str) -> bool:
    """Enough to catch slips; the mail server knows the rest."""
    name, at, host = text.strip().rpartition("@")
    return bool(name and at and "." in host.strip(".")) and not set(text.strip()) & set(' "<>()[]\\:;')


def _shipped(name: str) -> Path:
    """What comes with the program. `collector/shipped/` links to the top folders; a wheel holds copies of them."""
    return PACKAGE / "community" / "areas.csv" if name == "areas" else PACKAGE / "shipped" / name


def table() -> str:
    """The settings as a Markdown table, for the README."""
    rows = ["| setting | default | what it is for |", "|---|---|---|"]
    for setting in SETTINGS:
        choices = f" ({' or '.join(setting.choices)})" if setting.choices else ""
        rows.append(
            f"| `{setting.env}` | {f'`{setting.default}`' if setting.default else ''} | {setting.help}{choices} |"
        )
    return "\n".join(rows) + "\n"
