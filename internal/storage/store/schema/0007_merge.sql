-- Cards merged as a link, which can be ended (R1.6), and the order of the list of
-- all cards.

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

CREATE INDEX patient_link_patient ON patient_link (patient);
CREATE INDEX patient_link_other ON patient_link (other);

-- Names as a list shows them, surname first: a blank sorts before any letter, the
-- bar between surname and given name would not.
CREATE INDEX find_order ON find_patient (replace(lines, '|', ' '));
