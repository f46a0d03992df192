package paper

import (
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"feldsher/internal/clinic"
	"feldsher/internal/fault"
	"feldsher/translations"
)

// PhraseWords is how many words a recovery phrase has.
const PhraseWords = 24

// RecoveryPaper is what the page with the recovery phrase is made of.
type RecoveryPaper struct {
	Organisation clinic.Organisation
	Words        []string // PhraseWords of them, in their order
	Zone         *time.Location
	Lang         translations.Lang
	Made         clinic.Time // when the phrase was made
}

// RecoveryPhrase writes one page with the numbered words and what to do with
// them. It fails with the fault "fault.paper.phrase" where there are not 24
// words of at most 24 letters that the fonts have: a phrase that can't be read
// back from the paper is worse than none. The fault does not hold the words.
func RecoveryPhrase(w io.Writer, d RecoveryPaper) error {
	if len(d.Words) != PhraseWords {
		return fault.New(fault.Invalid, "fault.paper.phrase", "n", len(d.Words))
	}
	for _, word := range d.Words {
		if c, n := clean(word); n > 0 || c != word || word == "" || len([]rune(word)) > 24 || strings.ContainsAny(word, " \n") {
			return fault.New(fault.Invalid, "fault.paper.phrase", "n", len(d.Words))
		}
	}
	l := locale{lang: d.Lang, zone: d.Zone}
	if l.lang == "" {
		l.lang = translations.Parse(d.Organisation.Language)
	}
	if l.zone == nil {
		l.zone = time.UTC
	}
	o := clinic.Organisation{Title: d.Organisation.Title, Address: d.Organisation.Address, Country: d.Organisation.Country}
	doc := document{lang: l.lang, title: l.t("phrase.title"), made: made(d.Made)}
	doc.rows = slices.Concat(
		l.letterhead(o),
		lines(left, fullWidth, titleStyle, l.t("phrase.title")),
		[]row{{height: 4}},
		lines(left, fullWidth, bodyStyle, l.t("phrase.what")),
		[]row{{height: 14}},
		words(d.Words),
		[]row{{height: 16}},
		l.instructions(),
		l.custody(d.Made),
	)
	return doc.write(w)
}

// words sets them in four columns that are read downwards, in type that stays
// legible when copied by hand.
func words(all []string) []row {
	const (
		columns = 4
		perCol  = PhraseWords / columns
		width   = fullWidth / columns
		height  = 33.0
		number  = 22.0
	)
	word := style{bold, 14.5, height, 0, 0}
	nr := style{regular, 9, height, 110, word.size}
	rows := make([]row, perCol)
	for i := range rows {
		rows[i].height = height
		rows[i].glue = true
		rows[i].ops = append(rows[i].ops, rule(left, height, fullWidth, hairline))
		if i == 0 {
			rows[i].ops = append(rows[i].ops, rule(left, 0, fullWidth, strongline))
		}
		for c := range columns {
			n := c*perCol + i
			x := left + float64(c)*width
			st := word
			if w := st.width(all[n]); w > width-number-6 {
				st.size *= (width - number - 6) / w
			}
			rows[i].ops = append(rows[i].ops,
				textRight(x+number-6, 0, nr, strconv.Itoa(n+1)),
				text(x+number, 0, st, all[n]))
		}
	}
	return rows
}

func (l locale) instructions() []row {
	var rows []row
	for _, part := range []string{"opens", "keep", "use", "lost"} {
		rows = append(rows, pair(l.t("phrase."+part+".head"), l.t("phrase."+part))...)
		rows = append(rows, row{height: 3})
	}
	return rows
}

// custody leaves room to write down who keeps the page and where.
func (l locale) custody(made clinic.Time) []row {
	const width = (fullWidth - 2*gutter) / 3
	r := row{height: 56}
	for i, key := range []string{"phrase.keeper", "phrase.place", "phrase.hand"} {
		x := left + float64(i)*(width+gutter)
		r.ops = append(r.ops,
			rule(x, 38, width, line{0.5, 60}),
			text(x, 39, footStyle, l.t(key)))
	}
	rows := []row{{height: 22}, r}
	if !made.IsZero() {
		rows = append(rows, lines(left, fullWidth, smallStyle, l.t("phrase.made", "time", l.moment(made)))...)
	}
	return rows
}
