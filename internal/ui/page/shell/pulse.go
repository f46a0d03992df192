package shell

import (
	"context"
	"time"

	"fyne.io/fyne/v2"

	"feldsher/internal/ui/kit"
	"feldsher/internal/ui/present"
	model "feldsher/internal/ui/present/shell"
)

// pulse keeps in sight how the exchange with other workstations stands: in the top
// line when it was last confirmed, in the status line what waits to be sent and what
// waits for the user. Where there is no exchange it shows nothing.
type pulse struct {
	f       *Frame
	loader  *kit.Loader
	unwatch func()
}

// pulseEvery is how often the age of the last exchange is written anew.
const pulseEvery = 20 * time.Second

func newPulse(f *Frame) *pulse {
	p := &pulse{f: f, loader: kit.NewLoader(f.ctx), unwatch: func() {}}
	if f.Inline {
		p.loader.Inline()
	}
	if x := f.Session.Sync; x != nil {
		p.unwatch = x.Watch(func(s present.SyncState) {
			fyne.Do(func() { p.show(s) })
		})
		if !f.Inline {
			go p.tick()
		}
	}
	p.show(f.Session.SyncState())
	p.count()
	return p
}

func (p *pulse) stop() {
	p.unwatch()
	p.loader.Close()
}

func (p *pulse) tick() {
	t := time.NewTicker(pulseEvery)
	defer t.Stop()
	for {
		select {
		case <-p.f.ctx.Done():
			return
		case <-t.C:
			fyne.Do(func() { p.show(p.f.Session.SyncState()) })
		}
	}
}

// show writes the state into the frame.
func (p *pulse) show(state present.SyncState) {
	f := p.f
	if f.ctx.Err() != nil {
		return
	}
	x := model.PulseOf(f.Session, state)
	if x.Linked != f.top.sync.Visible() || x.Last != f.top.sync.Text() {
		f.top.sync.Set(x.Last, x.Icon)
		if x.Linked {
			f.top.sync.Show()
		} else {
			f.top.sync.Hide()
		}
		f.top.object.Refresh()
	} else {
		f.top.sync.Set(x.Last, x.Icon)
	}
	if x.Waiting != f.status.wait {
		f.status.wait = x.Waiting
		f.status.kept(f.status.dirty)
	}
}

// count asks how many conflicts wait for the user.
func (p *pulse) count() {
	f := p.f
	kit.Load(p.loader, "conflicts", func(ctx context.Context) (int, error) {
		mine, _, err := f.Session.Conflicts.Count(ctx)
		return mine, err
	}, func(n int, err error) {
		if err != nil || f.ctx.Err() != nil { // the inbox itself says what is wrong
			return
		}
		if n != f.status.open {
			f.status.open = n
			f.status.kept(f.status.dirty)
		}
	})
}
