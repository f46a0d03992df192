-- The tables of licensord, described in docs/formats/depot.md. The key of each table
-- of an organisation begins with the organisation; code is a directory by which an
-- organisation is found, server and beat are the server's own.

CREATE TABLE server (
	name  TEXT PRIMARY KEY,
	value BLOB NOT NULL
) WITHOUT ROWID;

CREATE TABLE beat (
	minute INTEGER PRIMARY KEY -- since 1970
);

CREATE TABLE organisation (
	org      BLOB    PRIMARY KEY,
	name     TEXT    NOT NULL,
	country  TEXT    NOT NULL,
	added    INTEGER NOT NULL,
	ordinal  INTEGER NOT NULL DEFAULT 0, -- of the last entry
	bytes    INTEGER NOT NULL DEFAULT 0, -- of all entries
	ring     BLOB    NOT NULL,           -- id of the present generation: the draft it came from; empty for none
	ring_gen INTEGER NOT NULL DEFAULT 0,
	ring_n   INTEGER NOT NULL DEFAULT 0, -- records of the present generation
	lacking  INTEGER NOT NULL DEFAULT 0  -- live devices without a wrap of it
) WITHOUT ROWID;

CREATE TABLE code (
	code    BLOB    PRIMARY KEY,
	kind    INTEGER NOT NULL, -- 1 to link with, 2 to join with
	key     BLOB    NOT NULL,
	expires INTEGER NOT NULL,
	org     BLOB    NOT NULL, -- 16 zero bytes: a new one
	device  BLOB    NOT NULL, -- kind 2: the one invited
	name    TEXT    NOT NULL,
	country TEXT    NOT NULL,
	sealed  BLOB    NOT NULL, -- kind 2: the invitation
	used    BLOB    NOT NULL  -- hash of what it was used with; empty: not yet
);

CREATE TABLE device (
	org         BLOB    NOT NULL,
	device      BLOB    NOT NULL,
	sign_key    BLOB    NOT NULL,
	former      BLOB    NOT NULL, -- whose successor it is; 16 zero bytes for nobody's
	added       INTEGER NOT NULL,
	contact     INTEGER NOT NULL DEFAULT 0,
	revoked     INTEGER NOT NULL DEFAULT 0,
	revoked_seq INTEGER NOT NULL DEFAULT 0,
	PRIMARY KEY (org, device)
) WITHOUT ROWID;

CREATE TABLE admin (
	org   BLOB    NOT NULL,
	key   BLOB    NOT NULL,
	added INTEGER NOT NULL,
	PRIMARY KEY (org, key)
) WITHOUT ROWID;

CREATE TABLE order_done (
	org   BLOB    NOT NULL,
	nonce BLOB    NOT NULL,
	at    INTEGER NOT NULL,
	PRIMARY KEY (org, nonce)
) WITHOUT ROWID;

CREATE TABLE nonce (
	org     BLOB    NOT NULL,
	device  BLOB    NOT NULL,
	nonce   BLOB    NOT NULL,
	expires INTEGER NOT NULL,
	PRIMARY KEY (org, device, nonce)
) WITHOUT ROWID;

CREATE TABLE session (
	org     BLOB    NOT NULL,
	token   BLOB    NOT NULL, -- SHA-256 of its secret
	device  BLOB    NOT NULL,
	expires INTEGER NOT NULL,
	PRIMARY KEY (org, token)
) WITHOUT ROWID;

CREATE TABLE entry (
	org     BLOB    NOT NULL,
	ordinal INTEGER NOT NULL,
	device  BLOB    NOT NULL,
	chain   INTEGER NOT NULL,
	seq     INTEGER NOT NULL,
	hash    BLOB    NOT NULL,
	raw     BLOB    NOT NULL,
	PRIMARY KEY (org, ordinal),
	UNIQUE (org, device, chain, seq)
);

CREATE TABLE head (
	org    BLOB    NOT NULL,
	device BLOB    NOT NULL,
	chain  INTEGER NOT NULL,
	seq    INTEGER NOT NULL,
	hash   BLOB    NOT NULL,
	PRIMARY KEY (org, device, chain)
) WITHOUT ROWID;

CREATE TABLE ring_record (
	org   BLOB    NOT NULL,
	ring  BLOB    NOT NULL,
	n     INTEGER NOT NULL,
	hash  BLOB    NOT NULL,
	bytes BLOB    NOT NULL,
	PRIMARY KEY (org, ring, n),
	UNIQUE (org, ring, hash)
);

CREATE TABLE ring_wrap (
	org    BLOB NOT NULL,
	ring   BLOB NOT NULL,
	reader BLOB NOT NULL,
	sealed BLOB NOT NULL,
	PRIMARY KEY (org, ring, reader)
);

CREATE TABLE ring_draft (
	org    BLOB    NOT NULL,
	ring   BLOB    NOT NULL,
	device BLOB    NOT NULL,
	old    INTEGER NOT NULL,
	parts  INTEGER NOT NULL,
	n      INTEGER NOT NULL,
	added  INTEGER NOT NULL,
	PRIMARY KEY (org, ring)
) WITHOUT ROWID;

CREATE TABLE blob (
	org   BLOB    NOT NULL,
	hash  BLOB    NOT NULL,
	size  INTEGER NOT NULL,
	have  INTEGER NOT NULL, -- bytes of the file that count
	state BLOB    NOT NULL, -- of SHA-256 over them; empty once whole
	whole INTEGER NOT NULL,
	PRIMARY KEY (org, hash)
) WITHOUT ROWID;
