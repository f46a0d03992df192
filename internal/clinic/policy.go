package clinic

import "feldsher/internal/ledger"

// Group is a set of columns that are merged together or not at all.
type Group struct {
	Name    string
	Policy  ledger.Policy
	Columns []string
	Seals   Seal // the zero one for none
}

// Seal is the state from which on a group is written no more: its column has this
// value. It stands for the whole group, so a group that has one holds all that
// must not change with it.
type Seal struct {
	Column, Value string
}

// Table says how the rows of a synced table are kept: under which key, in whose
// name and by which field groups. Groups are numbered by their place, so new
// ones come last and none is ever removed.
type Table struct {
	Name    string
	Class   ledger.Class // None: the clinic's own rows
	Patient string       // column with the patient's id; empty for the clinic's own
	Groups  []Group
}

// Shorthands for the table below.
func win(name string, columns ...string) Group {
	return Group{Name: name, Policy: ledger.Winner, Columns: columns}
}

func ask(name string, columns ...string) Group {
	return Group{Name: name, Policy: ledger.Conflict, Columns: columns}
}

func once(name string, columns ...string) Group {
	return Group{Name: name, Policy: ledger.InsertOnly, Columns: columns}
}

// sealed gives the group a state after which it is written no more.
func sealed(column, value string, g Group) Group {
	g.Seals = Seal{column, value}
	return g
}

var tombstone = win("deleted", "deleted")

