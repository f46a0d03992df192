package paper

import (
	"errors"
	"io"

	"github.com/go-pdf/fpdf"

	"feldsher/internal/fault"
)

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

	d.paint(&pen{pdf: pdf})
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

// pen draws PDF pages and remembers what fpdf need not be told again.
type pen struct {
	pdf  *fpdf.Fpdf
	used [faceCount]bool
	face face
	size float64
	grey int
}

func (p *pen) page() {
	p.pdf.AddPage()
	p.forget()
}

// forget drops what was remembered: a new page and the end of a turn begin with
// fpdf's own state.
func (p *pen) forget() { p.size, p.grey = 0, -1 }

func (p *pen) rule(x, y float64, o op) {
	p.pdf.SetLineWidth(o.rule.weight)
	p.pdf.SetDrawColor(o.rule.grey, o.rule.grey, o.rule.grey)
	if o.dashed {
		p.pdf.SetDashPattern([]float64{dash, dash}, 0)
		defer p.pdf.SetDashPattern(nil, 0)
	}
	if o.frame {
		p.pdf.Rect(x, y, o.dx, o.dy, "D")
		return
	}
	p.pdf.Line(x, y, x+o.dx, y+o.dy)
}

func (p *pen) letters(x, y float64, f face, size float64, grey int, s string) {
	p.use(f, size, grey)
	p.pdf.Text(x, y, s)
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

func (p *pen) turned(degrees, x, y float64, draw func()) {
	p.pdf.TransformBegin()
	p.pdf.TransformRotate(degrees, x, y)
	draw()
	p.pdf.TransformEnd()
	p.forget()
}
