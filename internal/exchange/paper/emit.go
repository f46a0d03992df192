package paper

import (
	"errors"
	"io"
	"strings"
	"time"

	"github.com/go-pdf/fpdf"

	"feldsher/internal/fault"
	"feldsher/translations"
)

// document is a paper laid out: what stands on its pages and round them.
type document struct {
	lang      translations.Lang
	title     string // for the metadata: no patient's name, no diagnosis
	made      time.Time
	watermark string
	rows      []row
	running   func() []op                // head of the pages after the first; nil for none
	footer    func(page, pages int) []op // nil for none
}

// write emits the document as PDF. The same document gives the same bytes.
func (d document) write(w io.Writer) error {
	pdf := fpdf.New("P", "pt", "A4", "")
	pdf.SetAutoPageBreak(false, 0)
	pdf.SetMargins(0, 0, 0)
	pdf.SetCatalogSort(true)
	pdf.SetCreationDate(d.made.UTC())
	pdf.SetModificationDate(d.made.UTC())
	pdf.SetProducer("Feldsher", true)
	pdf.SetTitle(oneLine(d.title), true)
	pdf.SetLang(string(d.lang))
	pdf.SetDisplayMode("fullwidth", "continuous")

	p := pen{pdf: pdf}
	pages := paginate(d.rows)
	for i, page := range pages {
		pdf.AddPage()
		p.newPage()
		p.watermark(d.watermark)
		if i > 0 && d.running != nil {
			p.draw(0, d.running())
		}
		for _, r := range page {
			p.draw(r.y, r.ops)
		}
		if d.footer != nil {
			p.draw(0, d.footer(i+1, len(pages)))
		}
	}
	err := pdf.Output(w)
	if err == nil {
		err = pdf.Error()
	}
	var f *fault.Error
	if errors.As(err, &f) {
		return err // a writer's own fault: a full disk, say
	}
	return fault.Wrap(err, fault.Internal, "fault.paper.write")
}

// pen draws on the current page and remembers what fpdf need not be told again.
type pen struct {
	pdf  *fpdf.Fpdf
	used [faceCount]bool
	face face
	size float64
	grey int
}

func (p *pen) newPage() { p.size, p.grey = 0, -1 }

func (p *pen) draw(top float64, ops []op) {
	for _, o := range ops {
		if o.rule != nil {
			p.rule(top, o)
			continue
		}
		if o.text != "" {
			p.text(o.x, top+o.y+o.style.baseline(), o.style, o.text)
		}
	}
}

func (p *pen) rule(top float64, o op) {
	p.pdf.SetLineWidth(o.rule.weight)
	p.pdf.SetDrawColor(o.rule.grey, o.rule.grey, o.rule.grey)
	if o.dashed {
		p.pdf.SetDashPattern([]float64{2, 2}, 0)
		defer p.pdf.SetDashPattern(nil, 0)
	}
	if o.frame {
		p.pdf.Rect(o.x, top+o.y, o.dx, o.dy, "D")
		return
	}
	p.pdf.Line(o.x, top+o.y, o.x+o.dx, top+o.y+o.dy)
}

// text writes a line, piece by piece where its letters come from different
// fonts. What comes here was cleaned and counted before; cleaning it again is
// the last guard before fpdf, which panics at letters that it does not know.
func (p *pen) text(x, y float64, st style, s string) {
	s, _ = clean(s)
	s = shown([]rune(strings.ReplaceAll(s, "\n", " ")), false)
	for s != "" {
		f, n := leading(st.face, s)
		p.use(f, st.size, st.grey)
		p.pdf.Text(x, y, s[:n])
		x += f.width(s[:n], st.size)
		s = s[n:]
	}
}

// leading finds the face of the first letter and how many bytes it goes on.
func leading(f face, s string) (face, int) {
	first := f
	for i, r := range s {
		g, _ := f.pick(r)
		if i == 0 {
			first = g
		} else if g != first {
			return first, i
		}
	}
	return first, len(s)
}

func (p *pen) use(f face, size float64, grey int) {
	family, style, data := f.file()
	if !p.used[f] {
		p.pdf.AddUTF8FontFromBytes(family, style, data)
		p.used[f] = true
	}
	if f != p.face || size != p.size {
		p.pdf.SetFont(family, style, size)
		p.face, p.size = f, size
	}
	if grey != p.grey {
		p.pdf.SetTextColor(grey, grey, grey)
		p.grey = grey
	}
}

// watermark crosses the page with a word in light grey, under everything else.
func (p *pen) watermark(word string) {
	if word == "" {
		return
	}
	st := watermarkTop
	word = strings.ToUpper(word)
	if w := st.width(word); w > 640 {
		st.size *= 640 / w
	}
	const cx, cy = pageWidth / 2, pageHeight / 2
	p.pdf.TransformBegin()
	p.pdf.TransformRotate(52, cx, cy)
	p.text(cx-st.width(word)/2, cy+st.size*0.36, st, word)
	p.pdf.TransformEnd()
	p.newPage()
}
