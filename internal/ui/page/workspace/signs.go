package workspace

import (
	"fyne.io/fyne/v2"

	"feldsher/internal/ui/kit"
	model "feldsher/internal/ui/present/workspace"
)

// signField is a vital sign: what is typed, and below what is usual, what it was, or
// what is to be looked at again.
type signField struct {
	p     *Page
	key   string
	field *kit.Field
	entry *kit.Entry // nil for what is computed
	value *kit.Text  // of what is computed
	left  bool       // it was left once: now it may say that it can't be read
}

// vitals is the grid of vital signs.
func (p *Page) vitals() fyne.CanvasObject {
	var places []fyne.CanvasObject
	for _, v := range p.w.Vitals() {
		s := &signField{p: p, key: v.Key}
		p.signs[v.Key] = s
		if v.Computed {
			s.value = kit.NewText("").Sized(kit.TextNote).Bold()
			s.field = kit.NewField(v.Name+", "+v.Unit, kit.Inset(7, 0, 7, 2, s.value))
			places = append(places, s.field)
			s.show(v)
			continue
		}
		s.entry = kit.NewEntry()
		s.entry.Limit = 24
		s.field = kit.NewField(v.Name+", "+v.Unit, s.entry)
		s.entry.OnChanged = s.changed
		s.entry.OnEnter = func() {
			p.sign = s.key
			p.entered("vitals."+s.key, s.field)
		}
		s.entry.OnLeave = s.settle
		if p.firsts[model.Vitals] == nil {
			p.firsts[model.Vitals] = s.entry
		}
		places = append(places, s.field)
		s.show(v)
	}
	return tiles(152, 12, 4, places...)
}

func (s *signField) changed(text string) {
	if s.p.quiet {
		return
	}
	s.p.w.SetVital(s.key, text)
	s.say(s.p.w.Vital(s.key))
	for key, o := range s.p.signs {
		if v := s.p.w.Vital(key); v.Computed {
			o.show(v)
		}
	}
}

// settle puts what was typed into the form in which people read it.
func (s *signField) settle() {
	s.left = true
	s.show(s.p.w.Vital(s.key))
}

func (s *signField) show(v model.VitalView) {
	was := s.p.quiet
	s.p.quiet = true
	if s.value != nil {
		s.value.Set(v.Typed)
	} else if s.entry.Text != v.Typed {
		s.entry.SetText(v.Typed)
	}
	s.p.quiet = was
	s.say(v)
}

// say tells in the order of weight: an error, a doubt, above or below the norm, the
// last value, the norm.
func (s *signField) say(v model.VitalView) {
	t := s.p.env.T
	switch {
	case v.Remark.Wrong && s.left:
		s.field.Say(kit.Wrong, v.Remark.Text)
	case v.Remark.Text != "" && !v.Remark.Wrong:
		s.field.Say(kit.Warn, v.Remark.Text)
	case v.Flag == "H":
		s.field.Say(kit.Warn, "▲ "+t("visit_flag_H"))
	case v.Flag == "L":
		s.field.Say(kit.Warn, "▼ "+t("visit_flag_L"))
	case v.Last != "" && v.Typed == "":
		s.field.Say(kit.Calm, v.Last)
	case v.Norm != "":
		s.field.Say(kit.Calm, t("visit_norm", "norm", v.Norm))
	default:
		s.field.Say(kit.Calm, "")
	}
}

// showSigns shows the numbers that the visit has, and the last ones of earlier visits.
func (p *Page) showSigns() {
	for key, s := range p.signs {
		if s.entry != nil && s.entry.Focused() {
			s.say(p.w.Vital(key))
			continue
		}
		s.show(p.w.Vital(key))
	}
}
