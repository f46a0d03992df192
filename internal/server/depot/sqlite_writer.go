package depot

import (
	"errors"
	"fmt"
	"time"
)

// job is a write that waits for its turn.
type job struct {
	fn   func(tx) error
	err  error
	done chan error
}

// sqliteWriter is the goroutine that writes.
type sqliteWriter struct {
	*sqliteConn
	unclean bool // a checkpoint that shreds is due
}

// run works until quit; what was taken from jobs is answered.
func (w *sqliteWriter) run(jobs <-chan *job, shreds <-chan struct{}, quit <-chan struct{}) {
	again := time.NewTimer(shredAgain)
	defer again.Stop()
	for {
		select {
		case j := <-jobs:
			w.batch(j, jobs)
			continue
		case <-shreds:
			w.unclean = true
		case <-again.C:
			again.Reset(shredAgain)
		case <-quit:
			w.shred()
			return
		}
		w.shred()
	}
}

// batch does a job and those that wait behind it in one transaction.
func (w *sqliteWriter) batch(first *job, jobs <-chan *job) {
	all := []*job{first}
	err := w.raw("BEGIN IMMEDIATE")
	if err == nil {
		w.do(first)
		for end := time.Now().Add(batchTime); len(all) < batchJobs && time.Now().Before(end); {
			select {
			case j := <-jobs:
				all = append(all, j)
				w.do(j)
				continue
			default:
			}
			break
		}
		if err = w.raw("COMMIT"); err != nil {
			err = errors.Join(err, w.raw("ROLLBACK"))
		}
	}
	for _, j := range all {
		if err != nil {
			j.err = err
		}
		j.done <- j.err
	}
}

// do runs one job between savepoints, so that its failure is its own.
func (w *sqliteWriter) do(j *job) {
	if j.err = w.raw("SAVEPOINT job"); j.err != nil {
		return
	}
	if j.err = j.fn(w); j.err != nil {
		if err := w.raw("ROLLBACK TO job"); err != nil {
			j.err = errors.Join(j.err, err)
		}
	}
	if err := w.raw("RELEASE job"); err != nil && j.err == nil {
		j.err = err
	}
}

func (w *sqliteWriter) raw(q string) error {
	_, err := w.exec(q)
	return err
}

// shred takes the write-ahead log into the file, where secure_delete has put zeros in
// the place of what was deleted, and cuts it off. A reader in the way is waited for
// by trying again.
func (w *sqliteWriter) shred() {
	if !w.unclean {
		return
	}
	busy := int64(1)
	_ = w.raw("PRAGMA busy_timeout = 100")
	_, err := one(w, "PRAGMA wal_checkpoint(TRUNCATE)", nil, &busy, new(int64), new(int64))
	_ = w.raw(fmt.Sprintf("PRAGMA busy_timeout = %d", sqliteWaitBusy))
	w.unclean = err != nil || busy != 0
}
