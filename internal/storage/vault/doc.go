// Package vault keeps every key of a workstation.
//
// What it promises. The files beside the database (slots.a, slots.b, keyring.a,
// keyring.b; byte-exact description in docs/formats/keys.md) say nothing about
// a key to someone who has neither a user's password nor the recovery phrase.
// Each object stands in two files that are written one after the other, so that
// a power cut, a full disk or a damaged sector in one of them loses nothing. A
// changed byte never becomes a wrong key: it is reported, and repaired from the
// other copy. A patient's key that Ensure has given is on the disk twice before
// Ensure returns. A patient's key that Erase has taken is in neither file, and
// never comes back.
//
// Workstations of one organisation tell each other what they must know by Records
// and Absorb: certificates, revocations, the scopes' keys sealed to their readers,
// users' slots. Any order and any number of times gives the same everywhere, and
// nothing is taken that does not lead to the root by signatures. A new workstation
// begins with an invitation (Invite, Join), a copied one with an identity of its own
// (Succeed). Patients' keys travel apart, in the ring (DraftRing, SealKeys,
// AbsorbKeys), and an erasure travels with them. Every workstation has a database
// key of its own, which every user and the phrase open.
//
// What it needs. A directory that only one program uses at a time (the caller
// holds the lock), and a disk that keeps what fsync was told to keep.
//
// What it never does. It never writes a key, a password or a phrase in clear,
// never puts one into an error, and knows nothing of roles: who may add or
// remove a user is decided above it. It sends nothing itself. It can't notice that both copies of an
// object were put back to an older state together; the ledger's chains can.
package vault
