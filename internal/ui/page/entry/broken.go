package entry

import (
	"fyne.io/fyne/v2"

	"feldsher/internal/fault"
	"feldsher/internal/ui/kit"
)

// broken is the page of a clinic that can't be opened: what happened, what was
// kept, what to do, and another try.
type broken struct {
	d     *Door
	again *kit.Button
}

func newBroken(d *Door) *broken { return &broken{d: d} }

// icons and headings by what is wrong.
func (b *broken) what() (icon, head string) {
	switch fault.KindOf(b.d.Gate.Fault()) {
	case fault.Locked:
		return "lock", "entry_broken_locked"
	case fault.Space:
		return "folder", "entry_broken_space"
	case fault.Newer:
		return "clock", "entry_broken_newer"
	case fault.Damaged:
		return "error", "entry_broken_damaged"
	}
	return "error", "entry_broken"
}

func (b *broken) content() fyne.CanvasObject {
	d := b.d
	icon, head := b.what()
	b.again = kit.NewButton(d.t("entry_broken_again"), b.retry).Ranked(kit.Primary).With("sync").Key("F5")
	form := kit.Col(14,
		kit.Row(0, kit.Picture(icon, kit.ColorMuted, 44)),
		title(d.t(head), d.t("entry_broken_below")),
		kit.Notice(kit.Wrong, d.Gate.Words().Fault(d.Gate.Fault())),
		kit.NewField(d.t("entry_broken_dir"), kit.NewText(d.Gate.Dir()).Cut(60)),
		kit.Row(8, b.again),
	)
	return d.sheet(d.side(lines("save", []string{d.t("entry_broken_kept")}), d.speech()), 520, form)
}

func (b *broken) shown() { b.d.focus(b.again) }

func (b *broken) retry() {
	b.d.Gate.Look()
	b.d.Changed()
}

func (b *broken) key(k kit.Key) bool {
	if k == kit.Plain(fyne.KeyF5) {
		b.retry()
		return true
	}
	return false
}