// Tables is the policy of every synced table (R7.5, R11.4). A column of the
// schema that stands in no group fails a test.
var Tables = []Table{
	{"organisation", ledger.None, "", []Group{
		win("title", "title"), win("country", "country"), win("contact", "address", "phone", "email"),
		win("licence", "licence", "tax_id"), win("zone", "zone"), win("language", "language"),
		win("limits", "patients", "extra"), tombstone,
	}},
	{"staff", ledger.None, "", []Group{
		win("name", "family", "given", "patronymic"), ask("login", "login"), ask("roles", "roles"),
		win("post", "position", "speciality"), win("numbers", "snils"),
		ask("rights", "licence", "care_order"), win("card", "card"), ask("active", "active"), tombstone,
	}},
	{"patient", ledger.Identity, "id", []Group{
		ask("name", "family", "given", "patronymic", "name_unknown"),
		once("case_number", "case_number"), ask("sex", "sex"),
		ask("birth", "birth_date", "birth_time", "birth_order", "mother"), win("birth_place", "birth_place"),
		ask("death", "death_date"), win("citizenship", "citizenship"), win("photo", "photo"),
		ask("snils", "snils"), ask("tax", "tax_number", "tax_registration"), ask("policy", "policy", "insurer"),
		ask("incapable", "incapable"), win("note", "note"), ask("annulled", "annulled", "deleted"),
		once("source", "source_system", "source_code"),
	}},
	{"former_name", ledger.Identity, "patient", []Group{
		once("patient", "patient"), win("name", "family", "given", "patronymic", "kind", "until"), tombstone,
	}},
	{"contact", ledger.Identity, "patient", []Group{
		once("patient", "patient"), win("value", "kind", "value", "e164"), win("use", "use", "owner", "note"), tombstone,
	}},
	{"address", ledger.Identity, "patient", []Group{
		once("patient", "patient"), win("use", "use"),
		win("place", "country", "postal_code", "region", "district", "city", "street", "house", "flat", "text"), tombstone,
	}},
	{"document", ledger.Identity, "patient", []Group{
		once("patient", "patient"), ask("number", "type", "series", "number"),
		win("issue", "issuer", "issuer_code", "issued", "valid_until"), tombstone,
	}},
	{"background", ledger.Identity, "patient", []Group{
		once("patient", "patient"),
		win("line", "kind", "title", "organisation", "document", "since", "until", "amount", "currency", "note"), tombstone,
	}},
	{"representative", ledger.Identity, "patient", []Group{
		once("patient", "patient"), ask("person", "family", "given", "patronymic", "person", "relation"),
		win("phone", "phone"), ask("basis", "basis_type", "basis_text", "basis_date", "valid_until"), tombstone,
	}},
	{"visit", ledger.Medical, "patient", []Group{
		once("patient", "patient"), win("staff", "staff", "staff_name"), win("kind", "kind"),
		ask("time", "care_from", "care_until"), win("entered", "entered", "late"), ask("status", "status", "struck", "deleted"),
		win("reason", "reason"), ask("complaints", "complaints"), ask("anamnesis", "anamnesis"),
		ask("objective", "objective"), ask("comment", "comment"), ask("advice", "advice"),
		once("source", "source_system", "source_code"),
	}},
	{"diagnosis", ledger.Medical, "patient", []Group{
		once("visit", "patient", "visit"), ask("code", "system", "code", "version", "name", "text"),
		ask("kind", "stage", "rank", "onset"), win("recorded", "recorded"),
		once("source", "original", "source_system", "source_code"), ask("deleted", "deleted"),
	}},
	{"problem", ledger.Medical, "patient", []Group{
		once("patient", "patient", "diagnosis"), ask("code", "system", "code", "version", "name", "text"),
		ask("status", "status", "since", "resolved"), once("source", "source_system", "source_code"), ask("deleted", "deleted"),
	}},
	{"allergy", ledger.Medical, "patient", []Group{
		once("patient", "patient"), ask("substance", "substance", "kind", "system", "code", "version", "name"),
		ask("reaction", "reaction", "severity"), ask("status", "status", "since"),
		once("source", "source_system", "source_code"), ask("deleted", "deleted"),
	}},
	{"observation", ledger.Medical, "patient", []Group{
		once("visit", "patient", "visit", "panel"),
		ask("value", "kind", "system", "code", "version", "name", "value", "sign", "unit", "text", "low", "high", "flag", "taken"),
		once("source", "original", "source_system", "source_code"), ask("deleted", "deleted"),
	}},
	{"prescription", ledger.Medical, "patient", []Group{
		once("visit", "patient", "visit"), win("staff", "staff", "written"),
		ask("drug", "inn", "trade", "form", "code_system", "code", "code_version", "code_name"),
		ask("dose", "dose", "dose_unit", "route", "frequency", "duration", "directions"),
		ask("quantity", "quantity", "quantity_unit"), ask("status", "status", "start", "stop"), win("reason", "reason"),
		once("source", "original", "source_system", "source_code"), ask("deleted", "deleted"),
	}},
	{"care_order", ledger.Medical, "patient", []Group{
		once("visit", "patient", "visit", "pathway"),
		ask("order", "kind", "code_system", "code", "code_version", "code_name", "text"), ask("status", "status"), ask("deleted", "deleted"),
	}},
	{"protocol", ledger.Medical, "patient", []Group{
		once("visit", "patient", "visit", "template", "template_version", "version", "amends", "why", "lang"),
		// Text, signature and tombstone in one: nobody's edit or deletion of the draft
		// is to come together with another's signature (R3.4).
		sealed("status", ProtocolSigned, ask("document", "title", "fields", "shape", "written", "status", "signed",
			"signer", "signer_name", "signer_post", "care", "digest", "signature", "deleted")),
		win("original", "original", "scan", "qualified"),
	}},
	{"attachment", ledger.Medical, "patient", []Group{
		once("file", "patient", "owner", "kind", "media", "size", "blob", "key", "taken"), win("title", "title"), tombstone,
	}},
	{"template", ledger.None, "", []Group{
		ask("text", "title", "speciality", "lang", "version", "fields"), win("active", "active"), tombstone,
	}},
	{"pathway", ledger.None, "", []Group{
		ask("text", "title", "codes", "orders", "prescriptions", "origin"), win("active", "active"), tombstone,
	}},
	{"icd", ledger.None, "", []Group{
		once("row", "version", "code", "kind", "parent", "additional", "name", "active", "changed", "position"),
		win("names", "name_kk", "name_en"), tombstone,
	}},
	{"patient_link", ledger.Identity, "patient", []Group{
		once("pair", "patient", "other", "why", "at", "author"), win("ended", "ended", "ended_by"), tombstone,
	}},
	{"schedule", ledger.None, "", []Group{
		once("staff", "staff"),
		ask("hours", "weekday", "starts", "ends", "slot", "room", "weeks", "since", "last"), tombstone,
	}},
	{"absence", ledger.None, "", []Group{
		once("staff", "staff"), ask("time", "since", "last", "starts", "ends"), win("reason", "reason", "note"),
		win("substitute", "substitute"), tombstone,
	}},
	{"service", ledger.None, "", []Group{
		win("title", "code", "title", "speciality", "minutes"), ask("price", "price", "currency"), win("active", "active"), tombstone,
	}},
	{"booking", ledger.Identity, "subject", []Group{
		once("subject", "subject"), ask("card", "card"), win("caller", "name", "phone"),
		// A place in the grid is one thing: two clerks who moved the same booking apart
		// must not give it the day of one and the doctor of the other (R2.4).
		ask("place", "staff", "room", "starts", "minutes", "double", "moved"),
		win("kind", "kind", "channel"), win("service", "service"), win("words", "reason", "note"),
		ask("status", "status", "arrived", "called", "done", "cancel", "cancel_by", "cancel_at"),
		win("contact", "contacted", "contacted_at"), win("visit", "care"), once("made", "made", "made_by"), tombstone,
	}},
	{"waiting", ledger.Identity, "subject", []Group{
		once("subject", "subject"), ask("card", "card"), win("caller", "name", "phone"),
		win("wish", "staff", "speciality", "since", "last", "note"), ask("status", "status", "booking"),
		once("added", "added", "added_by"), tombstone,
	}},
	{"rendered", ledger.Money, "patient", []Group{
		once("visit", "patient", "visit"),
		ask("service", "service", "code", "title", "price", "currency", "quantity"), win("staff", "staff", "rendered"),
		ask("deleted", "deleted"),
	}},
	{"key_record", ledger.None, "", []Group{win("record", "kind", "record"), tombstone}},
}
