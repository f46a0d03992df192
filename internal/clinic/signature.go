package clinic

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
)

// protocolDomain keeps a protocol's signature from serving anything else.
const protocolDomain = "feldsher/protocol/1\x00"

// SignedForm is what a doctor's signature stands under: every word of the
// protocol, whose it is, which version of what, when and by whom it was signed.
// It leaves out only what may change afterwards (where the paper original is).
func (p Protocol) SignedForm() ([]byte, error) {
	form := struct {
		ID, Patient, Visit, Template, Amends, Signer ID
		TemplateVersion, Version                     int
		Title, Lang, Why, SignerName, SignerPost     string
		Written, Signed                              Time
		Shape                                        []Field
		Values                                       map[string]string
		Care                                         *Care
	}{
		p.ID, p.Patient, p.Visit, p.Template, p.Amends, p.Signer, p.TemplateVersion, p.Version,
		p.Title, p.Lang, p.Why, p.SignerName, p.SignerPost, p.Written, p.Signed, p.Shape, p.Values, p.Care,
	}
	b, err := json.Marshal(form) // struct order and sorted map keys: one form only
	if err != nil {
		return nil, fmt.Errorf("clinic: protocol: %w", err)
	}
	return append([]byte(protocolDomain), b...), nil
}

// SignedDigest is the SHA-256 of the signed form.
func (p Protocol) SignedDigest() ([]byte, error) {
	form, err := p.SignedForm()
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(form)
	return sum[:], nil
}
