package clinic

import "strings"

// Fits reports whether a pathway is meant for a diagnosis, whose ICD-10 code stands in
// canonical form: its codes are codes, beginnings of codes and blocks such as I10-I15.
func (p *Pathway) Fits(code string) bool {
	if len(code) < 3 {
		return false
	}
	for _, c := range p.Codes {
		if first, last, block := strings.Cut(c, "-"); block {
			if first <= code[:3] && code[:3] <= last {
				return true
			}
		} else if c != "" && strings.HasPrefix(code, c) {
			return true
		}
	}
	return false
}
