// Package sheet writes tables that clinics open in Excel or LibreOffice: the list
// of patients as XLSX (R6.1). It promises typed cells (a whole date is a date,
// everything else text, so that numbers keep their leading zeros and nothing is
// ever a formula), a frozen header with filters, headings in the reader's
// language, every row that it was given, and memory that does not grow with the
// number of rows.
//
// It needs a folder for a temporary file once a sheet passes 16 MB. That file
// holds patients' data in the clear, as the table itself does: give the folder
// of the table, never the data directory. It reads no database, checks no
// rights and records no access; the caller does.
package sheet

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"iter"
	"time"

	"github.com/klauspost/compress/flate"
	"github.com/xuri/excelize/v2"

	"feldsher/internal/clinic"
	"feldsher/internal/fault"
	"feldsher/translations"
)

// MaxRows is how many patients one sheet holds: the format's 1 048 576 rows less
// the header (ECMA-376, as Excel reads it). What is over goes to further sheets
// of the same file.
const MaxRows = excelize.TotalRows - 1

// Options of a table.
type Options struct {
	TempDir string    // folder for the temporary file; the system's where empty
	Created time.Time // stands in the file's properties; the same input gives equal cells
}

// Patients writes the rows as XLSX and returns how many it wrote. Nothing is
// written to w before the last row has come; an error of rows is returned as it
// is, after the temporary file has been removed. Other failures are the fault
// "fault.sheet.write", or w's own fault.
func Patients(w io.Writer, lang translations.Lang, rows iter.Seq2[clinic.Patient, error], opts Options) (n int, err error) {
	return write(w, lang, rows, opts, MaxRows)
}

func write(w io.Writer, lang translations.Lang, rows iter.Seq2[clinic.Patient, error], opts Options, perSheet int) (n int, err error) {
	b, err := newBook(lang, opts)
	if err != nil {
		return 0, failed(err)
	}
	defer func() {
		if e := b.file.Close(); err == nil {
			err = failed(e)
		}
	}()
	c := newCells(lang)
	for p, err := range rows {
		if err != nil {
			return n, err
		}
		if b.row-1 >= perSheet {
			if err := b.nextSheet(); err != nil {
				return n, failed(err)
			}
		}
		if err := b.put(c.of(&p)); err != nil {
			return n, failed(err)
		}
		n++
	}
	return n, failed(b.save(w))
}

func failed(err error) error {
	var f *fault.Error
	if errors.As(err, &f) {
		return err
	}
	return fault.Wrap(err, fault.Internal, "fault.sheet.write")
}

// book is the file that is being written, sheet after sheet.
type book struct {
	file       *excelize.File
	stream     *excelize.StreamWriter
	lang       translations.Lang
	sheets     int
	sheet      string
	row        int // the last row written; the header is 1
	head, text int // styles
	date       int
}

func newBook(lang translations.Lang, opts Options) (*book, error) {
	b := &book{file: excelize.NewFile(excelize.Options{TmpDir: opts.TempDir}), lang: lang}
	err := b.properties(opts.Created)
	if err == nil {
		err = b.styles()
	}
	if err == nil {
		err = b.nextSheet()
	}
	if err != nil {
		return nil, errors.Join(err, b.file.Close())
	}
	return b, nil
}

func (b *book) properties(created time.Time) error {
	props := excelize.DocProperties{
		Title: translations.T(b.lang, "sheet.patients.title"), Creator: "Feldsher", LastModifiedBy: "Feldsher", Language: string(b.lang),
	}
	if !created.IsZero() {
		props.Created = created.UTC().Format(time.RFC3339)
		props.Modified = props.Created
	}
	if err := b.file.SetDocProps(&props); err != nil {
		return err
	}
	return b.file.SetAppProps(&excelize.AppProperties{Application: "Feldsher"})
}

func (b *book) styles() (err error) {
	format := "dd.mm.yyyy"
	if b.lang == translations.English {
		format = "yyyy-mm-dd"
	}
	top := &excelize.Alignment{Vertical: "top"}
	const asText = 49 // the built-in format "@": a number typed over stays text
	for _, s := range []struct {
		id    *int
		style excelize.Style
	}{
		{&b.head, excelize.Style{
			Font:      &excelize.Font{Bold: true, Color: "1F2933"},
			Fill:      excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"E8ECF0"}},
			Alignment: &excelize.Alignment{Vertical: "center", WrapText: true},
			Border:    []excelize.Border{{Type: "bottom", Style: 1, Color: "8A94A0"}},
			NumFmt:    asText,
		}},
		{&b.text, excelize.Style{NumFmt: asText, Alignment: top}},
		{&b.date, excelize.Style{CustomNumFmt: &format, Alignment: &excelize.Alignment{Vertical: "top", Horizontal: "left"}}},
	} {
		if *s.id, err = b.file.NewStyle(&s.style); err != nil {
			return err
		}
	}
	return nil
}

// nextSheet ends the sheet before and begins one with a header.
func (b *book) nextSheet() error {
	if err := b.endSheet(); err != nil {
		return err
	}
	b.sheets++
	b.sheet = translations.T(b.lang, "sheet.patients")
	var err error
	if b.sheets == 1 {
		err = b.file.SetSheetName(b.file.GetSheetName(0), b.sheet)
	} else {
		b.sheet += fmt.Sprintf(" (%d)", b.sheets)
		_, err = b.file.NewSheet(b.sheet)
	}
	if err == nil {
		b.stream, err = b.file.NewStreamWriter(b.sheet)
	}
	if err != nil {
		return err
	}
	if err := b.columns(); err != nil {
		return err
	}
	head := make([]any, 0, len(columns()))
	for _, c := range columns() {
		head = append(head, excelize.Cell{StyleID: b.head, Value: translations.T(b.lang, "sheet."+c.key)})
	}
	b.row = 1
	return b.stream.SetRow("A1", head, excelize.RowOpts{Height: 22})
}

func (b *book) columns() error {
	for i, c := range columns() {
		style := b.text
		if c.date {
			style = b.date
		}
		if err := errors.Join(b.stream.SetColWidth(i+1, i+1, c.width), b.stream.SetColStyle(i+1, i+1, style)); err != nil {
			return err
		}
	}
	return b.stream.SetPanes(&excelize.Panes{
		Freeze: true, XSplit: 2, YSplit: 1, TopLeftCell: "C2", ActivePane: "bottomRight",
		Selection: []excelize.Selection{{SQRef: "C2", ActiveCell: "C2", Pane: "bottomRight"}},
	})
}

func (b *book) put(cells []any) error {
	b.row++
	at, err := excelize.CoordinatesToCellName(1, b.row)
	if err != nil {
		return err
	}
	return b.stream.SetRow(at, cells)
}

func (b *book) endSheet() error {
	if b.stream == nil {
		return nil
	}
	last, err := excelize.CoordinatesToCellName(len(columns()), b.row)
	if err != nil {
		return err
	}
	if err := b.file.AutoFilter(b.sheet, "A1:"+last, nil); err != nil {
		return err
	}
	return b.stream.Flush()
}

// save packs the file straight into w: excelize's own way would hold the whole
// packed file in memory.
func (b *book) save(w io.Writer) error {
	if err := b.endSheet(); err != nil {
		return err
	}
	b.file.SetZipWriter(func(io.Writer) excelize.ZipWriter {
		z := zip.NewWriter(w)
		z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, packing) })
		return z
	})
	_, err := b.file.WriteToBuffer()
	return err
}

// packing is the level of compression: the rows of a table are so alike that
// higher ones cost time and gain little.
const packing = 5
