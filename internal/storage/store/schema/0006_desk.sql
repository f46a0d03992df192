-- The reception desk and the price list (R2, R5.1). Times of day are minutes since
-- midnight on the clinic's clock; instants are UTC.

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

CREATE INDEX absence_last ON absence (last);

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

-- subject says whose personal data the row holds, and under whose key it travels:
-- the patient's, or for a caller without a card the row's own id.
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

CREATE INDEX booking_day ON booking (starts);
CREATE INDEX booking_staff ON booking (staff, starts);
CREATE INDEX booking_card ON booking (card, starts);

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

CREATE INDEX waiting_status ON waiting (status, added);
CREATE INDEX waiting_card ON waiting (card);

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

CREATE INDEX rendered_visit ON rendered (visit);
CREATE INDEX rendered_patient ON rendered (patient);
