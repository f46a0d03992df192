package kit

import "context"

// Lasting is a loader for what must come to its end though the page is left: a
// booking that was confirmed, an undo from the status line. Nobody closes it; where
// works run at once here, they do so there.
func (l *Loader) Lasting() *Loader {
	n := NewLoader(context.WithoutCancel(l.ctx))
	n.inline, n.told = l.inline, l.told
	return n
}
