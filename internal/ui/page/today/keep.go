package today

import (
	"context"
	"time"

	"fyne.io/fyne/v2"

	"feldsher/internal/ui/kit"
	model "feldsher/internal/ui/present/today"
)

// keep keeps the draft soon, and says that it is not kept yet.
func (p *bookPanel) keep() {
	if p.over {
		return
	}
	p.b.env.Kept(true)
	if p.timer == nil {
		p.timer = time.AfterFunc(1200*time.Millisecond, func() { fyne.Do(p.keepNow) })
		return
	}
	p.timer.Reset(1200 * time.Millisecond)
}

func (p *bookPanel) keepNow() {
	if p.over || p.b.panel != p {
		return
	}
	form := *p.form
	kit.Load(p.b.env.Loader, "keep", func(ctx context.Context) (struct{}, error) {
		return struct{}{}, model.KeepForm(context.WithoutCancel(ctx), p.s(), &form)
	}, func(_ struct{}, err error) {
		if err != nil {
			p.b.env.Fail(err)
			return
		}
		p.b.env.Kept(false)
	})
}

// leave implements panel: what is typed is kept at once, what is booked is forgotten.
func (p *bookPanel) leave() {
	if p.timer != nil {
		p.timer.Stop()
	}
	form := p.form
	if p.over {
		form = nil
	}
	if err := model.KeepForm(context.WithoutCancel(p.b.env.Loader.Context()), p.s(), form); err != nil {
		p.b.env.Fail(err)
	}
	p.b.env.Kept(false)
}
