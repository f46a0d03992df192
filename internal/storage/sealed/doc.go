// Package sealed keeps a SQLite database in a file that nobody can read or
// change without the key.
//
// It promises:
//   - every page, log frame and journal page on the disk is encrypted and
//     authenticated (XChaCha20-Poly1305, a random nonce for each write), bound
//     to its kind and place;
//   - what fails its check is reported as an error, never handed on as data;
//   - a commit that returned is there after a crash of the program or a power
//     cut, if the disk keeps its promise to flush;
//   - a log whose end is missing or damaged is told from one that a power cut
//     tore, so that no acknowledged commit is dropped in silence;
//   - temporary data stay in memory.
//
// It needs one program at a time on the database (a lock on the directory is
// the caller's), a file system with working locks, and synchronous=FULL, which
// it sets. The caller keeps a copy of Salt beside the key.
//
// It never puts a key into a connection string or an error. It can't notice an
// older version of the whole database put back, nor the log and the anchor
// removed together; the ledger's chain does. The file's size, the number of a
// page that is written and the times stay visible. docs/formats/database-file.md
// holds the format and the threats.
package sealed
