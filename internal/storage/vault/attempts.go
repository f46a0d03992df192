package vault

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"feldsher/internal/ledger"
)

// attemptsName is the file beside the slots that remembers failed logins. It
// holds ids of users, counts and times, no logins and no passwords: people type
// a password into the field for the login now and then.
const attemptsName = "attempts.json"

// Free tries, and what each further failure costs in waiting.
const freeTries = 3

var penalties = [...]time.Duration{
	5 * time.Second, 15 * time.Second, 30 * time.Second, time.Minute,
	2 * time.Minute, 5 * time.Minute, 15 * time.Minute,
}

// forgiven is after how long failures no longer count: who mistyped yesterday
// does not wait today.
const forgiven = 12 * time.Hour

// maxAttempts bounds the file: one user more than a workstation ever has.
const (
	maxAttempts     = 512
	maxAttemptsFile = 128 << 10
)

// Attempts slows down guessing at passwords: after three failures each further
// one doubles, roughly, how long that login waits, a quarter of an hour at most.
// All logins that are nobody's wait as one. It survives a restart of the program;
// who can write the directory can undo it, but could copy the slots as well, and
// there only the cost of the password function (Params) holds. Methods may be
// called from several goroutines.
type Attempts struct {
	mu   sync.Mutex
	path string
	of   map[ledger.ID]attempt
}

type attempt struct {
	Failed  int       `json:"failed"`           // in a row
	Last    time.Time `json:"last,omitzero"`    // of the last failure
	Entered time.Time `json:"entered,omitzero"` // of the last success
}

type attemptsFile struct {
	Version int                   `json:"version"`
	Users   map[ledger.ID]attempt `json:"users"`
}

// LoadAttempts reads what a directory remembers. A file that is missing or can't
// be read is an empty one: it must keep nobody out.
func LoadAttempts(dir string) *Attempts {
	a := &Attempts{path: filepath.Join(dir, attemptsName), of: map[ledger.ID]attempt{}}
	raw, err := osDisk{}.read(a.path, maxAttemptsFile)
	if err == nil {
		if of, err := decodeAttempts(raw); err == nil {
			a.of = of
		}
	}
	return a
}

func decodeAttempts(raw []byte) (map[ledger.ID]attempt, error) {
	var f attemptsFile
	if err := json.Unmarshal(raw, &f); err != nil {
		return nil, fmt.Errorf("attempts: %w", err)
	}
	if f.Version != 1 || len(f.Users) > maxAttempts {
		return nil, errors.New("attempts: version or size")
	}
	of := make(map[ledger.ID]attempt, len(f.Users))
	for id, e := range f.Users {
		e.Failed = min(max(e.Failed, 0), 1000)
		of[id] = e
	}
	return of, nil
}

// Wait is how long a user (the zero id for a login that is nobody's) has to wait
// before the next try. Where the clock was set back the penalty begins anew.
func (a *Attempts) Wait(user ledger.ID, now time.Time) time.Duration {
	a.mu.Lock()
	defer a.mu.Unlock()
	e := a.of[user]
	if e.Last.After(now) {
		e.Last = now
		a.of[user] = e
	}
	n := e.fresh(now) - freeTries
	if n < 0 {
		return 0
	}
	full := penalties[min(n, len(penalties)-1)]
	return max(full-now.Sub(e.Last), 0)
}

// fresh counts the failures that are not forgiven yet.
func (e attempt) fresh(now time.Time) int {
	if now.Sub(e.Last) > forgiven {
		return 0
	}
	return e.Failed
}

// Failures counts the user's failures in a row.
func (a *Attempts) Failures(user ledger.ID, now time.Time) int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.of[user].fresh(now)
}

// Entered is when the user last entered here; zero for never.
func (a *Attempts) Entered(user ledger.ID) time.Time {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.of[user].Entered
}

// Begin counts a try as a failure before its outcome is known, so that ending
// the program in between gains nothing. The error says that it could not be
// written; it counts nevertheless as long as the program runs.
func (a *Attempts) Begin(user ledger.ID, now time.Time) error {
	return a.set(user, func(e attempt) attempt {
		// In memory the time keeps the clock that only counts: while the program runs,
		// setting the clock on the wall forward shortens no wait.
		e.Failed, e.Last = e.fresh(now)+1, now
		return e
	})
}

// Spare takes the last Begin back: the password was not what failed.
func (a *Attempts) Spare(user ledger.ID) error {
	return a.set(user, func(e attempt) attempt {
		e.Failed = max(e.Failed-1, 0)
		return e
	})
}

// Succeed forgets the failures of a user who has entered.
func (a *Attempts) Succeed(user ledger.ID, now time.Time) error {
	return a.set(user, func(attempt) attempt { return attempt{Entered: now.UTC()} })
}

func (a *Attempts) set(user ledger.ID, change func(attempt) attempt) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if _, known := a.of[user]; !known && len(a.of) >= maxAttempts {
		a.evict()
	}
	a.of[user] = change(a.of[user])
	return a.save()
}

// evict makes room by the entry that says least.
func (a *Attempts) evict() {
	var least ledger.ID
	first := true
	for id, e := range a.of {
		o := a.of[least]
		if first || e.Failed < o.Failed || e.Failed == o.Failed && e.Entered.Before(o.Entered) {
			least, first = id, false
		}
	}
	delete(a.of, least)
}

// save replaces the file as a whole.
func (a *Attempts) save() error {
	of := make(map[ledger.ID]attempt, len(a.of))
	for id, e := range a.of {
		e.Last = e.Last.UTC()
		of[id] = e
	}
	raw, err := json.Marshal(attemptsFile{Version: 1, Users: of})
	if err != nil {
		return fmt.Errorf("attempts: %w", err)
	}
	d, tmp := osDisk{}, a.path+".tmp"
	if err := d.remove(tmp); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return spaceFault(err)
	}
	f, err := d.open(tmp, os.O_WRONLY|os.O_CREATE|os.O_EXCL)
	if err != nil {
		return spaceFault(err)
	}
	if err := writeAll(f, raw, 0); err != nil {
		_ = f.Close()
		return spaceFault(err)
	}
	if err := f.Close(); err != nil {
		return spaceFault(err)
	}
	if err := d.rename(tmp, a.path); err != nil {
		return spaceFault(err)
	}
	return spaceFault(d.syncDir(filepath.Dir(a.path)))
}
