// Package syncer exchanges what a clinic's workstations write: with a licensord,
// which may be the licensor's or a hub on the clinic's own network, and by a stick
// that is carried from one computer to another (R7).
//
// It promises that the program may end anywhere (kill -9, a power cut) and nothing
// is lost or stored twice: every step is repeatable, and a place is moved on only
// when the other side has confirmed what lies before it. Nothing is called exchanged
// that was not confirmed. A line that drops every minute is enough: pages shrink
// until they pass. Patients' keys go before the entries that need them, and what was
// erased elsewhere is erased here before anything is handed on. A server that was put
// back from an older copy gets again what it has lost.
//
// It needs an open store (somebody has logged in), and for what only administrators
// may order (invite, revoke) an administrator at work.
//
// It never decides anything about content: merging is the journal's, conflicts are
// for people. It sees sealed entries, and hands sealed entries on.
package syncer
