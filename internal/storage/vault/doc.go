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
// What it needs. A directory that only one program uses at a time (the caller
// holds the lock), and a disk that keeps what fsync was told to keep.
//
// What it never does. It never writes a key, a password or a phrase in clear,
// never puts one into an error, and knows nothing of roles: who may add or
// remove a user is decided above it. It can't notice that both copies of an
// object were put back to an older state together; the ledger's chains can.
package vault
