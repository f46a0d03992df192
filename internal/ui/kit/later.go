package kit

import (
	"context"
	"time"
)

// Later does something on Fyne's thread after a pause: what follows typing but costs more
// than a letter may. Of the same name the latest wins, and nothing is done when the page
// is gone. An inline loader does it at once.
func Later(l *Loader, name string, after time.Duration, do func()) {
	if l.inline {
		do()
		return
	}
	Load(l, name, func(ctx context.Context) (bool, error) {
		pause := time.NewTimer(after)
		defer pause.Stop()
		select {
		case <-ctx.Done():
			return false, ctx.Err()
		case <-pause.C:
			return true, nil
		}
	}, func(_ bool, err error) {
		if err == nil {
			do()
		}
	})
}
