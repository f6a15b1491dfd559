"""The tables, made by forward-only migrations. Ids are made in Python; dates are ISO text; no clock in SQL."""

from __future__ import annotations

import sqlite_utils
from sqlite_utils.migrations import Migrations

from collector.db.store import Database
from collector.errors import StoreError

migrations = Migrations("collector")

FIRST = (
    # What this installation is. `synthetic` is set by init and can never be changed.
    """CREATE TABLE installation (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        made_on TEXT NOT NULL,
        synthetic INTEGER NOT NULL CHECK (synthetic IN (0, 1)))""",
    # Published survey versions: canonical definition, its hash, the card map and the promises it was given under.
    """CREATE TABLE survey_version (
        survey TEXT NOT NULL, version TEXT NOT NULL, position INTEGER NOT NULL,
        definition TEXT NOT NULL, hash TEXT NOT NULL, layout TEXT NOT NULL, promises TEXT NOT NULL,
        published_on TEXT NOT NULL, superseded_on TEXT,
        PRIMARY KEY (survey, version))""",
    """CREATE TABLE venue (
        code TEXT PRIMARY KEY, name TEXT NOT NULL, kind TEXT NOT NULL, languages TEXT NOT NULL,
        opened_on TEXT NOT NULL, closed_on TEXT)""",
    """CREATE TABLE venue_area (
        venue TEXT NOT NULL REFERENCES venue (code), area TEXT NOT NULL,
        valid_from TEXT NOT NULL, valid_to TEXT,
        PRIMARY KEY (venue, valid_from))""",
    # A quota raised for an event; other days have the setting's.
    """CREATE TABLE venue_quota (
        venue TEXT NOT NULL REFERENCES venue (code), day TEXT NOT NULL, quota INTEGER NOT NULL,
        PRIMARY KEY (venue, day))""",
    # Counts per code and day: nothing else is kept of when answers came.
    """CREATE TABLE day_count (
        venue TEXT NOT NULL, day TEXT NOT NULL, stored INTEGER NOT NULL, held INTEGER NOT NULL,
        repeated INTEGER NOT NULL, withdrawn INTEGER NOT NULL,
        PRIMARY KEY (venue, day)) WITHOUT ROWID""",
    # One person, once. Clustered by period and venue, so that a roll-up reads only the open period.
    """CREATE TABLE response (
        period TEXT NOT NULL, venue TEXT NOT NULL, id BLOB NOT NULL,
        survey TEXT NOT NULL, version TEXT NOT NULL, variant TEXT NOT NULL,
        day TEXT, visit TEXT, late INTEGER NOT NULL, held INTEGER NOT NULL,
        mode TEXT NOT NULL, help TEXT NOT NULL, language TEXT NOT NULL, catalogue TEXT NOT NULL,
        card TEXT NOT NULL,
        PRIMARY KEY (period, venue, id)) WITHOUT ROWID""",
    # Open text: apart from the card, with a shorter life.
    """CREATE TABLE comment (
        period TEXT NOT NULL, venue TEXT NOT NULL, response BLOB NOT NULL, question TEXT NOT NULL,
        language TEXT NOT NULL, words TEXT NOT NULL,
        PRIMARY KEY (period, venue, response, question)) WITHOUT ROWID""",
    # What was sent with which key: only keyed hashes. `response` is NULL once withdrawn or erased.
    """CREATE TABLE submission (
        key_mac BLOB PRIMARY KEY, content_mac BLOB NOT NULL, period TEXT NOT NULL, venue TEXT NOT NULL,
        response BLOB, held INTEGER NOT NULL) WITHOUT ROWID""",
    """CREATE TABLE receipt (
        mac BLOB PRIMARY KEY, key_mac BLOB NOT NULL) WITHOUT ROWID""",
    # Better words for a translation, from people who read it: the words and their day, nothing of the sender.
    """CREATE TABLE suggestion (
        id BLOB PRIMARY KEY, language TEXT NOT NULL, day TEXT NOT NULL, words TEXT NOT NULL) WITHOUT ROWID""",
    """CREATE TABLE period (
        period TEXT PRIMARY KEY, frozen_on TEXT)""",
    # Count tables of a period: what every figure is made from. Series (survey, major version) are never mixed.
    """CREATE TABLE cell (
        period TEXT NOT NULL, survey TEXT NOT NULL, major TEXT NOT NULL,
        area TEXT NOT NULL, breakdown TEXT NOT NULL, grp TEXT NOT NULL,
        respondents INTEGER NOT NULL, visits INTEGER NOT NULL, largest_venue INTEGER NOT NULL,
        PRIMARY KEY (period, survey, major, area, breakdown, grp)) WITHOUT ROWID""",
    """CREATE TABLE cell_count (
        period TEXT NOT NULL, survey TEXT NOT NULL, major TEXT NOT NULL,
        area TEXT NOT NULL, breakdown TEXT NOT NULL, grp TEXT NOT NULL,
        level TEXT NOT NULL, code TEXT NOT NULL,
        asked INTEGER NOT NULL, answered INTEGER NOT NULL, favourable INTEGER NOT NULL,
        score_sum TEXT NOT NULL, dk INTEGER NOT NULL, na INTEGER NOT NULL, unsaid INTEGER NOT NULL,
        PRIMARY KEY (period, survey, major, area, breakdown, grp, level, code)) WITHOUT ROWID""",
    # The versions that a period's tables were counted from, with how many responses each.
    """CREATE TABLE counted_version (
        period TEXT NOT NULL, survey TEXT NOT NULL, major TEXT NOT NULL, version TEXT NOT NULL,
        responses INTEGER NOT NULL,
        PRIMARY KEY (period, survey, version)) WITHOUT ROWID""",
    """CREATE TABLE rollup_run (
        period TEXT PRIMARY KEY, responses INTEGER NOT NULL, made_on TEXT NOT NULL, counts_hash TEXT NOT NULL)""",
    """CREATE TABLE job_run (
        job TEXT NOT NULL, due TEXT NOT NULL, started TEXT NOT NULL, ended TEXT, outcome TEXT NOT NULL,
        detail TEXT NOT NULL,
        PRIMARY KEY (job, due))""",
    """CREATE TABLE audit (
        id TEXT PRIMARY KEY, at TEXT NOT NULL, actor TEXT NOT NULL, verb TEXT NOT NULL, target TEXT NOT NULL,
        detail TEXT NOT NULL)""",
)


