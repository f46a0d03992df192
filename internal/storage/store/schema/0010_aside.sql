-- Entries that a workstation wrote after its revocation, kept for the case that
-- another, which is trusted, has built on them (package journal). No part of the
-- ledger, and local.
CREATE TABLE aside (
	hash   BLOB NOT NULL PRIMARY KEY,
	device BLOB NOT NULL,
	seq    INTEGER NOT NULL,
	bytes  BLOB NOT NULL
) STRICT;

CREATE INDEX aside_device ON aside (device);
