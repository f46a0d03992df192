package wire

import "feldsher/internal/ledger"

// Hello answers PathHello, to anybody: a client sees that it talks to licensord
// and not to a captive portal, and how far the clocks differ.
type Hello struct {
	Magic    string    `cbor:"1,keyasint"` // HelloMagic
	Oldest   uint32    `cbor:"2,keyasint"` // versions spoken
	Newest   uint32    `cbor:"3,keyasint"`
	Time     int64     `cbor:"4,keyasint"` // milliseconds of UTC
	Server   ledger.ID `cbor:"5,keyasint"` // of the database behind it: another one after a restore from a backup
	Country  string    `cbor:"6,keyasint"` // where it stands: ru, kz; empty for a clinic's own hub
	MaxWaitS uint32    `cbor:"7,keyasint"` // seconds of a long poll
}

// HelloMagic stands in every Hello.
const HelloMagic = "feldsher-sync"

// Prove asks the server to show that it knows a code, so that whoever typed the
// code can pin the certificate.
type Prove struct {
	Code  CodeID `cbor:"1,keyasint"`
	Nonce []byte `cbor:"2,keyasint"` // 32 random bytes
}

// Proof is the answer: ProofMAC under the code's key.
type Proof struct {
	MAC []byte `cbor:"1,keyasint"`
}

// Link ties an organisation and its first workstation to the server, by the code
// that the server's operator gave (licensord org add). Repeating it with the same
// contents is harmless.
type Link struct {
	Code CodeID `cbor:"1,keyasint"`
	Body []byte `cbor:"2,keyasint"` // LinkBody, encoded
	MAC  []byte `cbor:"3,keyasint"` // MAC(code, "link", Body)
}

// LinkBody is what the code's MAC covers.
type LinkBody struct {
	Org      ledger.ID `cbor:"1,keyasint"`
	Device   ledger.ID `cbor:"2,keyasint"`
	SignKey  []byte    `cbor:"3,keyasint"` // Ed25519 of the workstation
	AdminKey []byte    `cbor:"4,keyasint"` // Ed25519 of the administrator who links: orders are signed with it
	Country  string    `cbor:"5,keyasint"` // of the organisation; a server in another country refuses (R7.8)
}

// Linked answers Link.
type Linked struct {
	Server ledger.ID `cbor:"1,keyasint"`
}

// Join fetches an invitation. The server gives it to the first Joiner that proves
// to know the code, and to that one again until it has run out.
type Join struct {
	Code   CodeID `cbor:"1,keyasint"`
	Joiner []byte `cbor:"2,keyasint"` // 32 random bytes, kept for repeating
	MAC    []byte `cbor:"3,keyasint"` // MAC(code, "join", Joiner)
}

// Joined carries the invitation, sealed under the code (Code.Open).
type Joined struct {
	Sealed []byte `cbor:"1,keyasint"`
}

// Challenge begins a session of a workstation.
type Challenge struct {
	Org    ledger.ID `cbor:"1,keyasint"`
	Device ledger.ID `cbor:"2,keyasint"`
}

// Challenged answers with what is to be signed (SessionText).
type Challenged struct {
	Nonce []byte `cbor:"1,keyasint"` // 32 bytes, used once, two minutes
}

// Open ends the handshake.
type Open struct {
	Org       ledger.ID `cbor:"1,keyasint"`
	Device    ledger.ID `cbor:"2,keyasint"`
	Nonce     []byte    `cbor:"3,keyasint"`
	Signature []byte    `cbor:"4,keyasint"` // Ed25519 over SessionText(server, org, device, nonce)
}

// Opened gives the session's token.
type Opened struct {
	Token   string `cbor:"1,keyasint"`
	Seconds uint32 `cbor:"2,keyasint"` // of its life
}

// Head is the last entry of one chain of a device.
type Head struct {
	Device ledger.ID    `cbor:"1,keyasint"`
	Chain  ledger.Chain `cbor:"2,keyasint"`
	Seq    uint64       `cbor:"3,keyasint"`
	Hash   ledger.Hash  `cbor:"4,keyasint"`
}

// State asks for nothing but how things stand.
type State struct{}

