package journal

import (
	"context"
	"fmt"

	"feldsher/internal/fault"
	"feldsher/internal/ledger"
)

// Erased names a keeping class of a patient whose key was destroyed.
type Erased struct {
	Patient ledger.ID
	Class   ledger.Class
}

// Purge deletes the rows of erased patients and classes for good, and what is
// noted beside them. It writes no entry: every workstation purges by itself what
// the keyring says is erased, in whatever order erasures and entries come. after
// runs at its end with the rows that were deleted. To purge what is purged
// already does nothing.
//
// Where a row of another class, which is kept, names one that goes (a visit its
// patient, a rendered service its visit), an empty row stays in its place: its id
// and patient, marked as deleted. It goes at the next purge of the patient that
// finds nothing naming it; it is no part of what all workstations share.
//
// It refuses (Invalid) to purge what the keyring can still open.
func (j *Journal) Purge(ctx context.Context, erased []Erased, after func(*Tx, []Row) error) error {
	var parts []partKey
	asked := map[ledger.ID]bool{}
	for _, e := range erased {
		if !isErased(j.keys, partKey{e.Patient, e.Class}) {
			return fault.New(fault.Invalid, "fault.ledger.not_erased")
		}
		if asked[e.Patient] {
			continue
		}
		asked[e.Patient] = true
		// What was erased before may stand as an empty row that nobody needs now.
		for class := ledger.Identity; class <= ledger.Letters; class++ {
			if k := (partKey{e.Patient, class}); isErased(j.keys, k) {
				parts = append(parts, k)
			}
		}
	}
	if len(parts) == 0 {
		return nil
	}
	return j.run(ctx, apply, func(tx *Tx) error {
		p := purge{j: j, again: remake{j: j, tx: tx}}
		for _, k := range parts {
			if err := p.part(ctx, k); err != nil {
				return err
			}
		}
		if err := p.rest(ctx); err != nil {
			return err
		}
		for _, k := range p.clashes {
			if err := p.clash(ctx, k); err != nil {
				return err
			}
		}
		if _, err := p.again.write(ctx); err != nil {
			return err
		}
		if after == nil || len(p.rows) == 0 {
			return nil
		}
		return after(tx, p.rows)
	})
}

// purge is the work of one Purge.
type purge struct {
	j       *Journal
	rows    []Row
	named   []orphan // rows that others may name
	again   remake   // rows that are another patient's from now on
	clashes []touchKey
}

type orphan struct {
	table   *table
	id      ledger.ID
	patient ledger.ID
}

// part deletes the rows of one patient and class.
func (p *purge) part(ctx context.Context, k partKey) error {
	if err := p.shown(ctx, k.patient); err != nil {
		return err
	}
	for _, t := range p.j.tables {
		if t.Class != k.class {
			continue
		}
		ids, err := p.j.rowsOf(ctx, t, k.patient)
		if err != nil {
			return err
		}
		for _, id := range ids {
			if err := p.row(ctx, t, id, k.patient); err != nil {
				return err
			}
		}
	}
	return nil
}

func (p *purge) row(ctx context.Context, t *table, id, patient ledger.ID) error {
	k := touchKey{t.number, id}
	rivals, err := p.j.rivals(ctx, k, patient)
	if err != nil {
		return err
	}
	if err := p.j.dropHeads(ctx, k); err != nil {
		return err
	}
	if _, err := p.j.own(ctx, `DELETE FROM `+t.Name+` WHERE id = ?`, []any{id[:]}); err != nil {
		return err
	}
	p.rows = append(p.rows, Row{t.Name, id})
	if len(rivals) > 0 {
		p.again.add(k, rivals...)
	} else {
		p.named = append(p.named, orphan{t, id, patient})
	}
	return nil
}

