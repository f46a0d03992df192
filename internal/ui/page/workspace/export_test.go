package workspace

// Still keeps the clock's work off the page: the test driver would run it beside the
// test's own keys.
func (p *Page) Still() { p.w.OnState(nil) }

// ShowState shows what Still has held back.
func (p *Page) ShowState() { p.showState() }
