package signing

import (
	"context"
	"strconv"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"feldsher/internal/clinic"
	"feldsher/internal/exchange/printer"
	"feldsher/internal/ui/kit"
	"feldsher/internal/ui/page"
	"feldsher/internal/ui/page/files"
	"feldsher/internal/ui/present"
	model "feldsher/internal/ui/present/signing"
)

const (
	panelWidth = 520
	wordRoom   = 14               // for a word at a field that takes a second line
	keptFor    = 10 * time.Minute // how long a file for printing may stand
)

// Sign asks once more, in words, and signs. Where a field is wrong or a required one
// is empty, it goes there instead.
func (p *Page) Sign() {
	if p.sheet == nil || !p.sheet.CanSign() || p.busy {
		return
	}
	if f := p.sheet.Form; f != nil {
		if wrong := f.Check(true); len(wrong) > 0 {
			p.toField(wrong[0])
			p.blame(page.Message{Tone: kit.Warn, Text: p.env.T("signing_wrong", "n", len(wrong))})
			return
		}
	}
	p.absolve()
	title, text := p.sheet.Question()
	p.panel(title, lines(text, panelWidth, kit.TextNormal, theme.ColorNameForeground), nil,
		"signing_ask_yes", "sign", "signing_ask_no", func(a *asking) {
			a.layer.Close()
			p.signed()
		})
}

func (p *Page) signed() {
	if p.busy {
		return
	}
	p.busy, p.unsaved = true, false
	change := p.sheet.Change()
	kit.Load(p.env.Loader.Lasting(), "signing", change.Sign, func(sh *model.Sheet, err error) {
		p.busy = false
		if err != nil {
			p.failed(err)
			return
		}
		p.editing = false
		p.env.Kept(false)
		p.take(sh)
		p.env.Say(page.Message{Tone: kit.Good, Text: p.env.T("signing_done"), Action: p.env.T("signing_print"), Do: p.Print, Ahead: true})
		p.env.Fail(sh.After)
	})
}

// asking is a panel that waits for an answer.
type asking struct {
	layer *kit.Layer
	yes   *kit.Button
}

// panel shows something to fill in, with what is done by Enter and a way out by Esc.
func (p *Page) panel(title string, content fyne.CanvasObject, focus fyne.Focusable, word, icon, no string, do func(*asking)) {
	a := &asking{}
	a.yes = kit.NewButton(p.env.T(word), func() { do(a) }).Ranked(kit.Primary).With(icon).Key("Enter")
	leave := kit.NewButton(p.env.T(no), func() { a.layer.Close() }).Key("Esc")
	if focus == nil {
		focus = a.yes
	}
	a.layer = p.env.Layers.Show(kit.Panel{
		Title: title, Content: kit.Fixed(panelWidth, 0, kit.Col(0, content, kit.Space(1, wordRoom))), Buttons: []fyne.CanvasObject{leave, a.yes}, Focus: focus,
		Key: func(k kit.Key) bool {
			switch k {
			case kit.Plain(fyne.KeyReturn), kit.Plain(fyne.KeyEnter), kit.Ctrl(fyne.KeyReturn), kit.Ctrl(fyne.KeyEnter):
				a.yes.Press()
				return true
			}
			return false
		},
	})
}

const printerPref = "signing.printer"

// Print asks for the printer and the number of copies.
func (p *Page) Print() {
	if p.sheet == nil || !p.sheet.CanPrint() {
		return
	}
	t := p.env.T
	choice := kit.NewSelect(nil, nil).Hint(t("signing_printer_default"))
	copies := kit.NewEntry()
	copies.SetText("1")
	copies.Limit = 2
	where, many := kit.NewField(t("signing_printer"), choice), kit.NewField(t("signing_copies"), copies)
	kit.Load(p.env.Loader, "printers", func(ctx context.Context) ([2][]string, error) {
		last, err := p.env.Prefs.Get(ctx, printerPref)
		return [2][]string{model.Printers(ctx, p.printer), {last}}, err
	}, func(found [2][]string, err error) {
		if err != nil {
			p.env.Fail(err)
			return
		}
		var options []kit.Option
		for _, name := range found[0] {
			options = append(options, kit.Option{Code: name, Text: name})
		}
		choice.SetOptions(options)
		if choice.Set(found[1][0]); choice.Value() == "" && len(options) > 0 {
			choice.Set(options[0].Code)
		}
	})
	p.panel(t("signing_print_title"), kit.Columns(12, []float32{3, 1}, where, many), copies, "signing_print", "print", "signing_close", func(a *asking) {
		n, err := strconv.Atoi(copies.Value())
		if err != nil || n < 1 || n > printer.MaxCopies {
			many.Say(kit.Wrong, t("signing_copies_bad", "limit", printer.MaxCopies))
			return
		}
		many.Say(kit.Calm, "")
		a.yes.Disable()
		p.print(choice.Value(), n, a)
	})
}

