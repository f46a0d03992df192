package wire

import (
	"bytes"
	"crypto/ed25519"

	"feldsher/internal/ledger"
)

// The fixed inputs of vectors and of fuzzing. Nothing here is secret or real.

func fill(b byte, n int) []byte { return bytes.Repeat([]byte{b}, n) }

func fixedID(b byte) ledger.ID { return ledger.ID(fill(b, 16)) }

func fixedCode() Code {
	var c Code
	for i := range c.secret {
		c.secret[i] = byte(i*29 + 7)
	}
	c.secret[codeBytes-1] &= 0xf0
	return c
}

var (
	sampleServer = fixedID(0x51)
	sampleOrg    = fixedID(0x0a)
	sampleDevice = fixedID(0xd1)
	sampleOther  = fixedID(0xd2)
	sampleKey    = ed25519.NewKeyFromSeed(fill(0x44, 32)) // of the workstation
	sampleAdmin  = ed25519.NewKeyFromSeed(fill(0xad, 32)) // of an administrator
	samplePrint  = fill(0xce, 32)                         // of the server's certificate
	sampleNonce  = fill(0x4e, 32)
)

func public(k ed25519.PrivateKey) []byte { return k.Public().(ed25519.PublicKey) }

func must(message any) []byte {
	b, err := Marshal(message)
	if err != nil {
		panic(err)
	}
	return b
}

func sampleStanding() Standing {
	return Standing{Server: sampleServer, Ordinal: 70_000, RingGen: 3, RingN: 300, Time: 1_800_000_000_000}
}

func sampleOrders() map[string]*OrderBody {
	body := func() *OrderBody { return &OrderBody{Server: sampleServer, Org: sampleOrg, Nonce: fill(0x0e, 16)} }
	invite, revoke, succeed, admin := body(), body(), body(), body()
	c := fixedCode()
	invite.Invite = &InviteOrder{
		Code: c.ID(), Key: c.MACKey(), Sealed: []byte("sealed invitation"), Device: sampleOther, SignKey: fill(0x77, 32),
		Wrap: []byte("wrapping key, sealed"), RingGen: 3, Seconds: 600,
	}
	revoke.Revoke = &RevokeOrder{Device: sampleOther, Seq: 512}
	succeed.Succeed = &SucceedOrder{Former: sampleDevice, Device: sampleOther, SignKey: fill(0x77, 32), Wrap: []byte("wrapping key, sealed"), RingGen: 3}
	admin.Admin = &AdminOrder{Key: fill(0x78, 32), Remove: true}
	return map[string]*OrderBody{"invite": invite, "revoke": revoke, "succeed": succeed, "admin": admin}
}

// samples are messages with something in every field, in the order of messages.
func samples() []any {
	c := fixedCode()
	head := Head{Device: sampleDevice, Chain: ledger.Changes, Seq: 65_536, Hash: ledger.Hash(fill(0x4a, 32))}
	full := sampleStanding()
	full.Heads = []Head{head, {Device: sampleDevice, Chain: ledger.Accesses, Seq: 23}}
	full.Lacking = []ledger.ID{sampleOther}
	st := sampleStanding()
	body := must(&LinkBody{Org: sampleOrg, Device: sampleDevice, SignKey: public(sampleKey), AdminKey: public(sampleAdmin), Country: "kz"})
	order := must(sampleOrders()["revoke"])
	link := new(LinkBody)
	if err := Unmarshal(body, link); err != nil {
		panic(err)
	}
	return []any{
		&Hello{Magic: HelloMagic, Oldest: 1, Newest: 1, Time: 1_800_000_000_000, Server: sampleServer, Country: "kz", MaxWaitS: 55},
		&Prove{Code: c.ID(), Nonce: sampleNonce}, &Proof{MAC: ProofMAC(c.MACKey(), sampleNonce, samplePrint)},
		&Link{Code: c.ID(), Body: body, MAC: MAC(c.MACKey(), "link", body)}, link, &Linked{Server: sampleServer},
		&Join{Code: c.ID(), Joiner: fill(0x10, 32), MAC: MAC(c.MACKey(), "join", fill(0x10, 32))}, &Joined{Sealed: []byte("sealed invitation")},
		&Challenge{Org: sampleOrg, Device: sampleDevice}, &Challenged{Nonce: sampleNonce},
		&Open{
			Org: sampleOrg, Device: sampleDevice, Nonce: sampleNonce,
			Signature: ed25519.Sign(sampleKey, SessionText(sampleServer, sampleOrg, sampleDevice, sampleNonce, samplePrint)),
		},
		&Opened{Token: "q83vASNFZ4k", Seconds: 28_800}, &State{}, &full,
		&Push{RingGen: 3, Entries: [][]byte{[]byte("first entry"), []byte("second entry")}}, &Pushed{Standing: st, Stored: 2},
		&Pull{Since: 69_998, Have: []Head{head}, RingGen: 3, RingN: 300, WaitMS: 25_000, Max: 65_536},
		&Pulled{Standing: st, Entries: [][]byte{[]byte("an entry")}, Next: 70_000, More: false},
		&RingPull{Gen: 3, Since: 298, Max: 65_536},
		&RingPulled{Standing: st, Gen: 3, Wrap: []byte("wrapping key, sealed"), First: 299, Records: [][]byte{[]byte("r 299"), []byte("r 300")}, More: false},
		&RingPush{Gen: 3, Records: [][]byte{[]byte("r 301")}, Wraps: []Wrap{{Reader: sampleOther, Sealed: []byte("wrapping key, sealed")}}},
		&RingPushed{Standing: st},
		&RingRenew{Old: 3, Draft: fixedID(0xdf), Part: 0, Wraps: []Wrap{{Reader: sampleDevice, Sealed: []byte("new wrapping key, sealed")}}, Records: [][]byte{[]byte("r 1")}, Last: true, OldN: 300},
		&Devices{},
		&DeviceList{Standing: st, Devices: []Device{{ID: sampleDevice, Added: 1_790_000_000_000, Contact: 1_800_000_000_000, Revoked: 0, Seq: 65_536}}},
		&Order{Body: order, Key: public(sampleAdmin), Signature: ed25519.Sign(sampleAdmin, OrderText(order))},
		sampleOrders()["invite"], &Ordered{Standing: st},
		&BlobAsk{Hashes: [][]byte{fill(0xb1, 32), fill(0xb2, 32)}}, &BlobHave{Sizes: []int64{1 << 20, 0}, Whole: []bool{true, false}},
		&Problem{Code: ProblemGap, Heads: []Head{head}, At: 7, Retry: 0},
	}
}
