package shell

import (
	"os"
	"strconv"
	"strings"
	"testing"
	"time"
)

// meter tells how long this thread was kept from running by other programs. A limit
// in milliseconds says what our own code needs; on a computer that does other things
// at the same time, waiting for a core would be counted with it. What remains is the
// time on a core and the time waited for disk, locks and our own goroutines: just what
// freezes a window. The test holds its thread (runtime.LockOSThread), as Fyne does.
type meter struct {
	file *os.File
	buf  [96]byte
}

func newMeter(t testing.TB) *meter {
	f, err := os.Open("/proc/thread-self/schedstat")
	if err != nil {
		return &meter{} // a kernel without the figures: the clock must do
	}
	t.Cleanup(func() { _ = f.Close() })
	return &meter{file: f}
}

// queued is how long this thread has waited for a core so far.
func (m *meter) queued() time.Duration {
	if m.file == nil {
		return 0
	}
	n, _ := m.file.ReadAt(m.buf[:], 0)
	parts := strings.Fields(string(m.buf[:n]))
	if len(parts) < 2 {
		return 0
	}
	ns, _ := strconv.ParseInt(parts[1], 10, 64)
	return time.Duration(ns)
}
