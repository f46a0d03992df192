package entry

import (
	"context"

	"fyne.io/fyne/v2"

	"feldsher/internal/ui/kit"
	model "feldsher/internal/ui/present/entry"
)

// recovery is the way in by the paper: the phrase, and a new password.
type recovery struct {
	d               *Door
	model           *model.RecoveryView
	back            func()
	phrase          *kit.Entry
	phraseField     *kit.Field
	who             *kit.Select
	password, again *secret
	meter           *meter
	enter           *kit.Button
	busy            bool
}

func newRecovery(d *Door, login string, back func()) *recovery {
	return &recovery{d: d, model: model.NewRecovery(d.Gate, login), back: back}
}

func (r *recovery) content() fyne.CanvasObject {
	d := r.d
	r.phrase = kit.NewNote(4)
	r.phrase.Limit = 600
	r.phrase.Hint(d.t("entry_recover_hint"))
	r.phraseField = kit.NewField(d.t("entry_recover_phrase"), r.phrase)
	r.phrase.OnChanged = func(string) { r.look() }
	options := make([]kit.Option, len(r.model.Users))
	for i, u := range r.model.Users {
		options[i] = kit.Option{Code: u.Login, Text: u.Login}
	}
	r.who = kit.NewSelect(options, func(code string) {
		for i, u := range r.model.Users {
			if u.Login == code {
				r.model.Choose(i)
			}
		}
	})
	if len(r.model.Users) > 0 {
		r.who.Set(r.model.Users[r.model.At()].Login)
	}
	words := d.Gate.Words()
	r.meter = newMeter(func(level int) string { return model.StrengthWord(words, level) }, words.Warning)
	r.password = newSecret(d.t("entry_password_new_label"), nil)
	r.password.changed = func(text string) {
		s := r.model.Strength(text)
		r.meter.show(s)
		r.d.say(r.password.field, r.meter.advise(s))
	}
	r.again = newSecret(d.t("entry_password_again"), r.submit)
	r.enter = kit.NewButton(d.t("entry_recover_enter"), r.submit).Ranked(kit.Primary).With("unlock").Key("Enter")
	form := kit.Col(10,
		title(d.t("entry_recover"), d.t("entry_recover_below")),
		kit.NewField(d.t("entry_recover_who"), r.who), r.phraseField,
		kit.Columns(14, nil, r.password.field, r.again.field), r.meter.object,
		kit.Inset(6, 0, 0, 0, kit.Columns(10, []float32{1, 0}, r.enter, kit.NewButton(d.t("entry_back"), r.back).Ranked(kit.Quiet).With("arrow-left").Key("Esc"))),
	)
	r.look()
	about := kit.Col(10, kit.Heading(d.t("entry_recover_where")), lines("info", []string{d.t("entry_recover_about1"), d.t("entry_recover_about2")}))
	return d.sheet(d.side(about, nil), 540, form)
}

func (r *recovery) shown() { r.d.focus(r.phrase) }

// look tells how far the phrase is.
func (r *recovery) look() {
	s, _ := r.model.Phrase(r.phrase.Text)
	r.d.say(r.phraseField, s)
}

func (r *recovery) submit() {
	if r.busy {
		return
	}
	r.busy = true
	r.enter.Disable()
	phrase, password, again := r.phrase.Text, r.password.entry.Text, r.again.entry.Text
	type outcome struct {
		in    bool
		field string
	}
	kit.Load(r.d.loader, "recover", func(ctx context.Context) (outcome, error) {
		in, field := r.model.Enter(context.WithoutCancel(ctx), phrase, password, again)
		return outcome{in, field}, nil
	}, func(o outcome, _ error) {
		r.busy = false
		r.enter.Enable()
		if o.in {
			r.phrase.SetText("")
			r.d.Changed()
			return
		}
		says := r.model.Says()
		switch o.field {
		case "password":
			r.d.say(r.password.field, says)
			r.d.focus(r.password.entry)
		case "again":
			r.d.say(r.again.field, says)
			r.d.focus(r.again.entry)
		default:
			r.d.say(r.phraseField, says)
			r.d.focus(r.phrase)
		}
	})
}

func (r *recovery) key(k kit.Key) bool {
	switch k {
	case kit.Plain(fyne.KeyEscape):
		r.back()
	case kit.Plain(fyne.KeyReturn), kit.Plain(fyne.KeyEnter), kit.Ctrl(fyne.KeyReturn):
		r.submit()
	default:
		return false
	}
	return true
}
