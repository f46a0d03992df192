package clinic

// The reception desk: who works when, who is booked, who waits (R2).

// Schedule is one stretch of a member of staff's weekly hours, in the clinic's own
// clock (R2.1).
type Schedule struct {
	Record
	Staff   ID     `json:"staff"`
	Weekday int    `json:"weekday"`         // 1 Monday … 7 Sunday
	From    int    `json:"from"`            // minutes since midnight
	Until   int    `json:"until"`           // minutes since midnight, at most 1440
	Slot    int    `json:"slot"`            // minutes of one slot
	Room    string `json:"room,omitempty"`  // where
	Weeks   string `json:"weeks,omitempty"` // "", odd, even: by the number of the ISO week
	Since   Date   `json:"since,omitempty"` // first day it holds; empty: always
	Last    Date   `json:"last,omitempty"`  // last day it holds; empty: for good
}

// The weeks of a schedule that holds every other week.
const (
	OddWeeks  = "odd"
	EvenWeeks = "even"
)

// Absence of a member of staff: whole days, or hours of one day (R2.1).
type Absence struct {
	Record
	Staff      ID     `json:"staff"`
	From       Date   `json:"from"`
	Until      Date   `json:"until"`                // the last day, included
	FromTime   int    `json:"from_time,omitempty"`  // minutes since midnight; both zero: the whole day
	UntilTime  int    `json:"until_time,omitempty"` // minutes since midnight
	Reason     string `json:"reason"`               // one of AbsenceReasons
	Note       string `json:"note,omitempty"`       // in words
	Substitute ID     `json:"substitute,omitzero"`  // who takes the patients
}

// AbsenceReasons lists why somebody may be away.
var AbsenceReasons = []string{"vacation", "sick", "training", "trip", "dayoff", "other"}

// Booking is a place in somebody's day: booked ahead, or taken at the desk (R2.2).
// Its subject names whose personal data it holds: the patient's card, or for a
// caller who has none yet the booking itself, so that it can be erased like a card.
type Booking struct {
	Record
	Subject ID     `json:"subject,omitzero"` // set once by the store; see above
	Patient ID     `json:"patient,omitzero"` // the card; zero for a caller without one
	Name    string `json:"name,omitempty"`   // of a caller without a card, as said
	Phone   string `json:"phone,omitempty"`  // of a caller without a card

	Staff   ID     `json:"staff"`
	Room    string `json:"room,omitempty"`
	Start   Time   `json:"start"`
	Minutes int    `json:"minutes"`
	Double  string `json:"double,omitempty"` // why a taken slot was taken again on purpose
	Moved   string `json:"moved,omitempty"`  // why it was moved last

	Kind    string `json:"kind"`             // planned, walkin, urgent, home
	Channel string `json:"channel"`          // desk, phone, portal
	Service ID     `json:"service,omitzero"` // of the price list
	Reason  string `json:"reason,omitempty"` // why the patient comes, in the desk's words: no clinical text
	Note    string `json:"note,omitempty"`

	Status   string `json:"status"`             // see Book…
	Arrived  Time   `json:"arrived,omitzero"`   // came to the desk
	Called   Time   `json:"called,omitzero"`    // went into the room
	Done     Time   `json:"done,omitzero"`      // left the room
	Cancel   string `json:"cancel,omitempty"`   // why it was cancelled
	CancelBy ID     `json:"cancel_by,omitzero"` // by whom
	CancelAt Time   `json:"cancel_at,omitzero"` // when

	Contacted   string `json:"contacted,omitempty"`   // outcome of a call: reached, unreached, declined
	ContactedAt Time   `json:"contacted_at,omitzero"` // when

	Visit  ID   `json:"visit,omitzero"` // what came of it
	Made   Time `json:"made"`
	MadeBy ID   `json:"made_by,omitzero"`
}

// The kinds of bookings. Walk-ins and urgent patients come outside the grid: they
// take no slot, and no working hours bind them.
const (
	Planned = "planned"
	WalkIn  = "walkin"
	Urgent  = "urgent"
	Home    = "home"
)

// BookingKinds lists them.
var BookingKinds = []string{Planned, WalkIn, Urgent, Home}

// The states of a booking.
const (
	Booked    = "booked"
	Arrived   = "arrived"
	InRoom    = "in_room"
	Done      = "done"
	NoShow    = "no_show"
	Cancelled = "cancelled"
)

// BookingStates lists them in their order.
var BookingStates = []string{Booked, Arrived, InRoom, Done, NoShow, Cancelled}

// The channels by which a booking comes.
const (
	AtDesk   = "desk"
	ByPhone  = "phone"
	ByPortal = "portal"
)

// Channels lists them.
var Channels = []string{AtDesk, ByPhone, ByPortal}

// ContactOutcomes lists what a reminder call may have come to.
var ContactOutcomes = []string{"", "reached", "unreached", "declined"}

// Waiting is a line of the waiting list: who wants to come as soon as there is a
// place (R2.2). Subject is as in Booking.
type Waiting struct {
	Record
	Subject    ID     `json:"subject,omitzero"`
	Patient    ID     `json:"patient,omitzero"`
	Name       string `json:"name,omitempty"` // of a caller without a card
	Phone      string `json:"phone,omitempty"`
	Staff      ID     `json:"staff,omitzero"`       // this one, or
	Speciality string `json:"speciality,omitempty"` // anybody of this speciality
	From       Date   `json:"from,omitempty"`       // not before
	Until      Date   `json:"until,omitempty"`      // not after
	Note       string `json:"note,omitempty"`
	Status     string `json:"status"` // waiting, booked, dropped
	Booking    ID     `json:"booking,omitzero"`
	Added      Time   `json:"added"`
	AddedBy    ID     `json:"added_by,omitzero"`
}

// The states of a line of the waiting list.
const (
	WaitingOpen    = "waiting"
	WaitingBooked  = "booked"
	WaitingDropped = "dropped"
)
