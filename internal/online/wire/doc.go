// Package wire is the protocol between a workstation and licensord: the messages,
// their encoding, their limits, and the texts that are signed. Both sides share
// it, and docs/sync-protocol.md describes the same bytes for other programs.
//
// It promises that what it decodes keeps its limits, whatever the bytes: no
// message is larger in memory than MaxBody, none is decompressed beyond it. It
// carries sealed bytes only: entries of the ledger, records of the keyring and
// attachments are opaque here, and no message has a field for a name.
//
// Transport: HTTPS, one POST a call, body and answer in deterministic CBOR (RFC
// 8949), Content-Type MediaType; a body may be compressed with zstd (RFC 8878,
// Content-Encoding: zstd). An answer other than 200 carries a Problem.
package wire

import "time"

// Version is the protocol's version. A server says in Hello which it speaks.
const Version = 1

// MediaType of bodies and answers.
const MediaType = "application/vnd.feldsher.sync.v1+cbor"

// Limits that both sides keep.
const (
	MaxBody     = 20 << 20         // bytes of a message, decompressed
	MaxPage     = 4 << 20          // bytes of entries or ring records that a page aims at; one larger entry travels alone
	MaxItems    = 4096             // entries, heads or records of one message
	MaxRecord   = 1 << 20          // bytes of one ring record
	MaxInvite   = 16 << 20         // bytes of an invitation's sealed blob
	MaxBlob     = 8 << 30          // bytes of one attachment
	MaxChunk    = 1 << 20          // bytes of an attachment in one PUT
	MaxAnybody  = 4 << 10          // bytes of a call without a session: no compression there
	MaxWait     = 55 * time.Second // of a long poll
	InviteLives = 10 * time.Minute
)

// Paths of the calls. All but Hello, Prove, Link, Challenge, Open and Join want a
// session's token: "Authorization: Bearer …".
const (
	PathHello     = "/v1/hello"
	PathProve     = "/v1/prove"
	PathLink      = "/v1/link"
	PathJoin      = "/v1/join"
	PathChallenge = "/v1/challenge"
	PathOpen      = "/v1/open"
	PathState     = "/v1/state"
	PathPush      = "/v1/push"
	PathPull      = "/v1/pull"
	PathRingPull  = "/v1/ring/pull"
	PathRingPush  = "/v1/ring/push"
	PathRingRenew = "/v1/ring/renew"
	PathOrder     = "/v1/order"
	PathDevices   = "/v1/devices"
	PathBlobs     = "/v1/blobs" // which of these are there
	PathBlob      = "/v1/blob/" // + hash in hex, see below
)

// PathBlob + the hash in 64 small hex digits. PUT ?offset=&size= appends a chunk of
// at most MaxChunk bytes (application/octet-stream) to an attachment of size bytes
// and answers BlobHave of that one; the chunk must begin where the stored bytes end,
// or the answer is the Problem "gap"; if the whole has another SHA-256 it is dropped
// with "signature". GET with "Range: bytes=N-" answers 206 with the bytes from N on,
// of a whole attachment only ("unknown" otherwise); 416 where N is its size or more.
