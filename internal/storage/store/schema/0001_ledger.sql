-- The ledger and what belongs to this workstation alone. None of these tables
-- is synced. n is the local ordinal of an entry: the order of arrival here.

CREATE TABLE meta (
	name  TEXT NOT NULL PRIMARY KEY,
	value BLOB
) STRICT, WITHOUT ROWID;

CREATE TABLE device (
	n  INTEGER PRIMARY KEY,
	id BLOB NOT NULL UNIQUE
) STRICT;

CREATE TABLE entry (
	n       INTEGER PRIMARY KEY,
	chain   INTEGER NOT NULL,
	device  INTEGER NOT NULL REFERENCES device (n),
	seq     INTEGER NOT NULL,
	hlc     INTEGER NOT NULL,
	hash    BLOB NOT NULL,
	waiting INTEGER NOT NULL DEFAULT 0, -- 1: a box could not be opened yet
	bytes   BLOB NOT NULL
) STRICT;

CREATE UNIQUE INDEX entry_seq ON entry (device, chain, seq);

-- Which entries speak of a patient: the history of a card.
CREATE TABLE entry_patient (
	patient BLOB NOT NULL,
	entry   INTEGER NOT NULL,
	PRIMARY KEY (patient, entry)
) STRICT, WITHOUT ROWID;

-- Heads of a field group where they differ from the entry that made the row
-- (the row's own column born).
CREATE TABLE head (
	tbl   INTEGER NOT NULL, -- place in clinic.Tables
	id    BLOB NOT NULL,
	grp   INTEGER NOT NULL, -- place in the table's groups; -1-place: a late write, an alert
	entry INTEGER NOT NULL,
	PRIMARY KEY (tbl, id, grp, entry)
) STRICT, WITHOUT ROWID;

-- What each device is known to have applied of each other (from `seen`), and
-- for this one, what it has told in its own entries.
CREATE TABLE knows (
	device INTEGER NOT NULL,
	other  INTEGER NOT NULL,
	seq    INTEGER NOT NULL,
	hash   BLOB NOT NULL,
	PRIMARY KEY (device, other)
) STRICT, WITHOUT ROWID;

-- Text being typed, saved every two seconds at no entry's cost (R3.8).
CREATE TABLE draft (
	staff BLOB NOT NULL,
	kind  TEXT NOT NULL,
	id    BLOB NOT NULL, -- of what is being edited
	saved INTEGER NOT NULL,
	body  TEXT NOT NULL,
	PRIMARY KEY (staff, kind, id)
) STRICT, WITHOUT ROWID;
