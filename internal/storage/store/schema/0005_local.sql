-- What a user of this workstation likes: window size, last page, favourites, the
-- PIN's hash. Local: it follows nobody to another workstation.

CREATE TABLE pref (
	staff BLOB NOT NULL, -- zero: the workstation's own
	name  TEXT NOT NULL,
	value TEXT NOT NULL,
	PRIMARY KEY (staff, name)
) STRICT, WITHOUT ROWID;
