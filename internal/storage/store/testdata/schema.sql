CREATE TABLE absence (
	id         BLOB NOT NULL PRIMARY KEY,
	born       INTEGER NOT NULL,
	deleted    INTEGER,
	staff      BLOB,
	since      TEXT NOT NULL DEFAULT '',
	last       TEXT NOT NULL DEFAULT '',
	starts     INTEGER NOT NULL DEFAULT 0, -- both zero: whole days
	ends       INTEGER NOT NULL DEFAULT 0,
	reason     TEXT NOT NULL DEFAULT '',
	note       TEXT NOT NULL DEFAULT '',
	substitute BLOB
) STRICT;

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

CREATE TABLE aside (
	hash   BLOB NOT NULL PRIMARY KEY,
	device BLOB NOT NULL,
	seq    INTEGER NOT NULL,
	bytes  BLOB NOT NULL
) STRICT;

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

CREATE TABLE blob_due (
	server BLOB NOT NULL,
	blob   TEXT NOT NULL,
	PRIMARY KEY (server, blob)
) STRICT, WITHOUT ROWID;

CREATE TABLE blob_wanted (
	blob  TEXT NOT NULL PRIMARY KEY, -- SHA-256 of the file, hexadecimal
	asked INTEGER NOT NULL DEFAULT 0 -- milliseconds of UTC when somebody wanted to see it
) STRICT, WITHOUT ROWID;

CREATE TABLE booking (
	id           BLOB NOT NULL PRIMARY KEY,
	born         INTEGER NOT NULL,
	deleted      INTEGER,
	subject      BLOB NOT NULL,
	card         BLOB REFERENCES patient (id) DEFERRABLE INITIALLY DEFERRED,
	name         TEXT NOT NULL DEFAULT '',
	phone        TEXT NOT NULL DEFAULT '',
	staff        BLOB,
	room         TEXT NOT NULL DEFAULT '',
	starts       INTEGER,
	minutes      INTEGER NOT NULL DEFAULT 0,
	double       TEXT NOT NULL DEFAULT '',
	moved        TEXT NOT NULL DEFAULT '',
	kind         TEXT NOT NULL DEFAULT '',
	channel      TEXT NOT NULL DEFAULT '',
	service      BLOB,
	reason       TEXT NOT NULL DEFAULT '',
	note         TEXT NOT NULL DEFAULT '',
	status       TEXT NOT NULL DEFAULT '',
	arrived      INTEGER,
	called       INTEGER,
	done         INTEGER,
	cancel       TEXT NOT NULL DEFAULT '',
	cancel_by    BLOB,
	cancel_at    INTEGER,
	contacted    TEXT NOT NULL DEFAULT '',
	contacted_at INTEGER,
	care         BLOB, -- the visit that came of it
	made         INTEGER,
	made_by      BLOB
) STRICT;

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

CREATE TABLE device (
	n  INTEGER PRIMARY KEY,
	id BLOB NOT NULL UNIQUE
) STRICT;

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

CREATE TABLE draft (
	staff BLOB NOT NULL,
	kind  TEXT NOT NULL,
	id    BLOB NOT NULL, -- of what is being edited
	saved INTEGER NOT NULL,
	body  TEXT NOT NULL,
	PRIMARY KEY (staff, kind, id)
) STRICT, WITHOUT ROWID;

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

CREATE TABLE entry_patient (
	patient BLOB NOT NULL,
	entry   INTEGER NOT NULL,
	PRIMARY KEY (patient, entry)
) STRICT, WITHOUT ROWID;

CREATE TABLE find_code (
	code    BLOB NOT NULL,
	patient INTEGER NOT NULL,
	PRIMARY KEY (code, patient)
) STRICT, WITHOUT ROWID;

CREATE TABLE find_name (
	line    TEXT NOT NULL, -- '0' surname first, '1' another word first, '2' and the year, surname first
	patient INTEGER NOT NULL,
	birth   INTEGER NOT NULL,
	old     INTEGER NOT NULL, -- 1: the first word is of a former or transcribed name
	PRIMARY KEY (line, patient)
) STRICT, WITHOUT ROWID;

