package vault

import "feldsher/internal/ledger"

// Epochs gives the highest epoch of each scope in this vault, published or not.
func (s *Session) Epochs() map[ledger.ID]uint32 {
	b := s.body0()
	out := make(map[ledger.ID]uint32, 1)
	for i := range b.Scopes {
		out[b.Scopes[i].Scope] = max(out[b.Scopes[i].Scope], b.Scopes[i].Epoch)
	}
	return out
}
