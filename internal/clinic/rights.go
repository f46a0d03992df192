package clinic

import (
	"slices"
	"strings"
)

// Right is what a user may do (R11.2). Rights are few and coarse on this floor;
// whose patients and which branch are decided where the right is used.
type Right string

// The rights.
const (
	ReadCards     Right = "cards.read"     // registration cards, without clinical text
	WriteCards    Right = "cards.write"    // register and edit cards
	ReadCare      Right = "care.read"      // visits, diagnoses, results
	WriteCare     Right = "care.write"     // visits, vital signs, results
	Prescribe     Right = "care.prescribe" // diagnoses and prescriptions
	SignProtocols Right = "protocols.sign" // final conclusions
	ExportCards   Right = "export.cards"   // lists of patients leave the program
	ExportCare    Right = "export.care"    // clinical data leave the program
	ImportData    Right = "import"         // foreign data enter the program
	ReadLedger    Right = "ledger.read"    // who did what, without content of cards
	ManageUsers   Right = "users.manage"   // add and remove users, change roles
	ManageClinic  Right = "clinic.manage"  // reference tables, templates, settings
	MakeDemo      Right = "clinic.demo"    // fill the clinic with invented people
	CheckClinic   Right = "clinic.check"   // integrity checks, which show no data
	ReadDesk      Right = "desk.read"      // timetable, queue and waiting list
	Book          Right = "desk.book"      // book, move, cancel, change the states of the queue
	ManageDesk    Right = "desk.manage"    // working hours, absences, substitution
	ReadPrices    Right = "prices.read"    // the price list
	WritePrices   Right = "prices.write"   // change the price list
	WriteServices Right = "services.write" // services rendered at a visit
)

// rights of each role: the least needed for its work. Reception sees no clinical
// text, the administrator no medical data, the auditor the log and not the cards.
var rights = map[Role][]Right{
	Reception: {ReadCards, WriteCards, CheckClinic, ReadDesk, Book, ReadPrices, WriteServices},
	Doctor: {
		ReadCards, WriteCards, ReadCare, WriteCare, Prescribe, SignProtocols, ExportCards, ExportCare, CheckClinic,
		ReadDesk, Book, ReadPrices, WriteServices,
	},
	Feldsher: {ReadCards, WriteCards, ReadCare, WriteCare, CheckClinic, ReadDesk, Book, ReadPrices, WriteServices},
	Nurse:    {ReadCards, ReadCare, WriteCare, CheckClinic, ReadDesk, Book, ReadPrices, WriteServices},
	Head: {
		ReadCards, WriteCards, ReadCare, ReadLedger, ExportCards, ExportCare, ImportData, ManageClinic, CheckClinic,
		ReadDesk, Book, ManageDesk, ReadPrices, WritePrices,
	},
	Administrator: {ManageUsers, ManageClinic, MakeDemo, ReadLedger, CheckClinic, ManageDesk, ReadPrices, WritePrices},
	Auditor:       {ReadLedger, CheckClinic},
}

// May reports whether a member of staff has a right by any of the roles. A
// feldsher prescribes and signs only where the head's order says so (R11.2).
func (s *Staff) May(r Right) bool {
	if !s.Active {
		return false
	}
	for _, role := range s.Roles {
		if slices.Contains(rights[role], r) {
			return true
		}
		if role == Feldsher && strings.TrimSpace(s.Order) != "" && (r == Prescribe || r == SignProtocols) {
			return true
		}
	}
	return false
}

// Has reports whether the role is among the member's roles.
func (s *Staff) Has(role Role) bool { return slices.Contains(s.Roles, role) }

// ValidRole reports whether the role is a known one.
func ValidRole(r Role) bool { return slices.Contains(Roles, r) }