@migrations()
def m001_first(db: sqlite_utils.Database) -> None:
    """Everything that the main job needs."""
    for statement in FIRST:
        db.execute(statement)


RELEASES = (
    # The true count tables of a period as they were frozen, packed, and as each correction made them.
    """CREATE TABLE frozen_tables (
        period TEXT NOT NULL, revision INTEGER NOT NULL, made_on TEXT NOT NULL, tables BLOB NOT NULL,
        PRIMARY KEY (period, revision))""",
    # What was published, in order: what it was made from and by whom, and its figures, which the next quarter is compared with.
    """CREATE TABLE release (
        number INTEGER PRIMARY KEY, period TEXT NOT NULL, revision INTEGER NOT NULL, name TEXT NOT NULL,
        status TEXT NOT NULL, published_on TEXT NOT NULL, made_on TEXT NOT NULL, actor TEXT NOT NULL,
        reason TEXT NOT NULL, inputs_hash TEXT NOT NULL, code_version TEXT NOT NULL, rules_version TEXT NOT NULL,
        checksums TEXT NOT NULL, figures BLOB NOT NULL,
        UNIQUE (period, revision))""",
    """CREATE TABLE delivery (
        release INTEGER NOT NULL REFERENCES release (number), at TEXT NOT NULL, outcome TEXT NOT NULL,
        PRIMARY KEY (release, at))""",
)


@migrations()
def m002_releases(db: sqlite_utils.Database) -> None:
    """Frozen tables, and what was published of them."""
    for statement in RELEASES:
        db.execute(statement)


KEPT_AND_GONE: tuple[str, ...] = (
    # Numbers that somebody left before their answers came (they wait on a tablet): deleted when they come.
    """CREATE TABLE left_number (
        mac BLOB PRIMARY KEY, left_on TEXT NOT NULL) WITHOUT ROWID""",
    # The earliest days promised to anybody who answered into a period, whatever the settings say later.
    """CREATE TABLE promised (
        period TEXT PRIMARY KEY, text_until TEXT NOT NULL, rows_until TEXT NOT NULL)""",
    # What was deleted in which night, by its promised day: older backups hold it, and go on that day.
    """CREATE TABLE erased (
        last TEXT PRIMARY KEY, night TEXT NOT NULL)""",
    # Of answers that are gone only the key's hash stays.
    "UPDATE submission SET content_mac = x'' WHERE response IS NULL",
    # The newest moment at which the machine's clock was believed.
    "CREATE TABLE clock (id INTEGER PRIMARY KEY CHECK (id = 1), seen TEXT NOT NULL)",
    """INSERT INTO clock (id, seen)
        SELECT 1, at FROM (SELECT max(at) AS at FROM (
            SELECT made_on AS at FROM installation
            UNION ALL SELECT max(at) FROM audit
            UNION ALL SELECT max(started) FROM job_run
            UNION ALL SELECT max(day) FROM day_count) AS known) AS newest
        WHERE at IS NOT NULL""",
    # Records of jobs told how many answers came in which hour.
    "UPDATE job_run SET detail = '' WHERE job = 'rollup' AND outcome = 'done'",
)


@migrations()
def m003_kept_and_gone(db: sqlite_utils.Database) -> None:
    """What was promised, what is gone for good, and what must not be told by the file."""
    for statement in KEPT_AND_GONE:
        db.execute(statement)


