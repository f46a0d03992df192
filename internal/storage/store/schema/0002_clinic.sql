-- The clinic's own rows. Every synced table has the columns id (UUID), born (the
-- local ordinal of the entry that made the row) and deleted (the tombstone);
-- text is '' and a flag 0 where nothing is known, times and ids are NULL.

CREATE TABLE organisation (
	id       BLOB NOT NULL PRIMARY KEY,
	born     INTEGER NOT NULL,
	deleted  INTEGER,
	title    TEXT NOT NULL DEFAULT '',
	country  TEXT NOT NULL DEFAULT '',
	address  TEXT NOT NULL DEFAULT '',
	phone    TEXT NOT NULL DEFAULT '',
	email    TEXT NOT NULL DEFAULT '',
	licence  TEXT NOT NULL DEFAULT '',
	tax_id   TEXT NOT NULL DEFAULT '',
	zone     TEXT NOT NULL DEFAULT '',
	language TEXT NOT NULL DEFAULT '',
	patients INTEGER NOT NULL DEFAULT 0,
	extra    INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE staff (
	id         BLOB NOT NULL PRIMARY KEY,
	born       INTEGER NOT NULL,
	deleted    INTEGER,
	family     TEXT NOT NULL DEFAULT '',
	given      TEXT NOT NULL DEFAULT '',
	patronymic TEXT NOT NULL DEFAULT '',
	login      TEXT NOT NULL DEFAULT '',
	roles      TEXT NOT NULL DEFAULT '', -- JSON array
	position   TEXT NOT NULL DEFAULT '',
	speciality TEXT NOT NULL DEFAULT '',
	snils      TEXT NOT NULL DEFAULT '',
	licence    TEXT NOT NULL DEFAULT '',
	care_order TEXT NOT NULL DEFAULT '',
	card       BLOB,
	active     INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE template (
	id         BLOB NOT NULL PRIMARY KEY,
	born       INTEGER NOT NULL,
	deleted    INTEGER,
	title      TEXT NOT NULL DEFAULT '',
	speciality TEXT NOT NULL DEFAULT '',
	lang       TEXT NOT NULL DEFAULT '',
	version    INTEGER NOT NULL DEFAULT 0,
	active     INTEGER NOT NULL DEFAULT 0,
	fields     TEXT NOT NULL DEFAULT '' -- JSON
) STRICT;

CREATE TABLE pathway (
	id            BLOB NOT NULL PRIMARY KEY,
	born          INTEGER NOT NULL,
	deleted       INTEGER,
	title         TEXT NOT NULL DEFAULT '',
	codes         TEXT NOT NULL DEFAULT '', -- JSON
	orders        TEXT NOT NULL DEFAULT '', -- JSON
	prescriptions TEXT NOT NULL DEFAULT '', -- JSON
	origin        TEXT NOT NULL DEFAULT '',
	active        INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE icd (
	id       BLOB NOT NULL PRIMARY KEY,
	born     INTEGER NOT NULL,
	deleted  INTEGER,
	version  TEXT NOT NULL DEFAULT '',
	code     TEXT NOT NULL DEFAULT '',
	kind     TEXT NOT NULL DEFAULT '',
	parent   TEXT NOT NULL DEFAULT '', -- code of the parent
	additional TEXT NOT NULL DEFAULT '', -- '', 1 dagger, 2 asterisk
	name     TEXT NOT NULL DEFAULT '',
	name_kk  TEXT NOT NULL DEFAULT '',
	name_en  TEXT NOT NULL DEFAULT '',
	active   INTEGER NOT NULL DEFAULT 0,
	changed  TEXT NOT NULL DEFAULT '',
	position INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE INDEX icd_code ON icd (version, code);
