package main

import (
	"strings"
	"time"

	"feldsher/internal/clinic"
	"feldsher/internal/ledger"
)

type ledgerCmd struct {
	Verify ledgerVerifyCmd `cmd:"" help:"${cli_ledger_verify}"`
	Log    ledgerLogCmd    `cmd:"" help:"${cli_ledger_log}"`
}

type ledgerVerifyCmd struct{}

func (ledgerVerifyCmd) Run(s *session) error {
	return s.with(func(d *desk) error {
		if err := d.who.Require(clinic.CheckClinic); err != nil {
			return err
		}
		report, err := d.store.Verify(s.ctx)
		if err != nil {
			return err
		}
		return s.print(report, "%s", s.t("cli_ledger_ok", "entries", report.Entries, "rows", report.Rows))
	})
}

type ledgerLogCmd struct {
	Patient string `placeholder:"ID" help:"${cli_patient_id}"`
	Limit   int    `default:"100" help:"${cli_limit}"`
}

// logOut is one act of the ledger.
type logOut struct {
	Time     clinic.Time `json:"time"`
	Device   clinic.ID   `json:"device"`
	Chain    string      `json:"chain"` // changes, accesses
	Seq      uint64      `json:"seq"`
	Actor    clinic.ID   `json:"actor"`
	Who      string      `json:"who,omitempty"`
	Intent   string      `json:"intent"`
	Rows     []logRow    `json:"rows,omitempty"`
	Accesses []logAccess `json:"accesses,omitempty"`
}

// logRow is a changed row. Values are shown to whoever may read the data they
// belong to, else only names of columns.
type logRow struct {
	Table   string         `json:"table"`
	ID      clinic.ID      `json:"id"`
	Kind    string         `json:"kind"` // insert, update, purge
	Columns []string       `json:"columns"`
	Old     map[string]any `json:"old,omitempty"`
	New     map[string]any `json:"new,omitempty"`
}

type logAccess struct {
	Time    clinic.Time `json:"time"`
	Action  string      `json:"action"`
	What    string      `json:"what"`
	Patient clinic.ID   `json:"patient,omitzero"`
	Count   int64       `json:"count"`
}

func (c *ledgerLogCmd) Run(s *session) error {
	if err := checkLimit(c.Limit); err != nil {
		return err
	}
	return s.with(func(d *desk) error {
		var patient clinic.ID
		if c.Patient != "" {
			var err error
			if patient, err = d.patientID(s, c.Patient); err != nil {
				return err
			}
		}
		acts, err := d.records.Log(s.ctx, patient, c.Limit)
		if err != nil {
			return err
		}
		out := make([]logOut, 0, len(acts))
		for _, a := range acts {
			out = append(out, present(a.Header, a.Payload, a.Who, a.Show))
		}
		if s.cli.JSON {
			return writeJSON(s.stdout, out)
		}
		for _, o := range out {
			if err := s.print(nil, "%s  %-9s%-6d %-24s %-18s %s", d.clock(o.Time, time.DateTime), o.Chain, o.Seq, o.Who, o.Intent, o.summary()); err != nil {
				return err
			}
		}
		return nil
	})
}

func (o *logOut) summary() string {
	text := ""
	for i, r := range o.Rows {
		if i == 3 {
			return text + "…"
		}
		text += r.Kind + " " + r.Table + "  "
	}
	for i, a := range o.Accesses {
		if i == 3 {
			return text + "…"
		}
		text += a.Action + " " + a.What + "  "
	}
	return strings.TrimSpace(text)
}

var kindNames = map[ledger.Kind]string{ledger.Insert: "insert", ledger.Update: "update", ledger.Purge: "purge"}

// present shapes one payload for printing.
func present(h ledger.Header, p *ledger.Payload, who string, show func(ledger.Class) bool) logOut {
	o := logOut{
		Time: clinic.TimeOf(h.HLC.Time()), Device: h.Device, Seq: h.Seq, Chain: "changes",
		Actor: p.Actor, Who: who, Intent: p.Intent,
	}
	if h.Chain == ledger.Accesses {
		o.Chain = "accesses"
	}
	add := func(changes []ledger.Change, values bool) {
		for _, c := range changes {
			row := logRow{Table: c.Table, ID: c.Key, Kind: kindNames[c.Kind]}
			for _, col := range c.Columns {
				row.Columns = append(row.Columns, col.Name)
				if values {
					row.set(col)
				}
			}
			o.Rows = append(o.Rows, row)
		}
	}
	add(p.Rows, show(ledger.None))
	for _, part := range p.Parts {
		add(part.Rows, show(part.Class))
	}
	for _, a := range p.Accesses {
		o.Accesses = append(o.Accesses, logAccess{clinic.Time(a.At), a.Action, a.What, a.Patient, a.Count})
	}
	return o
}

func (r *logRow) set(c ledger.Column) {
	put := func(m *map[string]any, v any) {
		if b, ok := v.([]byte); ok && len(b) == 16 {
			v = ledger.ID(b)
		}
		if v == nil || v == "" {
			return
		}
		if *m == nil {
			*m = map[string]any{}
		}
		(*m)[c.Name] = v
	}
	put(&r.Old, c.Old)
	put(&r.New, c.New)
}
