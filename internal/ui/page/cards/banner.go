// Package cards has the pages of patients' cards: the list that searches while one
// types, the card with its tabs, and the banner that stands on every page of a
// patient. What they show and do is decided in present/cards.
package cards

import (
	"bytes"
	"context"
	"fmt"
	"image"
	_ "image/jpeg" // photos are JPEG

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

	"feldsher/internal/clinic"
	"feldsher/internal/ui/kit"
	"feldsher/internal/ui/page"
	model "feldsher/internal/ui/present/cards"
)

// photoSide is the side of the photo before scaling; the banner is a little higher.
const photoSide = 58

// Banner is what stands on top of every page of a patient: who it is, allergies in
// red, marks and problems. The photo is loaded beside it.
func Banner(env *page.Env, b model.Banner) fyne.CanvasObject {
	name := kit.NewText(b.Name).Sized(kit.TextTitle).Bold().Cut(60)
	about, number := kit.Muted(b.About).Cut(60), kit.Muted("")
	if b.Case != "" {
		number.Set(env.T("cards_case", "number", b.Case))
	}
	first := container.New(heading{b.Name, b.About}, name, about, number)
	lines := kit.Col(5, first, newChips(env, bannerChips(env, b)))
	photo := kit.Fixed(photoSide, photoSide, portrait(env, b))
	row := container.NewBorder(nil, nil, kit.Inset(0, 14, 0, 0, container.NewCenter(photo)), nil, container.New(middle{}, lines))
	return kit.Ground(theme.ColorNameBackground, kit.Edges(nil, kit.Line(), nil, nil, kit.Inset(8, 16, 8, 16, row)))
}

// LoadBanner gives the banner of a patient for a page that does not have the chart at
// hand: an empty one of the same height first, filled when it is read. patient names
// any card of the person. Reload reads it again, after an allergy was added, say.
func LoadBanner(env *page.Env, patient clinic.ID) (banner fyne.CanvasObject, reload func()) {
	place := container.NewStack(Banner(env, model.Banner{Icon: "user"}))
	reload = func() {
		kit.Load(env.Loader, "banner", func(ctx context.Context) (model.Banner, error) {
			return model.LoadBanner(ctx, env.Session, patient)
		}, func(b model.Banner, err error) {
			if err != nil {
				env.Fail(err)
				return
			}
			place.Objects = []fyne.CanvasObject{Banner(env, b)}
			place.Refresh()
		})
	}
	return place, reload
}

// heading puts the name first, as wide as it needs, then what is said of the patient,
// and the number at the right end; where all is too wide, each keeps its half.
type heading struct{ name, about string }

// MinSize implements fyne.Layout.
func (h heading) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var w float32
	for _, o := range objects {
		w += o.MinSize().Width + kit.Px(14)
	}
	return fyne.NewSize(w, objects[0].MinSize().Height)
}

// Layout implements fyne.Layout.
func (h heading) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	gap, number := kit.Px(14), objects[2].MinSize()
	name := fyne.MeasureText(h.name, kit.Px(kit.TextTitle), fyne.TextStyle{Bold: true}).Width + 1
	room := size.Width - number.Width - gap
	about := fyne.MeasureText(h.about, kit.Px(kit.TextNormal), fyne.TextStyle{}).Width + 1
	name = min(name, max(room-about-gap, room/2))
	at := float32(0)
	// The small words stand on the foot of the big ones.
	low := objects[0].MinSize().Height - kit.Px(3)
	put := func(o fyne.CanvasObject, x, w, y float32) {
		o.Move(fyne.NewPos(x, y))
		o.Resize(fyne.NewSize(max(w, 0), o.MinSize().Height))
	}
	put(objects[0], at, name, 0)
	at += name + gap
	put(objects[1], at, room-at, low-objects[1].MinSize().Height)
	put(objects[2], size.Width-number.Width, number.Width, low-number.Height)
}

// middle puts its object into the middle of the height.
type middle struct{}

func (middle) MinSize(objects []fyne.CanvasObject) fyne.Size { return objects[0].MinSize() }

func (middle) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	h := objects[0].MinSize().Height
	objects[0].Move(fyne.NewPos(0, max(size.Height-h, 0)/2))
	objects[0].Resize(fyne.NewSize(size.Width, h))
}

