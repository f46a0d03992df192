// Package paper prints what a clinic hands out on paper: the protocol of a visit
// (R3.4, R6.1, R6.6) and the page with the recovery phrase (R11.1). It promises
// A4 pages as PDF with embedded fonts, in Russian, Kazakh or English; the same
// input gives the same bytes; every letter of the input is on the page, and one
// that no font has is shown as � and counted in a note. The metadata of the file
// hold neither names nor titles nor diagnoses: less than the page itself.
//
// It needs nothing but its input. It reads no database, checks no rights and no
// signatures (the caller does, before), and never puts patients' data into an
// error.
package paper

import (
	"image"
	"io"
	"slices"
	"strings"
	"time"

	"feldsher/internal/clinic"
	"feldsher/translations"
)

// ProtocolPaper is what a protocol's paper is made of. The caller passes the
// visit as it stood when the protocol was signed.
type ProtocolPaper struct {
	Organisation clinic.Organisation
	Patient      clinic.Patient
	Visit        clinic.Visit
	Protocol     clinic.Protocol
	Zone         *time.Location    // the clinic's; UTC where nil
	Lang         translations.Lang // of the form; the protocol's own where empty
	Printed      clinic.Time       // stands in the footer and the metadata

	// Amended is the signed version that this one corrects, Superseded the later
	// version that corrects this one; nil where there is none or it is not known.
	Amended    *clinic.Protocol
	Superseded *clinic.Protocol
}

// Protocol writes the protocol as PDF. An unsigned one is marked as a draft on
// every page, one that a later version corrects as superseded. It fails only
// where w fails: faults of w come back as they are, other errors as a fault
// "fault.paper.write".
func Protocol(w io.Writer, d ProtocolPaper) error {
	return newBuilder(&d).document().write(w)
}

// ProtocolPages draws the same pages as pictures, so that what a doctor sees
// before signing is what will be printed: the same lines end at the same words on
// the same pages. The pictures are grey (image.Gray) and A4 at dpi points an inch,
// MinDPI to MaxDPI; other resolutions are the fault "fault.paper.dpi". A page of
// 910×1286 pixels (110 dpi) takes some 10 ms and 1.2 MB.
func ProtocolPages(d ProtocolPaper, dpi int) ([]image.Image, error) {
	return newBuilder(&d).document().pictures(dpi)
}

// document lays out the whole protocol.
func (b *builder) document() document {
	d := b.d
	doc := document{
		lang:    b.lang,
		title:   b.t("meta.protocol", "id", d.Protocol.ID),
		made:    made(d.Printed, d.Protocol.Signed, d.Protocol.Written, d.Visit.Entered),
		running: b.running,
		footer:  b.footer,
	}
	switch {
	case !b.signed():
		doc.watermark = b.t("draft.watermark")
	case d.Superseded != nil:
		doc.watermark = b.t("superseded.watermark")
	}
	doc.rows = slices.Concat(
		b.letterhead(d.Organisation),
		b.heading(),
		b.patient(),
		b.visit(),
		b.vitals(),
		b.fields(),
		b.diagnoses(),
		b.prescriptions(),
		b.orders(),
		b.version(),
		b.lostNote(),
	)
	doc.rows = append(clinging(doc.rows), b.signature()...)
	return doc
}

// builder turns a protocol into rows.
type builder struct {
	locale
	d    *ProtocolPaper
	lost int // letters that no font has
}

func newBuilder(d *ProtocolPaper) *builder {
	l := locale{lang: d.Lang, zone: d.Zone}
	if l.lang == "" {
		l.lang = translations.Parse(d.Protocol.Lang)
	}
	if l.zone == nil {
		l.zone = time.UTC
	}
	return &builder{locale: l, d: d}
}

// c cleans a text that somebody typed and counts what could not be printed.
func (b *builder) c(s string) string {
	s, n := clean(s)
	b.lost += n
	return strings.TrimRight(s, " \n")
}

func (b *builder) signed() bool {
	return b.d.Protocol.Status == clinic.ProtocolSigned && !b.d.Protocol.Signed.IsZero()
}

// made is the first known of the moments, so that a paper without a moment of
// printing is still the same each time.
func made(times ...clinic.Time) time.Time {
	for _, t := range times {
		if !t.IsZero() {
			return t.Std()
		}
	}
	return time.Unix(0, 0)
}

// name of the patient, or what stands for it where it is not known.
func (b *builder) name() string {
	p := b.d.Patient
	n := oneLine(b.c(p.Name.String()))
	if n == "" {
		n = b.t("patient.nameless")
	}
	if p.BirthOrder > 0 && p.Given == "" {
		n += b.t("patient.twin", "n", p.BirthOrder)
	}
	return n
}

func (b *builder) title() string {
	if s := oneLine(b.c(b.d.Protocol.Title)); s != "" {
		return s
	}
	return b.t("protocol")
}

// running heads every page after the first, so that a loose sheet still says
// whose it is.
func (b *builder) running() []op {
	who := b.name()
	if bd := oneLine(b.c(b.date(b.d.Patient.BirthDate))); bd != "" {
		who += ", " + bd
	}
	const y = runningTop
	return []op{
		text(left, y, smallStrong, fit(smallStrong.face, smallStrong.size, who, fullWidth*0.55)),
		textRight(right, y, smallStyle, fit(smallStyle.face, smallStyle.size, b.title(), fullWidth*0.42)),
		rule(left, y+15, fullWidth, hairline),
	}
}

func (b *builder) footer(page, pages int) []op {
	p := b.d.Protocol
	var parts []string
	if n := oneLine(b.c(b.d.Patient.CaseNumber)); n != "" {
		parts = append(parts, b.t("foot.case", "number", n))
	}
	parts = append(parts, b.t("foot.protocol", "id", p.ID), b.t("foot.version", "n", max(p.Version, 1)))
	if !b.signed() {
		parts = append(parts, b.t("foot.draft"))
	}
	count := b.t("foot.page", "page", page, "pages", pages)
	room := fullWidth - footStyle.width(count) - 16
	ops := []op{
		rule(left, footerTop, fullWidth, hairline),
		text(left, footerTop+4, footStyle, fit(footStyle.face, footStyle.size, strings.Join(parts, "  ·  "), room)),
		textRight(right, footerTop+4, footStyle, count),
	}
	if !b.d.Printed.IsZero() {
		ops = append(ops, text(left, footerTop+14, footStyle, b.t("foot.printed", "time", b.moment(b.d.Printed))))
	}
	return ops
}

// lostNote tells the reader what � stands for, where there is any. It comes
// after everything that was typed.
func (b *builder) lostNote() []row {
	b.c(b.d.Protocol.SignerName + b.d.Protocol.SignerPost)
	if b.lost == 0 {
		return nil
	}
	return append([]row{gap(8)}, lines(left, fullWidth, noteStyle, b.t("lost", "sign", string(lost)))...)
}
