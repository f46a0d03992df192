package sealed

import (
	"crypto/rand"
	"sync"
	"testing"
)

// Databases are opened and closed side by side: SQLite's list of VFSs is
// changed by one while another copies the base VFS. The race detector judges.
func TestRegisterSideBySide(t *testing.T) {
	t.Parallel()
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 50 {
				var key Key
				_, _ = rand.Read(key[:])
				v, err := register(key, nil)
				if err != nil {
					t.Error(err)
					return
				}
				if err := v.unregister(); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
}