// portrait is the photo, or the sign of the sex where there is none.
func portrait(env *page.Env, b model.Banner) fyne.CanvasObject {
	ground := canvas.NewRectangle(theme.Color(kit.ColorAccentSoft))
	ground.CornerRadius = kit.Px(8)
	place := container.NewStack(ground, container.NewCenter(kit.Picture(b.Icon, theme.ColorNamePrimary, 30)))
	if !b.HasPhoto {
		return place
	}
	kit.Load(env.Loader, "photo", func(ctx context.Context) (image.Image, error) {
		file, err := env.Records.Photo(ctx, b.ID)
		if err != nil || file == nil {
			return nil, err
		}
		picture, _, err := image.Decode(bytes.NewReader(file))
		return picture, err
	}, func(picture image.Image, err error) {
		if err != nil || picture == nil {
			return // the sign stays: nobody waits for a picture
		}
		img := canvas.NewImageFromImage(picture)
		img.FillMode, img.CornerRadius = canvas.ImageFillCover, kit.Px(8)
		place.Objects = []fyne.CanvasObject{ground, img}
		place.Refresh()
	})
	return place
}

// bannerChips lists allergies first, then marks, then problems.
func bannerChips(env *page.Env, b model.Banner) []chip {
	var out []chip
	for _, a := range b.Allergies {
		out = append(out, chip{kit.Wrong, "allergy", a})
	}
	for _, f := range b.Flags {
		out = append(out, chip{tone(f.Tone), f.Icon, f.Text})
	}
	if b.Care && len(b.Allergies) == 0 {
		out = append(out, chip{kit.Calm, "info", env.T("cards_no_allergies")})
	}
	for _, p := range b.Problems {
		out = append(out, chip{kit.Calm, "", model.Short(p, 48)})
	}
	return out
}

func tone(t model.Tone) kit.Tone {
	switch t {
	case model.Alarm:
		return kit.Wrong
	case model.Caution:
		return kit.Warn
	}
	return kit.Calm
}

// chip is a word on a soft ground.
type chip struct {
	tone       kit.Tone
	icon, text string
}

// chips is one line of chips; those that find no room are counted at its end, in red
// where an allergy is among them.
type chips struct {
	env   *page.Env
	list  []chip
	shown []fyne.CanvasObject
	more  map[string]fyne.CanvasObject
	rest  *fyne.Container
}

func newChips(env *page.Env, list []chip) fyne.CanvasObject {
	c := &chips{env: env, list: list, rest: container.NewStack()}
	all := []fyne.CanvasObject{}
	for _, x := range list {
		o := kit.Chip(x.tone, x.icon, x.text)
		c.shown = append(c.shown, o)
		all = append(all, o)
	}
	if len(list) == 0 {
		all = append(all, kit.Chip(kit.Calm, "", " "))
		all[0].Hide()
	}
	return container.New(c, append(all, c.rest)...)
}

// MinSize implements fyne.Layout.
func (c *chips) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(kit.Px(80), objects[0].MinSize().Height)
}

// Layout implements fyne.Layout.
func (c *chips) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	gap, at, n := kit.Px(6), float32(0), 0
	for i, o := range c.shown {
		w, room := o.MinSize().Width, size.Width
		if i < len(c.shown)-1 {
			room -= kit.Px(90) // for the count
		}
		if at+w > room && i > 0 {
			break
		}
		at += min(w, size.Width) + gap
		n++
	}
	at = 0
	for i, o := range c.shown {
		if i >= n {
			o.Hide()
			continue
		}
		o.Show()
		m := o.MinSize()
		o.Move(fyne.NewPos(at, 0))
		o.Resize(fyne.NewSize(min(m.Width, size.Width), m.Height))
		at += m.Width + gap
	}
	c.count(n, at)
}

// count says how many chips found no room.
func (c *chips) count(n int, at float32) {
	if n >= len(c.list) {
		c.rest.Objects = nil
		return
	}
	t := kit.Calm
	for _, x := range c.list[n:] {
		if x.tone == kit.Wrong {
			t = kit.Wrong
		}
	}
	key := fmt.Sprint(t, len(c.list)-n)
	if c.more == nil {
		c.more = map[string]fyne.CanvasObject{}
	}
	if c.more[key] == nil {
		c.more[key] = kit.Chip(t, "", c.env.T("cards_more", "n", len(c.list)-n))
	}
	c.rest.Objects = []fyne.CanvasObject{c.more[key]}
	c.rest.Move(fyne.NewPos(at, 0))
	c.rest.Resize(c.more[key].MinSize())
}