// Standing is how things stand for an organisation at the server; every answer to
// push, pull and ring calls carries it too (without Heads).
type Standing struct {
	Server  ledger.ID `cbor:"1,keyasint"`
	Ordinal uint64    `cbor:"2,keyasint"` // of the last entry stored; entries are numbered from 1 without gaps
	RingGen uint32    `cbor:"3,keyasint"` // generation of the keyring; 0: none yet
	RingN   uint64    `cbor:"4,keyasint"` // records of this generation
	Time    int64     `cbor:"5,keyasint"` // milliseconds of UTC
	Heads   []Head    `cbor:"6,keyasint,omitempty"`
	// Lacking are live workstations for which this generation has no Wrap: they were
	// registered by somebody of whom the maker of the generation did not know. Whoever
	// holds the wrapping key answers with a RingPush that carries Wraps for them.
	Lacking []ledger.ID `cbor:"7,keyasint,omitempty"`
}

// Push hands entries over, each as ledger.Entry.Encode gives it, in an order in
// which each comes after what it has seen. The server stores all of them or,
// with a Problem, those before the one at fault. What it has already is passed
// over. RingGen must be the present generation: erasures are pulled before
// anything is pushed.
type Push struct {
	RingGen uint32   `cbor:"1,keyasint"`
	Entries [][]byte `cbor:"2,keyasint"`
}

// Pushed answers Push: everything of it is durable.
type Pushed struct {
	Standing Standing `cbor:"1,keyasint"`
	Stored   uint32   `cbor:"2,keyasint"` // that were new
}

// Pull asks for the entries after an ordinal, leaving out those that the client
// has by Have. With Wait the server holds the answer until there is an entry
// after Since, the ring has moved past RingGen and RingN, or the time is over.
type Pull struct {
	Since   uint64 `cbor:"1,keyasint"`
	Have    []Head `cbor:"2,keyasint,omitempty"` // hashes may be zero
	RingGen uint32 `cbor:"3,keyasint"`
	RingN   uint64 `cbor:"4,keyasint"`
	WaitMS  uint32 `cbor:"5,keyasint"` // 0: answer at once
	// Max is how many bytes of entries the answer aims at; 0 or more than MaxPage:
	// MaxPage. On a line that drops every minute only small answers arrive.
	Max uint32 `cbor:"6,keyasint,omitempty"`
}

// Limit is Max within its bounds.
func (p *Pull) Limit() int { return limit(p.Max) }

func limit(asked uint32) int {
	if asked == 0 || asked > MaxPage {
		return MaxPage
	}
	return int(asked)
}

// Pulled answers Pull. Next is the Since of the following call.
type Pulled struct {
	Standing Standing `cbor:"1,keyasint"`
	Entries  [][]byte `cbor:"2,keyasint"`
	Next     uint64   `cbor:"3,keyasint"`
	More     bool     `cbor:"4,keyasint"`
}

// The keyring at the server: patients' keys in records sealed under the ring's
// wrapping key, which is itself sealed to each workstation and to the recovery
// phrase. An erasure or a revocation replaces the whole by the next generation
// under a fresh wrapping key; the former one is destroyed at the server.

// Wrap is the wrapping key of a generation, sealed to one reader; opaque here.
type Wrap struct {
	Reader ledger.ID `cbor:"1,keyasint"` // device, or subject of the recovery certificate
	Sealed []byte    `cbor:"2,keyasint"`
}

// RingPull asks for records after a place of a generation. Of another generation
// than the present one it answers from the beginning of the present one.
type RingPull struct {
	Gen   uint32 `cbor:"1,keyasint"`
	Since uint64 `cbor:"2,keyasint"`
	Max   uint32 `cbor:"3,keyasint,omitempty"` // bytes of records, as in Pull
}

// Limit is Max within its bounds.
func (r *RingPull) Limit() int { return limit(r.Max) }

// RingPulled answers RingPull.
type RingPulled struct {
	Standing Standing `cbor:"1,keyasint"`
	Gen      uint32   `cbor:"2,keyasint"`
	Wrap     []byte   `cbor:"3,keyasint"` // Sealed of the Wrap for the asking device
	First    uint64   `cbor:"4,keyasint"` // place of the first record given, from 1
	Records  [][]byte `cbor:"5,keyasint"`
	More     bool     `cbor:"6,keyasint"`
}

// RingPush appends records to the present generation, and gives its wrapping key
// to workstations that lack it (Standing.Lacking); a Wrap that is there is left.
type RingPush struct {
	Gen     uint32   `cbor:"1,keyasint"`
	Records [][]byte `cbor:"2,keyasint"`
	Wraps   []Wrap   `cbor:"3,keyasint,omitempty"`
}

// RingPushed answers RingPush.
type RingPushed struct {
	Standing Standing `cbor:"1,keyasint"`
}

