-- The tables of licensord, described in docs/formats/depot.md. The key of each table
-- of an organisation begins with the organisation; code is a directory by which an
-- organisation is found, server and beat are the server's own.

CREATE TABLE server (
	name  TEXT PRIMARY KEY,
	value BYTEA NOT NULL
);

CREATE TABLE beat (
	minute BIGINT  PRIMARY KEY -- since 1970
);

CREATE TABLE organisation (
	org      BYTEA   PRIMARY KEY,
	name     TEXT    NOT NULL,
	country  TEXT    NOT NULL,
	added    BIGINT  NOT NULL,
	ordinal  BIGINT  NOT NULL DEFAULT 0, -- of the last entry
	bytes    BIGINT  NOT NULL DEFAULT 0, -- of all entries
	ring     BYTEA   NOT NULL,           -- id of the present generation: the draft it came from; empty for none
	ring_gen BIGINT  NOT NULL DEFAULT 0,
	ring_n   BIGINT  NOT NULL DEFAULT 0, -- records of the present generation
	lacking  BIGINT  NOT NULL DEFAULT 0  -- live devices without a wrap of it
);

CREATE TABLE code (
	code    BYTEA   PRIMARY KEY,
	kind    BIGINT  NOT NULL, -- 1 to link with, 2 to join with
	key     BYTEA   NOT NULL,
	expires BIGINT  NOT NULL,
	org     BYTEA   NOT NULL, -- 16 zero bytes: a new one
	device  BYTEA   NOT NULL, -- kind 2: the one invited
	name    TEXT    NOT NULL,
	country TEXT    NOT NULL,
	sealed  BYTEA   NOT NULL, -- kind 2: the invitation
	used    BYTEA   NOT NULL  -- hash of what it was used with; empty: not yet
);

CREATE TABLE device (
	org         BYTEA   NOT NULL,
	device      BYTEA   NOT NULL,
	sign_key    BYTEA   NOT NULL,
	former      BYTEA   NOT NULL, -- whose successor it is; 16 zero bytes for nobody's
	added       BIGINT  NOT NULL,
	contact     BIGINT  NOT NULL DEFAULT 0,
	revoked     BIGINT  NOT NULL DEFAULT 0,
	revoked_seq BIGINT  NOT NULL DEFAULT 0,
	PRIMARY KEY (org, device)
);

CREATE TABLE admin (
	org   BYTEA   NOT NULL,
	key   BYTEA   NOT NULL,
	added BIGINT  NOT NULL,
	PRIMARY KEY (org, key)
);

CREATE TABLE order_done (
	org   BYTEA   NOT NULL,
	nonce BYTEA   NOT NULL,
	at    BIGINT  NOT NULL,
	PRIMARY KEY (org, nonce)
);

CREATE TABLE nonce (
	org     BYTEA   NOT NULL,
	device  BYTEA   NOT NULL,
	nonce   BYTEA   NOT NULL,
	expires BIGINT  NOT NULL,
	PRIMARY KEY (org, device, nonce)
);

CREATE TABLE session (
	org     BYTEA   NOT NULL,
	token   BYTEA   NOT NULL, -- SHA-256 of its secret
	device  BYTEA   NOT NULL,
	expires BIGINT  NOT NULL,
	PRIMARY KEY (org, token)
);

CREATE TABLE entry (
	org     BYTEA   NOT NULL,
	ordinal BIGINT  NOT NULL,
	device  BYTEA   NOT NULL,
	chain   BIGINT  NOT NULL,
	seq     BIGINT  NOT NULL,
	hash    BYTEA   NOT NULL,
	raw     BYTEA   NOT NULL,
	PRIMARY KEY (org, ordinal),
	UNIQUE (org, device, chain, seq)
);

CREATE TABLE head (
	org    BYTEA   NOT NULL,
	device BYTEA   NOT NULL,
	chain  BIGINT  NOT NULL,
	seq    BIGINT  NOT NULL,
	hash   BYTEA   NOT NULL,
	PRIMARY KEY (org, device, chain)
);

CREATE TABLE ring_record (
	org   BYTEA   NOT NULL,
	ring  BYTEA   NOT NULL,
	n     BIGINT  NOT NULL,
	hash  BYTEA   NOT NULL,
	bytes BYTEA   NOT NULL,
	PRIMARY KEY (org, ring, n),
	UNIQUE (org, ring, hash)
);

CREATE TABLE ring_wrap (
	org    BYTEA NOT NULL,
	ring   BYTEA NOT NULL,
	reader BYTEA NOT NULL,
	sealed BYTEA NOT NULL,
	PRIMARY KEY (org, ring, reader)
);

CREATE TABLE ring_draft (
	org    BYTEA   NOT NULL,
	ring   BYTEA   NOT NULL,
	device BYTEA   NOT NULL,
	old    BIGINT  NOT NULL,
	parts  BIGINT  NOT NULL,
	n      BIGINT  NOT NULL,
	added  BIGINT  NOT NULL,
	PRIMARY KEY (org, ring)
);

CREATE TABLE blob (
	org   BYTEA   NOT NULL,
	hash  BYTEA   NOT NULL,
	size  BIGINT  NOT NULL,
	have  BIGINT  NOT NULL, -- bytes of the file that count
	state BYTEA   NOT NULL, -- of SHA-256 over them; empty once whole
	whole BIGINT  NOT NULL,
	PRIMARY KEY (org, hash)
);

-- What is sealed doesn't compress; and rows that are written over and over keep room
-- for their next version, so that indexes stay as they are.
ALTER TABLE entry ALTER raw SET STORAGE EXTERNAL;
ALTER TABLE ring_record ALTER bytes SET STORAGE EXTERNAL;
ALTER TABLE ring_wrap ALTER sealed SET STORAGE EXTERNAL;
ALTER TABLE code ALTER sealed SET STORAGE EXTERNAL;
ALTER TABLE organisation SET (fillfactor = 50);
ALTER TABLE head SET (fillfactor = 50);
ALTER TABLE device SET (fillfactor = 70);
ALTER TABLE blob SET (fillfactor = 70);
