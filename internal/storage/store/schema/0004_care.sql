-- Visits and what hangs on them (R3).

CREATE TABLE visit (
	id            BLOB NOT NULL PRIMARY KEY,
	born          INTEGER NOT NULL,
	deleted       INTEGER,
	patient       BLOB NOT NULL REFERENCES patient (id) DEFERRABLE INITIALLY DEFERRED,
	staff         BLOB,
	staff_name    TEXT NOT NULL DEFAULT '',
	kind          TEXT NOT NULL DEFAULT '',
	care_from     INTEGER,
	care_until    INTEGER,
	entered       INTEGER,
	late          INTEGER NOT NULL DEFAULT 0,
	status        TEXT NOT NULL DEFAULT '',
	reason        TEXT NOT NULL DEFAULT '',
	struck        TEXT NOT NULL DEFAULT '',
	complaints    TEXT NOT NULL DEFAULT '',
	anamnesis     TEXT NOT NULL DEFAULT '',
	objective     TEXT NOT NULL DEFAULT '',
	comment       TEXT NOT NULL DEFAULT '',
	advice        TEXT NOT NULL DEFAULT '',
	source_system TEXT NOT NULL DEFAULT '',
	source_code   TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE INDEX visit_patient ON visit (patient, care_from);
CREATE INDEX visit_time ON visit (care_from);

CREATE TABLE diagnosis (
	id            BLOB NOT NULL PRIMARY KEY,
	born          INTEGER NOT NULL,
	deleted       INTEGER,
	patient       BLOB NOT NULL REFERENCES patient (id) DEFERRABLE INITIALLY DEFERRED,
	visit         BLOB REFERENCES visit (id) DEFERRABLE INITIALLY DEFERRED,
	system        TEXT NOT NULL DEFAULT '',
	code          TEXT NOT NULL DEFAULT '',
	version       TEXT NOT NULL DEFAULT '',
	name          TEXT NOT NULL DEFAULT '',
	text          TEXT NOT NULL DEFAULT '',
	stage         TEXT NOT NULL DEFAULT '',
	rank          TEXT NOT NULL DEFAULT '',
	onset         TEXT NOT NULL DEFAULT '',
	recorded      INTEGER,
	original      TEXT NOT NULL DEFAULT '',
	source_system TEXT NOT NULL DEFAULT '',
	source_code   TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE INDEX diagnosis_patient ON diagnosis (patient);

CREATE TABLE problem (
	id            BLOB NOT NULL PRIMARY KEY,
	born          INTEGER NOT NULL,
	deleted       INTEGER,
	patient       BLOB NOT NULL REFERENCES patient (id) DEFERRABLE INITIALLY DEFERRED,
	system        TEXT NOT NULL DEFAULT '',
	code          TEXT NOT NULL DEFAULT '',
	version       TEXT NOT NULL DEFAULT '',
	name          TEXT NOT NULL DEFAULT '',
	text          TEXT NOT NULL DEFAULT '',
	status        TEXT NOT NULL DEFAULT '',
	since         TEXT NOT NULL DEFAULT '',
	resolved      TEXT NOT NULL DEFAULT '',
	diagnosis     BLOB,
	source_system TEXT NOT NULL DEFAULT '',
	source_code   TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE INDEX problem_patient ON problem (patient);

CREATE TABLE allergy (
	id            BLOB NOT NULL PRIMARY KEY,
	born          INTEGER NOT NULL,
	deleted       INTEGER,
	patient       BLOB NOT NULL REFERENCES patient (id) DEFERRABLE INITIALLY DEFERRED,
	system        TEXT NOT NULL DEFAULT '',
	code          TEXT NOT NULL DEFAULT '',
	version       TEXT NOT NULL DEFAULT '',
	name          TEXT NOT NULL DEFAULT '',
	substance     TEXT NOT NULL DEFAULT '',
	kind          TEXT NOT NULL DEFAULT '',
	reaction      TEXT NOT NULL DEFAULT '',
	severity      TEXT NOT NULL DEFAULT '',
	status        TEXT NOT NULL DEFAULT '',
	since         TEXT NOT NULL DEFAULT '',
	source_system TEXT NOT NULL DEFAULT '',
	source_code   TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE INDEX allergy_patient ON allergy (patient);

CREATE TABLE observation (
	id            BLOB NOT NULL PRIMARY KEY,
	born          INTEGER NOT NULL,
	deleted       INTEGER,
	patient       BLOB NOT NULL REFERENCES patient (id) DEFERRABLE INITIALLY DEFERRED,
	visit         BLOB REFERENCES visit (id) DEFERRABLE INITIALLY DEFERRED,
	panel         BLOB,
	kind          TEXT NOT NULL DEFAULT '',
	system        TEXT NOT NULL DEFAULT '',
	code          TEXT NOT NULL DEFAULT '',
	version       TEXT NOT NULL DEFAULT '',
	name          TEXT NOT NULL DEFAULT '',
	value         TEXT NOT NULL DEFAULT '', -- exact decimal
	sign          TEXT NOT NULL DEFAULT '',
	unit          TEXT NOT NULL DEFAULT '',
	text          TEXT NOT NULL DEFAULT '',
	low           TEXT NOT NULL DEFAULT '',
	high          TEXT NOT NULL DEFAULT '',
	flag          TEXT NOT NULL DEFAULT '',
	taken         INTEGER,
	original      TEXT NOT NULL DEFAULT '',
	source_system TEXT NOT NULL DEFAULT '',
	source_code   TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE INDEX observation_patient ON observation (patient);

CREATE TABLE prescription (
	id            BLOB NOT NULL PRIMARY KEY,
	born          INTEGER NOT NULL,
	deleted       INTEGER,
	patient       BLOB NOT NULL REFERENCES patient (id) DEFERRABLE INITIALLY DEFERRED,
	visit         BLOB REFERENCES visit (id) DEFERRABLE INITIALLY DEFERRED,
	staff         BLOB,
	inn           TEXT NOT NULL DEFAULT '',
	trade         TEXT NOT NULL DEFAULT '',
	form          TEXT NOT NULL DEFAULT '',
	dose          TEXT NOT NULL DEFAULT '',
	dose_unit     TEXT NOT NULL DEFAULT '',
	route         TEXT NOT NULL DEFAULT '',
	frequency     TEXT NOT NULL DEFAULT '',
	duration      TEXT NOT NULL DEFAULT '',
	quantity      TEXT NOT NULL DEFAULT '',
	quantity_unit TEXT NOT NULL DEFAULT '',
	directions    TEXT NOT NULL DEFAULT '',
	status        TEXT NOT NULL DEFAULT '',
	start         TEXT NOT NULL DEFAULT '',
	stop          TEXT NOT NULL DEFAULT '',
	reason        TEXT NOT NULL DEFAULT '',
	written       INTEGER,
	code_system   TEXT NOT NULL DEFAULT '',
	code          TEXT NOT NULL DEFAULT '',
	code_version  TEXT NOT NULL DEFAULT '',
	code_name     TEXT NOT NULL DEFAULT '',
	original      TEXT NOT NULL DEFAULT '',
	source_system TEXT NOT NULL DEFAULT '',
	source_code   TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE INDEX prescription_patient ON prescription (patient);

CREATE TABLE care_order (
	id           BLOB NOT NULL PRIMARY KEY,
	born         INTEGER NOT NULL,
	deleted      INTEGER,
	patient      BLOB NOT NULL REFERENCES patient (id) DEFERRABLE INITIALLY DEFERRED,
	visit        BLOB REFERENCES visit (id) DEFERRABLE INITIALLY DEFERRED,
	pathway      BLOB,
	kind         TEXT NOT NULL DEFAULT '',
	code_system  TEXT NOT NULL DEFAULT '',
	code         TEXT NOT NULL DEFAULT '',
	code_version TEXT NOT NULL DEFAULT '',
	code_name    TEXT NOT NULL DEFAULT '',
	text         TEXT NOT NULL DEFAULT '',
	status       TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE INDEX care_order_patient ON care_order (patient);

CREATE TABLE protocol (
	id               BLOB NOT NULL PRIMARY KEY,
	born             INTEGER NOT NULL,
	deleted          INTEGER,
	patient          BLOB NOT NULL REFERENCES patient (id) DEFERRABLE INITIALLY DEFERRED,
	visit            BLOB NOT NULL REFERENCES visit (id) DEFERRABLE INITIALLY DEFERRED,
	template         BLOB,
	template_version INTEGER NOT NULL DEFAULT 0,
	title            TEXT NOT NULL DEFAULT '',
	lang             TEXT NOT NULL DEFAULT '',
	fields           TEXT NOT NULL DEFAULT '', -- JSON: values by key
	shape            TEXT NOT NULL DEFAULT '', -- JSON: the fields as they stood
	version          INTEGER NOT NULL DEFAULT 0,
	amends           BLOB,
	why              TEXT NOT NULL DEFAULT '',
	status           TEXT NOT NULL DEFAULT '',
	written          INTEGER,
	signed           INTEGER,
	signer           BLOB,
	signer_name      TEXT NOT NULL DEFAULT '',
	signer_post      TEXT NOT NULL DEFAULT '',
	care             TEXT NOT NULL DEFAULT '', -- JSON: what it stands on, as it was when signed
	digest           BLOB,
	signature        BLOB,
	original         TEXT NOT NULL DEFAULT '',
	scan             BLOB,
	qualified        BLOB
) STRICT;

CREATE INDEX protocol_patient ON protocol (patient);

CREATE TABLE attachment (
	id      BLOB NOT NULL PRIMARY KEY,
	born    INTEGER NOT NULL,
	deleted INTEGER,
	patient BLOB NOT NULL REFERENCES patient (id) DEFERRABLE INITIALLY DEFERRED,
	owner   BLOB,
	kind    TEXT NOT NULL DEFAULT '',
	title   TEXT NOT NULL DEFAULT '',
	media   TEXT NOT NULL DEFAULT '',
	size    INTEGER NOT NULL DEFAULT 0,
	blob    TEXT NOT NULL DEFAULT '', -- file name: SHA-256 of the ciphertext
	key     BLOB,
	taken   INTEGER
) STRICT;

CREATE INDEX attachment_patient ON attachment (patient);
