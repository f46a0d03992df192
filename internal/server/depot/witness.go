package depot

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"feldsher/internal/fault"
	"feldsher/internal/ledger"
)

// A database that was put back from a backup has forgotten entries which workstations
// have seen it number; if it went on under its name they would never ask for the
// numbers anew. Each opening is counted, in the database and in a witness beside the
// attachments; a database that has counted less than the witness is an older one. It
// gets another name, and workstations begin at number 0 with it. So does one that has
// been opened before and finds no witness of its own: the attachments are another
// directory's, or gone, and are to be given again. (Where both were put back together
// it is for the operator to say: Restored.)
type witness struct {
	Server ledger.ID `json:"server"`
	Starts uint64    `json:"starts"`
}

const witnessFile = "server.json"

// identify finds the database's name at Open.
func (d *depot) identify(ctx context.Context) error {
	path := filepath.Join(d.dir, witnessFile)
	var w witness
	var unread error
	err := d.engine.alone(ctx, func(t tx) error {
		seen, err := readWitness(path)
		if unread = err; err != nil {
			return err
		}
		id, err := keep(t, settingID, key(ledger.NewID()))
		if err != nil {
			return err
		}
		starts, err := get(t, settingStarts)
		if err != nil {
			return err
		}
		w = witness{Server: idOf(id), Starts: number(starts)}
		switch {
		case w.Starts == 0:
			// Before anybody else can find that it was opened.
			if err := w.write(path); err != nil {
				return err
			}
		case seen.Server != w.Server || seen.Starts > w.Starts:
			w = witness{Server: ledger.NewID()}
		}
		w.Starts++
		if err := put(t, settingID, key(w.Server)); err != nil {
			return err
		}
		return put(t, settingStarts, binary.BigEndian.AppendUint64(nil, w.Starts))
	})
	switch {
	case unread != nil:
		return fault.Wrap(unread, fault.Damaged, "fault.depot.witness", "file", path)
	case err != nil:
		return fault.Wrap(err, fault.Space, "fault.depot.schema")
	}
	d.server.Store(&w.Server)
	if err := w.write(path); err != nil {
		return fault.Wrap(err, fault.Space, "fault.depot.blobs", "dir", d.dir)
	}
	return nil
}

func number(b []byte) uint64 {
	if len(b) != 8 {
		return 0
	}
	return binary.BigEndian.Uint64(b)
}

func readWitness(path string) (w witness, err error) {
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return w, nil
	}
	if err != nil {
		return w, fmt.Errorf("depot: %w", err)
	}
	if err := json.Unmarshal(b, &w); err != nil {
		return w, fmt.Errorf("depot: witness: %w", err)
	}
	return w, nil
}

// write replaces the file as a whole, unless it holds a later start of the same
// database: of two processes that open at once either may come last.
func (w witness) write(path string) error {
	if there, err := readWitness(path); err == nil && there.Server == w.Server && there.Starts >= w.Starts {
		return nil
	}
	b, err := json.Marshal(w)
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), witnessFile+".*")
	if err != nil {
		return err
	}
	_, err = f.Write(append(b, '\n'))
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}

// Restored implements Depot.
func (d *depot) Restored(ctx context.Context) (ledger.ID, error) {
	w := witness{Server: ledger.NewID()}
	err := d.write(ctx, noOrg, func(t tx) error {
		starts, err := get(t, settingStarts)
		if err != nil {
			return err
		}
		w.Starts = number(starts)
		return put(t, settingID, key(w.Server))
	})
	if err != nil {
		return ledger.ID{}, err
	}
	if err := w.write(filepath.Join(d.dir, witnessFile)); err != nil {
		return ledger.ID{}, err
	}
	d.server.Store(&w.Server)
	return w.Server, nil
}
