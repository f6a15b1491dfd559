"""After a restore, perhaps on another machine: settings lead to what came with the backup, and nothing is left unsaid."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from pathlib import Path

from collector import envfile
from collector.db.parts import ENVIRONMENT, OWN, RELEASES_IN
from collector.settings import BY_NAME, SETTINGS, TOML, load, read_toml, write_toml


def settle(data: Path, parts: Sequence[str], env: Mapping[str, str]) -> list[str]:
    """Point the settings to what came with a backup, put its releases in their place; what to know, in words."""
    said = list(_point(data, parts))
    said += _hidden_by_environment(data, parts, env)
    exports = load(env).exports
    said += _put_releases(data / RELEASES_IN, exports) if RELEASES_IN in parts else []
    return said + list(_of_environment(data, parts, env))


def _point(data: Path, parts: Sequence[str]) -> Iterator[str]:
    """Settings in the data folder's file that lead to places of the old machine lead into the data folder now."""
    values = read_toml(data / TOML)
    own = {part.setting: part.name for part in OWN if part.name in parts}
    if values.get("exports") and not _can_hold((data / values["exports"]).resolve()):
        own["exports"] = RELEASES_IN
    new = {setting: name for setting, name in own.items() if values.get(setting) != name}
    if new:
        write_toml(data / TOML, {**values, **new})
    yield from (f"The setting `{setting}` leads to {data / name} now." for setting, name in new.items())


def _can_hold(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return True


def _hidden_by_environment(data: Path, parts: Sequence[str], env: Mapping[str, str]) -> Iterator[str]:
    for part in OWN:
        name = BY_NAME[part.setting].env
        if part.name in parts and env.get(name) and Path(env[name]).resolve() != (data / part.name).resolve():
            yield (
                f"{name} leads to {env[name]}, so {part.what} in {data / part.name} are not used. "
                f"Take {name} out of the environment."
            )


def _put_releases(found: Path, exports: Path) -> list[str]:
    """Move releases to the exports folder; those that are there stay as they are."""
    if found.resolve() == exports.resolve():
        return []
    exports.mkdir(parents=True, exist_ok=True)
    for folder in sorted(found.iterdir()):
        if not (exports / folder.name).exists():
            shutil.move(folder, exports / folder.name)
    shutil.rmtree(found)
    return [f"Published releases are in {exports}."]


def _of_environment(data: Path, parts: Sequence[str], env: Mapping[str, str]) -> Iterator[str]:
    """Which settings came from the environment when the backup was made and are other here."""
    if ENVIRONMENT not in parts:
        return
    then: MutableMapping[str, str] = {}
    envfile.apply(data / ENVIRONMENT, then)
    own = {BY_NAME[part.setting].env for part in OWN}
    other = [s.env for s in SETTINGS if s.env in then and s.env not in own and env.get(s.env) != then[s.env]]
    if other:
        yield (
            f"The environment had other settings when the backup was made: {', '.join(other)}. "
            f"They are in {data / ENVIRONMENT}; put those that you need into /etc/collector/collector.env."
        )
