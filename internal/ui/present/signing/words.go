package signing

import (
	"strings"

	"feldsher/internal/clinic"
)

// Title of the page: the protocol's.
func (sh *Sheet) Title() string {
	if t := strings.TrimSpace(sh.out.Protocol.Title); t != "" {
		return t
	}
	return sh.session.T("signing_protocol")
}

// Subject says whose protocol it is: «Ковылина Дарья Игоревна, 09.03.1984, карта А-000001».
func (sh *Sheet) Subject() string {
	p := &sh.out.Patient
	parts := []string{strings.TrimSpace(p.Name.String()), sh.session.Words.Date(p.BirthDate)}
	if parts[0] == "" {
		parts[0] = sh.session.T("signing_nameless")
	}
	if p.CaseNumber != "" {
		parts = append(parts, sh.session.T("signing_case", "number", p.CaseNumber))
	}
	var full []string
	for _, s := range parts {
		if s != "" {
			full = append(full, s)
		}
	}
	return strings.Join(full, ", ")
}

// StateWord is the state in a word or two, Meaning in sentences: what can still be
// changed and what not.
func (sh *Sheet) StateWord() string {
	t := sh.session.T
	switch sh.State() {
	case Draft:
		return t("signing_draft")
	case Superseded:
		return t("signing_superseded")
	}
	return t("signing_signed")
}

// Meaning of the state.
func (sh *Sheet) Meaning() string {
	t, w, p := sh.session.T, sh.session.Words, &sh.out.Protocol
	switch sh.State() {
	case Draft:
		if !sh.session.May(clinic.SignProtocols) {
			return t("signing_draft_other")
		}
		return t("signing_draft_means")
	case Superseded:
		return t("signing_superseded_means", "n", sh.out.Superseded.Version, "time", w.Moment(sh.out.Superseded.Signed))
	}
	return t("signing_signed_means", "name", p.SignerName, "time", w.Moment(p.Signed))
}

// Original says where the binding original is, and whether something is to be done;
// empty for a draft.
func (sh *Sheet) Original() (text string, open bool) {
	t, p := sh.session.T, &sh.out.Protocol
	switch {
	case p.Status != clinic.ProtocolSigned:
		return "", false
	case p.Original == clinic.OriginalElectronic && p.Qualified.IsZero():
		return t("signing_original_electronic_waits"), true
	case p.Original == clinic.OriginalElectronic:
		return t("signing_original_electronic"), false
	case p.Scan.IsZero():
		return t("signing_original_paper_waits"), true
	}
	return t("signing_original_scan"), false
}

// Question is what the user agrees to by signing.
func (sh *Sheet) Question() (title, text string) {
	return sh.session.T("signing_ask"), sh.session.T("signing_ask_text", "title", sh.Title(), "subject", sh.Subject())
}

// Version is a line of the list of versions.
type Version struct {
	ID      clinic.ID
	Number  int
	Name    string // «Версия 2»
	About   string // «подписал Ким А. О., 21.11.2026 12:30»
	Why     string // reason of the correction
	State   State
	Current bool // the one on the page
}

// Versions of the document, the newest first.
func (sh *Sheet) Versions() []Version {
	t, w := sh.session.T, sh.session.Words
	var list []Version
	for i := range sh.out.Versions {
		p := &sh.out.Versions[i]
		v := Version{ID: p.ID, Number: p.Version, Name: t("signing_version", "n", max(p.Version, 1)), Why: p.Why, Current: p.ID == sh.ID()}
		switch {
		case p.Status != clinic.ProtocolSigned:
			v.State, v.About = Draft, t("signing_version_draft", "time", w.Moment(p.Written))
		default:
			v.State, v.About = Signed, t("signing_version_signed", "name", p.SignerName, "time", w.Moment(p.Signed))
			for j := range sh.out.Versions {
				if q := &sh.out.Versions[j]; q.Amends == p.ID && q.Status == clinic.ProtocolSigned {
					v.State = Superseded
				}
			}
		}
		list = append(list, v)
	}
	return list
}