// RingRenew replaces generation Old by Old+1, in parts: each call appends records
// to the draft named by Draft; the one with Last makes it the present one, if Old
// still is and holds no more than OldN records. Otherwise the answer is "stale":
// what came meanwhile is pulled, and goes into the draft's next part with its new
// OldN; else keys that another workstation pushed meanwhile would be lost with the
// generation. Wraps travel with the first call. Old is 0 for the first generation.
type RingRenew struct {
	Old     uint32    `cbor:"1,keyasint"`
	Draft   ledger.ID `cbor:"2,keyasint"`
	Part    uint32    `cbor:"3,keyasint"` // from 0; a part that came already is passed over
	Wraps   []Wrap    `cbor:"4,keyasint,omitempty"`
	Records [][]byte  `cbor:"5,keyasint"`
	Last    bool      `cbor:"6,keyasint"`
	OldN    uint64    `cbor:"7,keyasint"` // records of Old that the draft has taken up
}

// Device is what the server knows of a workstation.
type Device struct {
	ID      ledger.ID `cbor:"1,keyasint"`
	Added   int64     `cbor:"2,keyasint"` // milliseconds of UTC
	Contact int64     `cbor:"3,keyasint"` // last; 0 for never
	Revoked int64     `cbor:"4,keyasint"` // 0 for not
	Seq     uint64    `cbor:"5,keyasint"` // last of its changes
}

// Devices asks for the organisation's workstations.
type Devices struct{}

// DeviceList answers Devices.
type DeviceList struct {
	Standing Standing `cbor:"1,keyasint"`
	Devices  []Device `cbor:"2,keyasint"`
}

// Order is what only an administrator may ask, or a workstation that replaces
// itself: signed over OrderText by one of the organisation's administrators' keys.
type Order struct {
	Body      []byte `cbor:"1,keyasint"` // OrderBody, encoded
	Key       []byte `cbor:"2,keyasint"` // Ed25519
	Signature []byte `cbor:"3,keyasint"`
}

// OrderBody says what is ordered: one of the fields is set.
type OrderBody struct {
	Server  ledger.ID     `cbor:"1,keyasint"`
	Org     ledger.ID     `cbor:"2,keyasint"`
	Nonce   []byte        `cbor:"3,keyasint"` // 16 random bytes: an order is carried out once, its repetition answers the same
	Invite  *InviteOrder  `cbor:"4,keyasint,omitempty"`
	Revoke  *RevokeOrder  `cbor:"5,keyasint,omitempty"`
	Succeed *SucceedOrder `cbor:"6,keyasint,omitempty"`
	Admin   *AdminOrder   `cbor:"7,keyasint,omitempty"`
}

// InviteOrder registers a workstation to come and its invitation.
type InviteOrder struct {
	Code    CodeID    `cbor:"1,keyasint"`
	Key     []byte    `cbor:"2,keyasint"` // the code's MAC key (Code.MACKey)
	Sealed  []byte    `cbor:"3,keyasint"`
	Device  ledger.ID `cbor:"4,keyasint"`
	SignKey []byte    `cbor:"5,keyasint"`
	Wrap    []byte    `cbor:"6,keyasint"` // of the present ring generation, for the device
	RingGen uint32    `cbor:"7,keyasint"`
	Seconds uint32    `cbor:"8,keyasint"` // of life, at most InviteLives
}

// RevokeOrder ends a workstation: no session, no entries after Seq.
type RevokeOrder struct {
	Device ledger.ID `cbor:"1,keyasint"`
	Seq    uint64    `cbor:"2,keyasint"` // last of its changes that counts
}

// SucceedOrder registers the new identity of a data directory that was copied or
// restored; it is signed with the former identity's key.
type SucceedOrder struct {
	Former  ledger.ID `cbor:"1,keyasint"`
	Device  ledger.ID `cbor:"2,keyasint"`
	SignKey []byte    `cbor:"3,keyasint"`
	Wrap    []byte    `cbor:"4,keyasint"`
	RingGen uint32    `cbor:"5,keyasint"`
}

// AdminOrder says whose orders count from now on, or no longer.
type AdminOrder struct {
	Key    []byte `cbor:"1,keyasint"`
	Remove bool   `cbor:"2,keyasint"`
}

// Ordered answers Order.
type Ordered struct {
	Standing Standing `cbor:"1,keyasint"`
}

// BlobAsk asks which attachments the server holds, named by SHA-256 of their
// sealed bytes.
type BlobAsk struct {
	Hashes [][]byte `cbor:"1,keyasint"`
}

// BlobHave answers BlobAsk in the order asked, and a PUT of a chunk for the one
// attachment: bytes that are there, and whether that is the whole.
type BlobHave struct {
	Sizes []int64 `cbor:"1,keyasint"`
	Whole []bool  `cbor:"2,keyasint"`
}
