// Package client speaks the protocol of package wire with a licensord: it dials,
// pairs, opens sessions, and makes each call. docs/sync-protocol.md describes what
// travels.
//
// It promises that a Client talks only to the server that was meant: over TLS 1.3
// with the pinned certificate or one that the ordinary roots vouch for, over plain
// HTTP on the loopback only; that nothing but a licensord's answer is taken for one
// (networks that want a login first answer with pages of their own); that no answer
// takes more memory than wire's limits; and that a server which went back behind
// what it had confirmed is noticed (ErrBehind).
//
// Every error is a fault.Error with a sentence for people; where the server refused,
// errors.As finds its *wire.Problem. Every call may be repeated after any error: the
// package itself repeats nothing but what a session that has ended refused.
//
// It needs a network and keys that its caller holds. It stores nothing, and never
// sees what is sealed.
package client
