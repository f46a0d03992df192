package catalog

import (
	"context"
	"reflect"

	"feldsher/internal/clinic"
	"feldsher/internal/clinic/fold"
	"feldsher/internal/clinic/templates"
	"feldsher/internal/fault"
	"feldsher/internal/storage/journal"
	"feldsher/internal/storage/store"
)

// Builtin reports whether a template came with the program. Such a one is never
// written; it is copied, and it may be put out of use.
func (c *Catalog) Builtin(id clinic.ID) bool {
	_, ok := c.builtin(id)
	return ok
}

func (c *Catalog) builtin(id clinic.ID) (clinic.Template, bool) {
	for _, t := range c.templates {
		if t.ID == id {
			return t, true
		}
	}
	return clinic.Template{}, false
}

// Template gives a template by its id. Fault: NotFound.
func (c *Catalog) Template(ctx context.Context, id clinic.ID) (clinic.Template, error) {
	own, ok, err := c.store.Reader(ctx).Template(id)
	if err != nil {
		return own, err
	}
	built, known := c.builtin(id)
	switch {
	case ok && known:
		return inUse(built, own), nil
	case ok:
		return own, nil
	case known:
		return built, nil
	}
	return clinic.Template{}, fault.New(fault.NotFound, "fault.template.none")
}

// inUse lays what the clinic has stored of a built-in template over it: a newer text, as
// a later program on another workstation may have written it, or else only whether it is
// offered.
func inUse(built, own clinic.Template) clinic.Template {
	if own.Version > built.Version {
		return own
	}
	built.Active = own.Active
	return built
}

// FindTemplate gives a template by what a person calls it: its id, its title, or
// its speciality in the language wanted.
func (c *Catalog) FindTemplate(ctx context.Context, name, lang string) (clinic.Template, error) {
	if id, err := clinic.ParseID(name); err == nil {
		return c.Template(ctx, id)
	}
	all, err := c.Templates(ctx)
	if err != nil {
		return clinic.Template{}, err
	}
	wanted := fold.Text(name)
	best := -1
	for i, t := range all {
		if fold.Text(t.Title) != wanted && fold.Text(t.Speciality) != wanted || wanted == "" {
			continue
		}
		if best < 0 || better(&t, &all[best], lang) {
			best = i
		}
	}
	if best < 0 {
		return clinic.Template{}, fault.New(fault.NotFound, "fault.template.none")
	}
	return all[best], nil
}

// better prefers what is offered, then the language wanted.
func better(a, b *clinic.Template, lang string) bool {
	if a.Active != b.Active {
		return a.Active
	}
	return a.Lang == lang && b.Lang != lang
}

// Templates lists the clinic's own templates and the built-in ones, also those that are
// not offered.
func (c *Catalog) Templates(ctx context.Context) ([]clinic.Template, error) {
	own, err := c.store.Reader(ctx).Templates()
	if err != nil {
		return nil, err
	}
	have := map[clinic.ID]bool{}
	for i, t := range own {
		have[t.ID] = true
		if built, ok := c.builtin(t.ID); ok {
			own[i] = inUse(built, t)
		}
	}
	for _, t := range c.templates {
		if !have[t.ID] {
			own = append(own, t)
		}
	}
	return own, nil
}

// SaveTemplate writes a template of the clinic's own (R3.4): a new one where it has no
// id; else the next version of the one with this id, which must still be at t.Version.
// Protocols keep the shape that they were written by. What is stored already is not
// written again. Right: ManageClinic. Faults: Invalid at the field (the first of
// templates.Check), Conflict for a built-in one and for one that was changed meanwhile,
// NotFound for one that was removed.
func (c *Catalog) SaveTemplate(ctx context.Context, t clinic.Template) (clinic.Template, error) {
	if err := c.who.Require(clinic.ManageClinic); err != nil {
		return clinic.Template{}, err
	}
	if c.Builtin(t.ID) {
		return clinic.Template{}, fault.New(fault.Conflict, "templates_fault_builtin")
	}
	t.Fields = append([]clinic.Field(nil), t.Fields...)
	if wrong := templates.Check(&t); len(wrong) > 0 {
		return clinic.Template{}, wrong[0]
	}
	t.Deleted = 0
	fresh := t.ID.IsZero()
	err := c.store.Update(ctx, journal.Act{Actor: c.who.ID, Intent: "template.save"}, func(tx *store.Tx) error {
		if fresh {
			t.ID, t.Version = clinic.NewID(), 1
			return tx.PutTemplate(&t)
		}
		stored, ok, err := tx.Template(t.ID)
		switch {
		case err != nil:
			return err
		case !ok:
			return fault.New(fault.NotFound, "fault.template.none")
		case stored.Version != t.Version:
			return fault.New(fault.Conflict, "templates_fault_changed")
		case sameText(stored, t):
			if stored.Active == t.Active {
				return nil
			}
		default:
			t.Version++
		}
		return tx.PutTemplate(&t)
	})
	if err != nil {
		return clinic.Template{}, err
	}
	return t, nil
}

// sameText reports whether two templates make the same protocol.
func sameText(a, b clinic.Template) bool {
	a.Active = b.Active
	if len(a.Fields) == 0 && len(b.Fields) == 0 {
		a.Fields, b.Fields = nil, nil
	}
	return reflect.DeepEqual(a, b)
}

// SetTemplateActive says whether a template is offered for new protocols, built-in or
// not; protocols that were written by it stay. Right: ManageClinic. Fault: NotFound.
func (c *Catalog) SetTemplateActive(ctx context.Context, id clinic.ID, active bool) error {
	if err := c.who.Require(clinic.ManageClinic); err != nil {
		return err
	}
	built, known := c.builtin(id)
	return c.store.Update(ctx, journal.Act{Actor: c.who.ID, Intent: "template.active"}, func(tx *store.Tx) error {
		// Read within: a newer text that somebody saves meanwhile must not be undone.
		t, ok, err := tx.Template(id)
		switch {
		case err != nil:
			return err
		case ok && known:
			t = inUse(built, t)
		case known:
			t = built
		case !ok:
			return fault.New(fault.NotFound, "fault.template.none")
		}
		if t.Active == active {
			return nil
		}
		t.Active = active
		return tx.PutTemplate(&t)
	})
}

// CopyTemplate gives a template of one's own to begin with: all that another has, without
// its id. It is not stored before SaveTemplate. Fault: NotFound.
func (c *Catalog) CopyTemplate(ctx context.Context, id clinic.ID) (clinic.Template, error) {
	t, err := c.Template(ctx, id)
	if err != nil {
		return clinic.Template{}, err
	}
	t.Record, t.Version, t.Active = clinic.Record{}, 0, true
	t.Fields = append([]clinic.Field(nil), t.Fields...)
	return t, nil
}
