-- The registration card (R1.1-R1.3).

CREATE TABLE patient (
	id               BLOB NOT NULL PRIMARY KEY,
	born             INTEGER NOT NULL,
	deleted          INTEGER,
	case_number      TEXT NOT NULL DEFAULT '',
	family           TEXT NOT NULL DEFAULT '',
	given            TEXT NOT NULL DEFAULT '',
	patronymic       TEXT NOT NULL DEFAULT '',
	name_unknown     INTEGER NOT NULL DEFAULT 0,
	sex              TEXT NOT NULL DEFAULT '',
	birth_date       TEXT NOT NULL DEFAULT '',
	birth_time       TEXT NOT NULL DEFAULT '',
	birth_place      TEXT NOT NULL DEFAULT '',
	birth_order      INTEGER NOT NULL DEFAULT 0,
	mother           BLOB,
	death_date       TEXT NOT NULL DEFAULT '',
	citizenship      TEXT NOT NULL DEFAULT '',
	photo            BLOB,
	snils            TEXT NOT NULL DEFAULT '',
	tax_number       TEXT NOT NULL DEFAULT '',
	tax_registration TEXT NOT NULL DEFAULT '',
	policy           TEXT NOT NULL DEFAULT '',
	insurer          TEXT NOT NULL DEFAULT '',
	incapable        INTEGER NOT NULL DEFAULT 0,
	note             TEXT NOT NULL DEFAULT '',
	annulled         TEXT NOT NULL DEFAULT '',
	source_system    TEXT NOT NULL DEFAULT '',
	source_code      TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE INDEX patient_case ON patient (case_number);
CREATE INDEX patient_deleted ON patient (deleted);

CREATE TABLE former_name (
	id         BLOB NOT NULL PRIMARY KEY,
	born       INTEGER NOT NULL,
	deleted    INTEGER,
	patient    BLOB NOT NULL REFERENCES patient (id) DEFERRABLE INITIALLY DEFERRED,
	family     TEXT NOT NULL DEFAULT '',
	given      TEXT NOT NULL DEFAULT '',
	patronymic TEXT NOT NULL DEFAULT '',
	kind       TEXT NOT NULL DEFAULT '',
	until      TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE INDEX former_name_patient ON former_name (patient);

CREATE TABLE contact (
	id      BLOB NOT NULL PRIMARY KEY,
	born    INTEGER NOT NULL,
	deleted INTEGER,
	patient BLOB NOT NULL REFERENCES patient (id) DEFERRABLE INITIALLY DEFERRED,
	kind    TEXT NOT NULL DEFAULT '',
	value   TEXT NOT NULL DEFAULT '',
	e164    TEXT NOT NULL DEFAULT '',
	use     TEXT NOT NULL DEFAULT '',
	owner   TEXT NOT NULL DEFAULT '',
	note    TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE INDEX contact_patient ON contact (patient);

CREATE TABLE address (
	id          BLOB NOT NULL PRIMARY KEY,
	born        INTEGER NOT NULL,
	deleted     INTEGER,
	patient     BLOB NOT NULL REFERENCES patient (id) DEFERRABLE INITIALLY DEFERRED,
	use         TEXT NOT NULL DEFAULT '',
	country     TEXT NOT NULL DEFAULT '',
	postal_code TEXT NOT NULL DEFAULT '',
	region      TEXT NOT NULL DEFAULT '',
	district    TEXT NOT NULL DEFAULT '',
	city        TEXT NOT NULL DEFAULT '',
	street      TEXT NOT NULL DEFAULT '',
	house       TEXT NOT NULL DEFAULT '',
	flat        TEXT NOT NULL DEFAULT '',
	text        TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE INDEX address_patient ON address (patient);

CREATE TABLE document (
	id          BLOB NOT NULL PRIMARY KEY,
	born        INTEGER NOT NULL,
	deleted     INTEGER,
	patient     BLOB NOT NULL REFERENCES patient (id) DEFERRABLE INITIALLY DEFERRED,
	type        TEXT NOT NULL DEFAULT '',
	series      TEXT NOT NULL DEFAULT '',
	number      TEXT NOT NULL DEFAULT '',
	issuer      TEXT NOT NULL DEFAULT '',
	issuer_code TEXT NOT NULL DEFAULT '',
	issued      TEXT NOT NULL DEFAULT '',
	valid_until TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE INDEX document_patient ON document (patient);

CREATE TABLE background (
	id           BLOB NOT NULL PRIMARY KEY,
	born         INTEGER NOT NULL,
	deleted      INTEGER,
	patient      BLOB NOT NULL REFERENCES patient (id) DEFERRABLE INITIALLY DEFERRED,
	kind         TEXT NOT NULL DEFAULT '',
	title        TEXT NOT NULL DEFAULT '',
	organisation TEXT NOT NULL DEFAULT '',
	document     TEXT NOT NULL DEFAULT '',
	since        TEXT NOT NULL DEFAULT '',
	until        TEXT NOT NULL DEFAULT '',
	amount       INTEGER NOT NULL DEFAULT 0, -- kopecks or tiyn
	currency     TEXT NOT NULL DEFAULT '',
	note         TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE INDEX background_patient ON background (patient);

CREATE TABLE representative (
	id          BLOB NOT NULL PRIMARY KEY,
	born        INTEGER NOT NULL,
	deleted     INTEGER,
	patient     BLOB NOT NULL REFERENCES patient (id) DEFERRABLE INITIALLY DEFERRED,
	family      TEXT NOT NULL DEFAULT '',
	given       TEXT NOT NULL DEFAULT '',
	patronymic  TEXT NOT NULL DEFAULT '',
	person      BLOB,
	relation    TEXT NOT NULL DEFAULT '',
	phone       TEXT NOT NULL DEFAULT '',
	basis_type  TEXT NOT NULL DEFAULT '',
	basis_text  TEXT NOT NULL DEFAULT '',
	basis_date  TEXT NOT NULL DEFAULT '',
	valid_until TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE INDEX representative_patient ON representative (patient);

-- The search index of patients (R1.5): local, derived from the rows above,
-- rebuilt at any time. Words are folded and packed one byte a letter (find_card.go),
-- so that whoever reads them here reads А-Я as @-_.

-- What a card put into the index, to take it out again, and what lists show of it,
-- so that a search reads one page for a card and not eight. n is its number in the
-- tables below: the patient's rowid would not survive a VACUUM.
CREATE TABLE find_patient (
	n     INTEGER PRIMARY KEY,
	id    BLOB NOT NULL UNIQUE,
	birth INTEGER NOT NULL, -- year << 9 | month << 5 | day; 0 is unknown
	lines TEXT NOT NULL,    -- the names, one a line of text
	codes BLOB NOT NULL,    -- keys of find_code, the length of each before it
	brief BLOB NOT NULL     -- see find_brief.go
) STRICT;

CREATE INDEX find_birth ON find_patient (birth);

-- A row for each word of a name, which stands first with the others after it, those
-- that followed it and then those that went before, so that two names typed in
-- either order are a seek; and one more for a surname after the year of birth.
CREATE TABLE find_name (
	line    TEXT NOT NULL, -- '0' surname first, '1' another word first, '2' and the year, surname first
	patient INTEGER NOT NULL,
	birth   INTEGER NOT NULL,
	old     INTEGER NOT NULL, -- 1: the first word is of a former or transcribed name
	PRIMARY KEY (line, patient)
) STRICT, WITHOUT ROWID;

-- Phones from their last digit back, numbers of documents, policies, taxes and
-- cards: packed two digits a byte (find_code.go).
CREATE TABLE find_code (
	code    BLOB NOT NULL,
	patient INTEGER NOT NULL,
	PRIMARY KEY (code, patient)
) STRICT, WITHOUT ROWID;

-- The distinct words that rows of find_name begin with, after the digit 0 or 1.
CREATE TABLE find_vocabulary (
	word TEXT NOT NULL PRIMARY KEY
) STRICT, WITHOUT ROWID;

-- For typos: the hashes of a word's beginning whole and with one letter left out.
CREATE TABLE find_typo (
	cut  INTEGER NOT NULL,
	word TEXT NOT NULL,
	PRIMARY KEY (cut, word)
) STRICT, WITHOUT ROWID;
