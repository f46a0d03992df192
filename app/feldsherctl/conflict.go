package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"feldsher/internal/fault"
	"feldsher/internal/ledger"
	"feldsher/internal/service/conflict"
)

type conflictCmd struct {
	List   conflictListCmd   `cmd:"" help:"${cli_conflict_list}"`
	Show   conflictShowCmd   `cmd:"" help:"${cli_conflict_show}"`
	Settle conflictSettleCmd `cmd:"" help:"${cli_conflict_settle}"`
}

// conflictOut is a conflict with its name and the values of its versions.
type conflictOut struct {
	Ref string `json:"ref"`
	conflict.Conflict
	Versions []versionOut `json:"versions"`
}

// versionOut is one of the writes, with what it says; of what the user may not read
// nothing.
type versionOut struct {
	conflict.Version
	Values map[string]any `json:"values,omitempty"`
}

func newConflictOut(c *conflict.Conflict) conflictOut {
	out := conflictOut{Ref: c.Ref.String(), Conflict: *c, Versions: make([]versionOut, len(c.Versions))}
	for i, v := range c.Versions {
		out.Versions[i] = versionOut{Version: v, Values: plainValues(v.Values)}
	}
	return out
}

// plainValues shows ids as ids.
func plainValues(values map[string]any) map[string]any {
	out := make(map[string]any, len(values))
	for column, v := range values {
		if b, ok := v.([]byte); ok && len(b) == 16 {
			v = ledger.ID(b)
		}
		out[column] = v
	}
	return out
}

// withConflicts opens the clinic and its inbox for one command.
func (s *session) withConflicts(fn func(*desk, *conflict.Conflicts) error) error {
	return s.with(func(d *desk) error {
		inbox := conflict.New(d.store, d.who, s.now)
		return errors.Join(fn(d, inbox), inbox.Flush(s.ctx))
	})
}

type conflictListCmd struct{}

func (conflictListCmd) Run(s *session) error {
	return s.withConflicts(func(d *desk, inbox *conflict.Conflicts) error {
		all, err := inbox.List(s.ctx)
		if err != nil {
			return err
		}
		out := make([]conflictOut, 0, len(all))
		for i := range all {
			out = append(out, newConflictOut(&all[i]))
		}
		if s.cli.JSON {
			return writeJSON(s.stdout, out)
		}
		for i := range out {
			if err := s.print(nil, "%s  %s", out[i].Ref, s.t("cli_conflict_is_"+string(out[i].Is))); err != nil {
				return err
			}
		}
		return nil
	})
}

type conflictShowCmd struct {
	Ref string `arg:"" help:"${cli_conflict_ref}"`
}

func (c *conflictShowCmd) Run(s *session) error {
	ref, err := conflict.ParseRef(c.Ref)
	if err != nil {
		return err
	}
	return s.withConflicts(func(d *desk, inbox *conflict.Conflicts) error {
		x, err := inbox.Show(s.ctx, ref)
		if err != nil {
			return err
		}
		out := newConflictOut(&x)
		if s.cli.JSON {
			return writeJSON(s.stdout, out)
		}
		return s.print(nil, "%s", d.told(s, &out))
	})
}

// told puts a conflict into lines.
func (d *desk) told(s *session, x *conflictOut) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s  %s", x.Ref, s.t("cli_conflict_is_"+string(x.Is)))
	for _, v := range x.Versions {
		fmt.Fprintf(&b, "\n\n%.12s  %s  %s  %s", v.Key, v.At.In(d.zone).Format(minutes), v.Station, v.Who)
		if v.Standing {
			b.WriteString("  " + s.t("cli_conflict_stands"))
		}
		for _, column := range x.Columns {
			if value, ok := v.Values[column]; ok && value != nil {
				fmt.Fprintf(&b, "\n  %s: %v", column, value)
			}
		}
	}
	return b.String()
}

type conflictSettleCmd struct {
	Ref    string `arg:"" help:"${cli_conflict_ref}"`
	Take   string `placeholder:"VERSION" help:"${cli_conflict_take}"`
	Values bool   `help:"${cli_conflict_values}"`
}

// settledOut is what conflict settle prints.
type settledOut struct {
	Ref       string `json:"ref"`
	Conflicts int    `json:"conflicts"`
}

func (c *conflictSettleCmd) Run(s *session) error {
	ref, err := conflict.ParseRef(c.Ref)
	if err != nil {
		return err
	}
	decision := conflict.Decision{Take: c.Take}
	if c.Values {
		if err := s.readValues(&decision.Values); err != nil {
			return err
		}
	}
	if c.Take == "" && !c.Values {
		return fault.At("take", "fault.field.empty")
	}
	return s.withConflicts(func(d *desk, inbox *conflict.Conflicts) error {
		x, err := inbox.Show(s.ctx, ref)
		if err != nil {
			return err
		}
		for _, v := range x.Versions {
			decision.Seen = append(decision.Seen, v.Key)
		}
		asStored(&x, decision.Values)
		if err := inbox.Settle(s.ctx, ref, decision); err != nil {
			return err
		}
		n, err := d.store.CountConflicts(s.ctx)
		if err != nil {
			return err
		}
		out := settledOut{ref.String(), n}
		return s.print(out, "%s", s.t("cli_conflict_settled", "conflicts", n))
	})
}

// readValues reads the person's own values by column.
func (s *session) readValues(into *map[string]any) error {
	b, err := s.readInput()
	if err != nil {
		return err
	}
	if err := checkNames(b); err != nil {
		return err
	}
	var raw map[string]json.RawMessage
	if err := decodeStrict(b, &raw); err != nil {
		return err
	}
	*into = map[string]any{}
	for column, v := range raw {
		dec := json.NewDecoder(bytes.NewReader(v))
		dec.UseNumber()
		var value any
		if err := dec.Decode(&value); err != nil {
			return fault.At(column, "fault.field.encoding")
		}
		(*into)[column] = value
	}
	return nil
}

// asStored brings values as JSON has them into the form of the tables: whole numbers,
// and ids as bytes where a version has bytes.
func asStored(x *conflict.Conflict, values map[string]any) {
	for column, v := range values {
		switch v := v.(type) {
		case json.Number:
			if n, err := v.Int64(); err == nil {
				values[column] = n
			}
		case string:
			id, err := ledger.ParseID(v)
			if err == nil && slices.ContainsFunc(x.Versions, func(o conflict.Version) bool { _, is := o.Values[column].([]byte); return is }) {
				values[column] = id[:]
			}
		}
	}
}