func (p *Page) print(to string, copies int, a *asking) {
	sheet, system, prefs, now := p.sheet, p.printer, p.env.Prefs, p.env.Now
	kit.Load(p.env.Loader.Lasting(), "print", func(ctx context.Context) (printer.Outcome, error) {
		_ = system.Sweep(now(), keptFor) // what stays is tried again at the next print and at the end
		out, err := sheet.Print(ctx, system, to, copies)
		if err == nil && to != "" {
			_ = prefs.Set(ctx, printerPref, to) // only a convenience
		}
		return out, err
	}, func(out printer.Outcome, err error) {
		a.yes.Enable()
		a.layer.Close()
		if err != nil {
			p.panel(p.env.T("signing_not_printed"), lines(p.env.Words.Fault(err), panelWidth, kit.TextNormal, theme.ColorNameForeground), nil,
				"signing_again", "print", "signing_close", func(a *asking) { a.layer.Close(); p.Print() })
			return
		}
		word := "signing_printed"
		if out == printer.Opened {
			word = "signing_opened"
		}
		p.env.Say(page.Message{Tone: kit.Good, Text: p.env.T(word)})
	})
}

// Save asks for folder and name of the PDF. The name says whose document it is only if
// the user wants it so.
func (p *Page) Save() {
	if p.sheet == nil || !p.sheet.CanPrint() {
		return
	}
	t, sheet := p.env.T, p.sheet
	folder, name := kit.NewEntry(), kit.NewEntry()
	name.SetText(sheet.FileName(false))
	kit.Load(p.env.Loader, "folder", func(ctx context.Context) (string, error) { return sheet.Folder(ctx), nil }, func(at string, _ error) {
		if folder.Text == "" {
			folder.SetText(at)
		}
	})
	choice := kit.NewChoice([]string{t("signing_name_plain"), t("signing_name_patient")}, 0, func(i int) { name.SetText(sheet.FileName(i == 1)) })
	in, as := kit.NewField(t("signing_folder"), folder), kit.NewField(t("signing_name"), name)
	content := kit.Col(2, in, kit.NewField(t("signing_name_of"), choice), as)
	p.panel(t("signing_save_title"), content, name, "signing_save", "save", "signing_close", func(a *asking) {
		a.yes.Disable()
		at, called := folder.Value(), name.Value()
		kit.Load(p.env.Loader.Lasting(), "save", func(ctx context.Context) (string, error) {
			path, err := sheet.Save(ctx, at, called)
			if err == nil {
				_ = sheet.KeepFolder(ctx, at) // only a convenience
			}
			return path, err
		}, func(path string, err error) {
			a.yes.Enable()
			in.Say(kit.Calm, "")
			as.Say(kit.Calm, "")
			if err == nil {
				a.layer.Close()
				p.env.Say(page.Message{Tone: kit.Good, Text: t("signing_saved", "file", path)})
				return
			}
			field := as
			if present.At(err) == "folder" {
				field = in
			}
			field.Say(kit.Wrong, p.env.Words.Fault(err))
		})
	})
}

// Amend asks why and opens the draft of the next version at its fields.
func (p *Page) Amend() {
	if p.sheet == nil || !p.sheet.CanAmend() {
		return
	}
	t, sheet := p.env.T, p.sheet
	why := kit.NewEntry()
	reason := kit.NewField(t("signing_amend_why"), why).Required()
	content := kit.Col(8, lines(t("signing_amend_text"), panelWidth, kit.TextNormal, theme.ColorNameForeground), reason)
	p.panel(t("signing_amend_title"), content, why, "signing_amend_go", "edit", "signing_close", func(a *asking) {
		a.yes.Disable()
		text := why.Value()
		kit.Load(p.env.Loader.Lasting(), "amend", func(ctx context.Context) (clinic.ID, error) { return sheet.Amend(ctx, text) },
			func(id clinic.ID, err error) {
				a.yes.Enable()
				if err != nil {
					reason.Say(kit.Wrong, p.env.Words.Fault(err))
					return
				}
				a.layer.Close()
				p.env.Say(page.Message{Tone: kit.Good, Text: t("signing_amended")})
				p.open(id, ArgEdit)
			})
	})
}

// scans are the endings of files that can hold a scan.
var scans = []string{".pdf", ".png", ".jpg", ".jpeg", ".tif", ".tiff"}

// Scan asks for the file with the paper signed by hand and attaches it.
func (p *Page) Scan() {
	if p.sheet == nil || !p.sheet.CanScan() {
		return
	}
	sheet := p.sheet
	files.Open(p.env, p.env.T("signing_scan_title"), scans, func(path string) {
		kit.Load(p.env.Loader.Lasting(), "scan", func(ctx context.Context) (clinic.Protocol, error) { return sheet.Scan(ctx, path) },
			func(_ clinic.Protocol, err error) {
				if err != nil {
					p.env.Fail(err)
					return
				}
				p.load()
				p.env.Say(page.Message{Tone: kit.Good, Text: p.env.T("signing_scanned")})
			})
	})
}
