package conflict

import "feldsher/internal/clinic"

// needs says which right shows what a table holds, and which may write it. Who could
// not have written either version does not decide between them.
type needs struct{ read, write clinic.Right }

// everybody reads it: what is on the papers of the clinic and in its lists.
const everybody clinic.Right = ""

var rights = map[string]needs{
	"organisation":   {everybody, clinic.ManageClinic},
	"staff":          {clinic.ManageUsers, clinic.ManageUsers},
	"patient":        {clinic.ReadCards, clinic.WriteCards},
	"former_name":    {clinic.ReadCards, clinic.WriteCards},
	"contact":        {clinic.ReadCards, clinic.WriteCards},
	"address":        {clinic.ReadCards, clinic.WriteCards},
	"document":       {clinic.ReadCards, clinic.WriteCards},
	"background":     {clinic.ReadCards, clinic.WriteCards},
	"representative": {clinic.ReadCards, clinic.WriteCards},
	"patient_link":   {clinic.ReadCards, clinic.WriteCards},
	"visit":          {clinic.ReadCare, clinic.WriteCare},
	"diagnosis":      {clinic.ReadCare, clinic.Prescribe},
	"problem":        {clinic.ReadCare, clinic.Prescribe},
	"allergy":        {clinic.ReadCare, clinic.WriteCare},
	"observation":    {clinic.ReadCare, clinic.WriteCare},
	"prescription":   {clinic.ReadCare, clinic.Prescribe},
	"care_order":     {clinic.ReadCare, clinic.WriteCare},
	"protocol":       {clinic.ReadCare, clinic.WriteCare},
	"attachment":     {clinic.ReadCare, clinic.WriteCare},
	"template":       {everybody, clinic.ManageClinic},
	"pathway":        {everybody, clinic.ManageClinic},
	"icd":            {everybody, clinic.ManageClinic},
	"schedule":       {clinic.ReadDesk, clinic.ManageDesk},
	"absence":        {clinic.ReadDesk, clinic.ManageDesk},
	"service":        {clinic.ReadPrices, clinic.WritePrices},
	"booking":        {clinic.ReadDesk, clinic.Book},
	"waiting":        {clinic.ReadDesk, clinic.Book},
	"rendered":       {clinic.ReadPrices, clinic.WriteServices},
}

// writes are the rights of a table; of one that is not listed, those that hold all.
func writes(table string) needs {
	if n, ok := rights[table]; ok {
		return n
	}
	return needs{clinic.ManageUsers, clinic.ManageUsers}
}

// reads reports whether the user may see what the table holds: who may write it
// sees it too, as the administrator the hours of the desk.
func (c *Conflicts) reads(table string) bool {
	n := writes(table)
	return n.read == everybody || c.who.May(n.read) || c.who.May(n.write)
}

// settles reports whether the user may decide.
func (c *Conflicts) settles(table string) bool { return c.who.May(writes(table).write) }
