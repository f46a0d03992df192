-- What workstations tell each other beside patients' records (R7).

-- Records of the key files: certificates, revocations, scope keys sealed to their
-- readers, users' password slots (package vault). The ids are drawn from the bytes,
-- so that two workstations write the same row.
CREATE TABLE key_record (
	id      BLOB NOT NULL PRIMARY KEY,
	born    INTEGER NOT NULL,
	deleted INTEGER,
	kind    INTEGER NOT NULL DEFAULT 0,
	record  BLOB
) STRICT;

-- The servers of this workstation, and how far the exchange with each has come.
-- Local, as all below.
CREATE TABLE link (
	url     TEXT NOT NULL PRIMARY KEY,
	server  BLOB NOT NULL,               -- 16 bytes, of the database behind it
	pin     BLOB,                        -- SHA-256 of the certificate's public key
	pulled  INTEGER NOT NULL DEFAULT 0,  -- the server's ordinal
	pushed  INTEGER NOT NULL DEFAULT 0,  -- our ordinal
	ringgen INTEGER NOT NULL DEFAULT 0,
	ringn   INTEGER NOT NULL DEFAULT 0,
	keys    INTEGER NOT NULL DEFAULT 0,  -- place in the keyring up to which keys were pushed
	renew   INTEGER NOT NULL DEFAULT 0,  -- 1: its keyring is to be replaced, after an erasure or a revocation here
	told    BLOB,                        -- digest of the administrators that it was told of
	offset  INTEGER NOT NULL DEFAULT 0,  -- of the server's clock to ours, nanoseconds
	tried   INTEGER NOT NULL DEFAULT 0,  -- milliseconds of UTC, 0 for never
	reached INTEGER NOT NULL DEFAULT 0,
	problem TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;

-- Attachments whose files are to be fetched.
CREATE TABLE blob_wanted (
	blob  TEXT NOT NULL PRIMARY KEY, -- SHA-256 of the file, hexadecimal
	asked INTEGER NOT NULL DEFAULT 0 -- milliseconds of UTC when somebody wanted to see it
) STRICT, WITHOUT ROWID;

-- Attachments that a server is not known to hold.
CREATE TABLE blob_due (
	server BLOB NOT NULL,
	blob   TEXT NOT NULL,
	PRIMARY KEY (server, blob)
) STRICT, WITHOUT ROWID;

CREATE INDEX attachment_blob ON attachment (blob);
