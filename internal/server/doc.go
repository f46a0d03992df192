// Package server is licensord: it keeps what the workstations of many clinics
// exchange, and can read none of it.
//
// It promises that nothing is answered as stored before it is durable; that a
// call which is refused has had no effect (of a push, the entries before the one
// at fault are kept, and the Problem says which that is); that no call, whatever
// its bytes, is read beyond its limit or takes the process down; that a revoked
// workstation is refused from the next answer on, also in a long poll that is
// being held; and that neither logs nor metrics ever hold a token, a code, a name
// of an organisation or the content of a body.
//
// It needs a depot (the database), a certificate, and a clock. The protocol is
// that of internal/online/wire; the operator's page and the metrics stand beside it.
//
// It never opens what is sealed: the packages that could are forbidden to it by
// internal/archtest.
package server
