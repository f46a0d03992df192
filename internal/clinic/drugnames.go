package clinic

import (
	"slices"
	"strings"
	"sync"
)

// DrugName is a substance with the trade names that the table of drugs knows.
type DrugName struct {
	INN    string
	Trades []string
}

// acids are substances whose first word alone is no name.
var acids = []string{"ацетилсалициловая", "мефенамовая", "клавулановая"}

// notTrades are other spellings in the table that nobody prescribes by.
var notTrades = []string{"ацетилсалицилов", "ацетилсалицил", "салицил", "салицилат", "аск", "тромбо", "мефенамов", "клавуланов", "клавулан", "повидонйод", "пенициллин"}

var namesOfDrugs = sync.OnceValue(func() []DrugName {
	var out []DrugName
	for _, line := range drugNames {
		words := strings.Fields(line)
		d := DrugName{INN: words[0]}
		if slices.Contains(acids, d.INN) {
			d.INN += " кислота"
		}
		for _, w := range words[1:] {
			if w[0] < 0x80 || slices.Contains(notTrades, w) || slices.Contains(d.Trades, w) || strings.HasPrefix(words[0], w) {
				continue // Latin spellings and beginnings of words serve comparing, not reading
			}
			d.Trades = append(d.Trades, w)
		}
		if at := slices.IndexFunc(out, func(o DrugName) bool { return o.INN == d.INN }); at >= 0 {
			continue
		}
		out = append(out, d)
	}
	slices.SortFunc(out, func(a, b DrugName) int { return strings.Compare(a.INN, b.INN) })
	return out
})

// DrugNames lists the substances of the program's table of drugs with their trade names,
// in the order of the alphabet: what is offered while a prescription is typed. The list
// is shared and must not be changed.
func DrugNames() []DrugName { return namesOfDrugs() }