CREATE TABLE find_patient (
	n     INTEGER PRIMARY KEY,
	id    BLOB NOT NULL UNIQUE,
	birth INTEGER NOT NULL, -- year << 9 | month << 5 | day; 0 is unknown
	lines TEXT NOT NULL,    -- the names, one a line of text
	codes BLOB NOT NULL,    -- keys of find_code, the length of each before it
	brief BLOB NOT NULL     -- see find_brief.go
) STRICT;

CREATE TABLE find_typo (
	cut  INTEGER NOT NULL,
	word TEXT NOT NULL,
	PRIMARY KEY (cut, word)
) STRICT, WITHOUT ROWID;

CREATE TABLE find_vocabulary (
	word TEXT NOT NULL PRIMARY KEY
) STRICT, WITHOUT ROWID;

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

CREATE TABLE head (
	tbl   INTEGER NOT NULL, -- place in clinic.Tables
	id    BLOB NOT NULL,
	grp   INTEGER NOT NULL, -- place in the table's groups; -1-place: a late write, an alert
	entry INTEGER NOT NULL,
	PRIMARY KEY (tbl, id, grp, entry)
) STRICT, WITHOUT ROWID;

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

CREATE TABLE key_record (
	id      BLOB NOT NULL PRIMARY KEY,
	born    INTEGER NOT NULL,
	deleted INTEGER,
	kind    INTEGER NOT NULL DEFAULT 0,
	record  BLOB
) STRICT;

CREATE TABLE knows (
	device INTEGER NOT NULL,
	other  INTEGER NOT NULL,
	seq    INTEGER NOT NULL,
	hash   BLOB NOT NULL,
	PRIMARY KEY (device, other)
) STRICT, WITHOUT ROWID;

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

CREATE TABLE meta (
	name  TEXT NOT NULL PRIMARY KEY,
	value BLOB
) STRICT, WITHOUT ROWID;

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

CREATE TABLE patient_link (
	id        BLOB NOT NULL PRIMARY KEY,
	born      INTEGER NOT NULL,
	deleted   INTEGER,
	patient   BLOB NOT NULL REFERENCES patient (id) DEFERRABLE INITIALLY DEFERRED,
	other     BLOB,
	why       TEXT NOT NULL DEFAULT '',
	at        INTEGER,
	author    BLOB,
	ended     INTEGER,
	ended_by  BLOB
) STRICT;

CREATE TABLE pref (
	staff BLOB NOT NULL, -- zero: the workstation's own
	name  TEXT NOT NULL,
	value TEXT NOT NULL,
	PRIMARY KEY (staff, name)
) STRICT, WITHOUT ROWID;

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

CREATE TABLE rendered (
	id       BLOB NOT NULL PRIMARY KEY,
	born     INTEGER NOT NULL,
	deleted  INTEGER,
	patient  BLOB NOT NULL REFERENCES patient (id) DEFERRABLE INITIALLY DEFERRED,
	visit    BLOB NOT NULL REFERENCES visit (id) DEFERRABLE INITIALLY DEFERRED,
	service  BLOB,
	code     TEXT NOT NULL DEFAULT '',
	title    TEXT NOT NULL DEFAULT '',
	price    INTEGER NOT NULL DEFAULT 0, -- of one, in kopecks or tiyn
	currency TEXT NOT NULL DEFAULT '',
	quantity INTEGER NOT NULL DEFAULT 0,
	staff    BLOB,
	rendered INTEGER
) STRICT;

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

