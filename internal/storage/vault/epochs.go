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

// Epoch names one key of a scope.
type Epoch struct {
	Scope  ledger.ID
	Number uint32
}

// Publication gives Records together with the epochs of which they hold every share
// that this vault has, both of one moment: whoever has written these records tells
// Published of these epochs, and of no epoch that was made since. It is nothing
// after Close.
func (s *Session) Publication() (records []Record, epochs []Epoch) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.closed {
		return nil, nil
	}
	for i := range s.body.Scopes {
		e := &s.body.Scopes[i]
		epochs = append(epochs, Epoch{e.Scope, e.Epoch})
	}
	return s.body.records(), epochs
}
