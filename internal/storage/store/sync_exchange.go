package store

import "context"

// Exchanging waits until no other exchange of this program is at a step that must
// not meet another one (the ring's wrapping key is one for all of them), and gives
// what ends the step. Steps are short: nobody holds it while waiting for news.
func (s *Store) Exchanging(ctx context.Context) (end func(), err error) {
	select {
	case s.exchanging <- struct{}{}:
		return func() { <-s.exchanging }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