IMPORTS: tuple[str, ...] = (
    # A file that was brought in: one act with a number. Begun until all of the file is in.
    """CREATE TABLE import_act (
        number INTEGER PRIMARY KEY, day TEXT NOT NULL, source TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('begun', 'done', 'taken back')),
        stored INTEGER NOT NULL, repeated INTEGER NOT NULL, rejected INTEGER NOT NULL, reason TEXT NOT NULL)""",
    # Short hashes of the answers that an act stored, packed: by them a file whose keys were changed is known again.
    """CREATE TABLE import_part (
        number INTEGER NOT NULL REFERENCES import_act (number), period TEXT NOT NULL, part INTEGER NOT NULL,
        hashes BLOB NOT NULL,
        PRIMARY KEY (number, period, part))""",
    # Which act brought a key; blank for the page.
    "ALTER TABLE submission ADD COLUMN import_number INTEGER",
)


@migrations()
def m004_imports(db: sqlite_utils.Database) -> None:
    """Imports that can be taken back."""
    for statement in IMPORTS:
        db.execute(statement)


DISCLOSURE = (
    # By what a period's counts are changed before they are published. Of quarters, and of years under their own code.
    """CREATE TABLE period_secret (
        period TEXT PRIMARY KEY, secret BLOB NOT NULL) WITHOUT ROWID""",
)


@migrations()
def m005_disclosure(db: sqlite_utils.Database) -> None:
    """The secret of each period."""
    for statement in DISCLOSURE:
        db.execute(statement)


TABLETS: tuple[str, ...] = (
    # A tablet that is taken along. Its name goes a while after it was stopped; its token stands nowhere but on it.
    """CREATE TABLE tablet (
        id BLOB PRIMARY KEY, name TEXT NOT NULL, venues TEXT NOT NULL, language TEXT NOT NULL, token_mac BLOB UNIQUE,
        address TEXT NOT NULL, added_on TEXT NOT NULL, seen_on TEXT, stopped_on TEXT) WITHOUT ROWID""",
    # Codes that pair a tablet: once, until they end.
    """CREATE TABLE pairing (
        code_mac BLOB PRIMARY KEY, tablet BLOB NOT NULL REFERENCES tablet (id), ends TEXT NOT NULL) WITHOUT ROWID""",
    # One outing to a venue. `arrived` and `aside` count boxes, not answers, and never go down.
    """CREATE TABLE visit (
        id TEXT PRIMARY KEY, tablet BLOB NOT NULL REFERENCES tablet (id), venue TEXT NOT NULL, day TEXT NOT NULL,
        closed INTEGER NOT NULL, sealed INTEGER NOT NULL, arrived INTEGER NOT NULL, aside INTEGER NOT NULL,
        said_no TEXT, struck INTEGER NOT NULL) WITHOUT ROWID""",
    # Boxes that came and may not count, as they came.
    """CREATE TABLE aside (
        id TEXT NOT NULL, visit TEXT NOT NULL REFERENCES visit (id), arrived_on TEXT NOT NULL, reason TEXT NOT NULL,
        receipt_mac BLOB, box BLOB NOT NULL,
        PRIMARY KEY (id, visit)) WITHOUT ROWID""",
    "CREATE INDEX aside_receipt ON aside (receipt_mac)",
    # Every box that came, also of those that left nothing: what comes twice is counted once.
    """CREATE TABLE box_seen (
        id TEXT NOT NULL, visit TEXT NOT NULL REFERENCES visit (id),
        PRIMARY KEY (id, visit)) WITHOUT ROWID""",
    # Answers by tablet and day, which its quota needs.
    """CREATE TABLE tablet_day (
        tablet BLOB NOT NULL REFERENCES tablet (id), day TEXT NOT NULL, stored INTEGER NOT NULL, held INTEGER NOT NULL,
        PRIMARY KEY (tablet, day)) WITHOUT ROWID""",
)


@migrations()
def m006_tablets(db: sqlite_utils.Database) -> None:
    """Tablets, their visits and what they bring."""
    for statement in TABLETS:
        db.execute(statement)


def migrate(database: Database) -> list[str]:
    """Apply what is pending, all in one transaction; the names applied. Safe from several processes at once.

    Raises StoreError when the database comes from a newer program.
    """
    with database.transaction():
        before = {m.name for m in migrations.applied(database.tables)}
        refuse_newer(database)
        migrations.apply(database.tables)
        return [m.name for m in migrations.applied(database.tables) if m.name not in before]


def refuse_newer(database: Database) -> None:
    """Raise StoreError when the database comes from a newer program, whose tables this one does not know."""
    unknown = sorted({m.name for m in migrations.applied(database.tables)} - {m.name for m in migrations._migrations})
    if unknown:
        raise StoreError(f"The database comes from a newer Collector ({unknown[-1]}). Install that version or later.")


def pending(database: Database) -> list[str]:
    """Names of migrations not yet applied."""
    return [m.name for m in migrations.pending(database.tables)]