// shown notes the rows that are shown as made for several patients, the erased one
// perhaps among them: nothing tells any more.
func (p *purge) shown(ctx context.Context, patient ledger.ID) error {
	rows, err := p.j.conn.QueryContext(ctx, `SELECT tbl, id FROM head WHERE grp = ? AND entry IN (SELECT entry FROM entry_patient WHERE patient = ?)`,
		clashed, patient[:])
	if err != nil {
		return fmt.Errorf("journal: purge: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var k touchKey
		if err := rows.Scan(&k.table, &k.id); err != nil {
			return fmt.Errorf("journal: purge: %w", err)
		}
		p.clashes = append(p.clashes, k)
	}
	return rows.Err()
}

// clash has a row that stays made anew, without the erased patient.
func (p *purge) clash(ctx context.Context, k touchKey) error {
	t := p.j.tables[k.table]
	row, err := p.j.read(ctx, t, k.id)
	if err != nil || row == nil || p.again.has(k) {
		return err
	}
	rivals, err := p.j.rivals(ctx, k, ledger.ID{})
	if err != nil {
		return err
	}
	if owner := t.patientOf(row); !isErased(p.j.keys, partKey{owner, t.Class}) {
		rivals = append(rivals, owner)
	}
	if len(rivals) > 0 {
		p.again.add(k, rivals...)
	}
	return nil
}

// rest leaves an empty row where one that went is still named.
func (p *purge) rest(ctx context.Context) error {
	// Tables stand behind those that their rows name: an empty visit keeps its
	// patient's row, so that it must be there first.
	for i := len(p.j.tables) - 1; i >= 0; i-- {
		for _, o := range p.named {
			if o.table != p.j.tables[i] {
				continue
			}
			named, err := p.j.isNamed(ctx, o)
			if err != nil {
				return err
			}
			if !named {
				continue
			}
			if err := p.j.stub(ctx, o.table, o.id, o.patient); err != nil {
				return err
			}
		}
	}
	return nil
}

// rowsOf lists a patient's rows of a table.
func (j *Journal) rowsOf(ctx context.Context, t *table, patient ledger.ID) ([]ledger.ID, error) {
	rows, err := j.conn.QueryContext(ctx, `SELECT id FROM `+t.Name+` WHERE "`+t.Patient+`" = ?`, patient[:])
	if err != nil {
		return nil, fmt.Errorf("journal: purge %s: %w", t.Name, err)
	}
	defer rows.Close()
	var out []ledger.ID
	for rows.Next() {
		var id ledger.ID
		if err := rows.Scan(&id); err != nil {
			return nil, fmt.Errorf("journal: purge %s: %w", t.Name, err)
		}
		out = append(out, id)
	}
	return out, rows.Err()
}

// isNamed reports whether a row of any table names a row.
func (j *Journal) isNamed(ctx context.Context, o orphan) (bool, error) {
	for _, t := range j.tables {
		for _, p := range t.parents {
			if p.table != o.table.Name {
				continue
			}
			var n int
			err := j.conn.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM `+t.Name+` WHERE "`+t.columns[p.column].name+`" = ?)`, o.id[:]).Scan(&n)
			if err != nil {
				return false, fmt.Errorf("journal: purge %s: %w", t.Name, err)
			}
			if n > 0 {
				return true, nil
			}
		}
	}
	return false, nil
}

// stub puts an empty row in the place of one that was erased, for the rows that
// name it; nothing where there is one.
func (j *Journal) stub(ctx context.Context, t *table, id, patient ledger.ID) error {
	row := make([]any, len(t.columns))
	for i, c := range t.columns {
		row[i] = c.standard
		if c.name == "deleted" {
			row[i] = int64(1)
		}
	}
	row[0], row[t.born] = id[:], int64(0)
	if t.patient > 0 {
		row[t.patient] = patient[:]
	}
	made, err := j.insertNew(ctx, t, row)
	if err != nil || !made {
		return err
	}
	return j.stubParents(ctx, t, row)
}

// stubParents sees to the erased rows that a row names.
func (j *Journal) stubParents(ctx context.Context, t *table, row []any) error {
	for _, p := range t.parents {
		id := idOf(row[p.column])
		if id.IsZero() {
			continue
		}
		parent := j.byName[p.table]
		owner := parent.ownerOf(id, t.patientOf(row))
		if !isErased(j.keys, partKey{owner, parent.Class}) {
			continue
		}
		if err := j.stub(ctx, parent, id, owner); err != nil {
			return err
		}
	}
	return nil
}

// Introduce sets what the first entry of our own chain of changes carries besides
// its own rows: fn writes them in the same transaction.
func (j *Journal) Introduce(fn func(*Tx) error) { j.introduce = fn }