CREATE TABLE schedule (
	id      BLOB NOT NULL PRIMARY KEY,
	born    INTEGER NOT NULL,
	deleted INTEGER,
	staff   BLOB,
	weekday INTEGER NOT NULL DEFAULT 0, -- 1 Monday … 7 Sunday
	starts  INTEGER NOT NULL DEFAULT 0,
	ends    INTEGER NOT NULL DEFAULT 0,
	slot    INTEGER NOT NULL DEFAULT 0, -- minutes
	room    TEXT NOT NULL DEFAULT '',
	weeks   TEXT NOT NULL DEFAULT '', -- '', odd, even
	since   TEXT NOT NULL DEFAULT '',
	last    TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE TABLE service (
	id         BLOB NOT NULL PRIMARY KEY,
	born       INTEGER NOT NULL,
	deleted    INTEGER,
	code       TEXT NOT NULL DEFAULT '',
	title      TEXT NOT NULL DEFAULT '',
	speciality TEXT NOT NULL DEFAULT '',
	minutes    INTEGER NOT NULL DEFAULT 0,
	price      INTEGER NOT NULL DEFAULT 0, -- kopecks or tiyn
	currency   TEXT NOT NULL DEFAULT '',
	active     INTEGER NOT NULL DEFAULT 0
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

CREATE TABLE waiting (
	id         BLOB NOT NULL PRIMARY KEY,
	born       INTEGER NOT NULL,
	deleted    INTEGER,
	subject    BLOB NOT NULL,
	card       BLOB REFERENCES patient (id) DEFERRABLE INITIALLY DEFERRED,
	name       TEXT NOT NULL DEFAULT '',
	phone      TEXT NOT NULL DEFAULT '',
	staff      BLOB,
	speciality TEXT NOT NULL DEFAULT '',
	since      TEXT NOT NULL DEFAULT '',
	last       TEXT NOT NULL DEFAULT '',
	note       TEXT NOT NULL DEFAULT '',
	status     TEXT NOT NULL DEFAULT '',
	booking    BLOB,
	added      INTEGER,
	added_by   BLOB
) STRICT;

CREATE INDEX absence_last ON absence (last);

CREATE INDEX address_patient ON address (patient);

CREATE INDEX allergy_patient ON allergy (patient);

CREATE INDEX aside_device ON aside (device);

CREATE INDEX attachment_blob ON attachment (blob);

CREATE INDEX attachment_patient ON attachment (patient);

CREATE INDEX background_patient ON background (patient);

CREATE INDEX booking_card ON booking (card, starts);

CREATE INDEX booking_day ON booking (starts);

CREATE INDEX booking_staff ON booking (staff, starts);

CREATE INDEX care_order_patient ON care_order (patient);

CREATE INDEX contact_patient ON contact (patient);

CREATE INDEX diagnosis_patient ON diagnosis (patient);

CREATE INDEX document_patient ON document (patient);

CREATE UNIQUE INDEX entry_seq ON entry (device, chain, seq);

CREATE INDEX find_birth ON find_patient (birth);

CREATE INDEX find_order ON find_patient (replace(lines, '|', ' '));

CREATE INDEX former_name_patient ON former_name (patient);

CREATE INDEX icd_code ON icd (version, code);

CREATE INDEX observation_patient ON observation (patient);

CREATE INDEX patient_case ON patient (case_number);

CREATE INDEX patient_deleted ON patient (deleted);

CREATE INDEX patient_link_other ON patient_link (other);

CREATE INDEX patient_link_patient ON patient_link (patient);

CREATE INDEX prescription_patient ON prescription (patient);

CREATE INDEX problem_patient ON problem (patient);

CREATE INDEX protocol_patient ON protocol (patient);

CREATE INDEX protocol_unsigned ON protocol (written) WHERE status = 'draft' AND deleted IS NULL;

CREATE INDEX rendered_patient ON rendered (patient);

CREATE INDEX rendered_visit ON rendered (visit);

CREATE INDEX representative_patient ON representative (patient);

CREATE INDEX visit_patient ON visit (patient, care_from);

CREATE INDEX visit_time ON visit (care_from);

CREATE INDEX waiting_card ON waiting (card);

CREATE INDEX waiting_status ON waiting (status, added);

