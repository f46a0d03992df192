package cards

import (
	"context"
	"encoding/json"

	"feldsher/internal/clinic"
	"feldsher/internal/service/records"
)

// Draft is what is being typed in a panel of the card: it survives the lock, a power
// cut and the way to another page (R3.8).
type Draft struct {
	Panel  string            `json:"panel"` // allergy, problem, annul, merge
	Record clinic.ID         `json:"record,omitzero"`
	Fields map[string]string `json:"fields"`
}

// Draft gives what was typed on this card and not saved; nil for nothing.
func (c *Card) Draft(ctx context.Context) (*Draft, error) {
	d, ok, err := c.s.Records.Draft(ctx, records.DraftOther, c.Patient().ID)
	if err != nil || !ok {
		return nil, err
	}
	out := &Draft{}
	if bad := json.Unmarshal([]byte(d.Body), out); bad != nil || out.Panel == "" {
		out = nil // of another page, or of another version
	}
	return out, nil
}

// Keep keeps what is typed; nil forgets it.
func (c *Card) Keep(ctx context.Context, d *Draft) error {
	body := ""
	if d != nil {
		text, err := json.Marshal(d)
		if err != nil {
			return err
		}
		body = string(text)
	}
	return c.s.Records.SaveDraft(ctx, records.DraftOther, c.Patient().ID, body)
}

// Fields gives what is typed, by name, for a draft.
func (f *AllergyForm) Fields() map[string]string {
	return map[string]string{
		"substance": f.Substance, "reaction": f.Reaction, "since": f.Since, "kind": f.Kind, "severity": f.Severity, "status": f.Status,
	}
}

// Restore takes what a draft has.
func (f *AllergyForm) Restore(fields map[string]string) {
	restore(fields, map[string]*string{
		"substance": &f.Substance, "reaction": &f.Reaction, "since": &f.Since, "kind": &f.Kind, "severity": &f.Severity, "status": &f.Status,
	})
}

// Fields gives what is typed, by name, for a draft.
func (f *ProblemForm) Fields() map[string]string {
	return map[string]string{
		"text": f.Text, "since": f.Since, "resolved": f.Resolved, "status": f.Status,
		"code": f.coding.Code, "version": f.coding.Version, "name": f.coding.Name, "system": f.coding.System,
	}
}

// Restore takes what a draft has.
func (f *ProblemForm) Restore(fields map[string]string) {
	restore(fields, map[string]*string{
		"text": &f.Text, "since": &f.Since, "resolved": &f.Resolved, "status": &f.Status,
		"code": &f.coding.Code, "version": &f.coding.Version, "name": &f.coding.Name, "system": &f.coding.System,
	})
}

func restore(fields map[string]string, into map[string]*string) {
	for name, to := range into {
		if v, ok := fields[name]; ok {
			*to = v
		}
	}
}
