package workspace

import (
	"regexp"
	"strings"

	"feldsher/internal/clinic"
	"feldsher/internal/clinic/fold"
)

// The parts of a prescription that is typed in one line, as doctors say it:
// «амоксициллин 500 мг 3 р/д 7 дней №21 внутрь».
var (
	rxDose     = regexp.MustCompile(`(?i)(?:^|\s)(?:по\s+)?(\d{1,6}(?:[.,]\d{1,4})?)\s*(мкг|мг|гр?|мл|ед|ме|капл[ияей]*|кап|таб(?:л(?:етк[аиу])?)?|капс(?:ул[аыу])?|доз[аы]?|вдох[аов]*|mcg|mg|g|ml|iu)\.?(?:\s|$|[,;×xх*])`)
	rxTimes    = regexp.MustCompile(`(?i)(\d{1,2}(?:\s*-\s*\d{1,2})?)\s*(?:раза?|р\.?|рет)\s*(?:/|в|күніне|a)?\s*(?:день|д\.?|сутки|сут\.?|с\.?|day)?(?:\s|$|[,;])`)
	rxCross    = regexp.MustCompile(`(?i)(?:^|\s)[×xх*]\s*(\d{1,2})(?:\s*(?:р\.?|раза?)(?:\s*/?\s*(?:в\s+)?(?:д\.?|день|сут\.?))?)?(?:\s|$|[,;])`)
	rxEvery    = regexp.MustCompile(`(?i)(кажды[ей]\s+\d{1,2}\s*ч(?:ас(?:а|ов)?)?\.?|через\s+день|на\s+ночь|утром(?:\s+и\s+вечером)?|вечером|перед\s+сном|при\s+болях?|при\s+температуре|по\s+требованию|однократно|every\s+\d{1,2}\s*h(?:ours?)?|once\s+a\s+day|twice\s+a\s+day|at\s+night)`)
	rxLasts    = regexp.MustCompile(`(?i)(?:^|\s)(\d{1,3}(?:\s*-\s*\d{1,3})?\s*(?:дн(?:ей|я)?\.?|день|суток|нед(?:ел[ьяи]|ель)?\.?|мес(?:яц(?:а|ев)?)?\.?|күн|апта|ай|days?|weeks?|months?))(?:\s|$|[,;])`)
	rxAmount   = regexp.MustCompile(`(?i)(?:№|n\.?|no\.?)\s*(\d{1,4})(?:\s|$|[,;])`)
	rxRoute    = regexp.MustCompile(`(?i)(?:^|\s)(внутрь|в/м|в/в|п/к|в/в\s+кап(?:ельно)?|внутримышечно|внутривенно|подкожно|сублингвально|под\s+язык|местно|наружно|ингаляционно|ректально|вагинально|интраназально|в\s+нос|в\s+глаза?|в\s+уши?|ішке|б/е|к/т|т/а|per\s+os|p\.?o\.|i\.?m\.|i\.?v\.|s\.?c\.)(?:\s|$|[,;])`)
	rxForm     = regexp.MustCompile(`(?i)(?:^|\s)(табл?(?:етки|\.)?|капс(?:улы|\.)?|раствор|р-р|сироп|суспензия|мазь|крем|гель|капли|спрей|порошок|свечи|супп(?:озитории|\.)?|аэрозоль|пластырь|ампулы|амп\.?|tab(?:lets?|s)?|caps(?:ules?)?|syrup|ointment|cream|drops|spray)(?:\s|$|[,;])`)
	rxTradeIn  = regexp.MustCompile(`\(([^()]{2,60})\)`)
	rxJunk     = regexp.MustCompile(`^[\s,;:.–—-]+|[\s,;:.–—-]+$`)
	rxBlanks   = regexp.MustCompile(`\s{2,}`)
	rxShort    = strings.NewReplacer("таб.", "таблетки", "табл.", "таблетки", "капс.", "капсулы", "р-р", "раствор", "супп.", "суппозитории", "амп.", "ампулы")
	rxFormFull = map[string]string{
		"таб": "таблетки", "табл": "таблетки", "капс": "капсулы", "супп": "суппозитории", "амп": "ампулы", "tab": "tablets", "tabs": "tablets", "caps": "capsules",
	}
)

// take cuts the first match out of a line and gives its group.
func take(line *string, re *regexp.Regexp) string {
	m := re.FindStringSubmatchIndex(*line)
	if m == nil {
		return ""
	}
	from, to := m[2], m[3]
	got := (*line)[from:to]
	// The words around stay apart from what follows: a match may end in a blank that the
	// next one begins with.
	*line = (*line)[:m[0]] + " " + (*line)[m[1]:]
	return strings.TrimSpace(got)
}

// ParseRx reads a prescription that is typed in one line. What it does not understand
// stays in the name, so that nothing is lost: the doctor sees at once what was taken
// for what, and each part is a field of its own then.
func (w *Workspace) ParseRx(line string) clinic.Prescription {
	var p clinic.Prescription
	line = rxBlanks.ReplaceAllString(strings.TrimSpace(line), " ")
	p.Trade = strings.TrimSpace(take(&line, rxTradeIn))
	if m := rxDose.FindStringSubmatchIndex(line); m != nil {
		p.Dose = clinic.Decimal(strings.ReplaceAll(line[m[2]:m[3]], ",", "."))
		p.DoseUnit = strings.TrimSuffix(line[m[4]:m[5]], ".")
		line = line[:m[0]] + " " + line[m[5]:]
	}
	p.Quantity = clinic.Decimal(take(&line, rxAmount))
	if n := take(&line, rxTimes); n != "" {
		p.Frequency = w.times(n)
	} else if n := take(&line, rxCross); n != "" {
		p.Frequency = w.times(n)
	}
	if often := take(&line, rxEvery); often != "" {
		p.Frequency = strings.TrimSpace(p.Frequency + " " + often)
	}
	p.Duration = take(&line, rxLasts)
	p.Route = take(&line, rxRoute)
	if form := take(&line, rxForm); form != "" {
		p.Form = form
		if full := rxFormFull[strings.ToLower(strings.TrimSuffix(form, "."))]; full != "" {
			p.Form = full
		} else {
			p.Form = rxShort.Replace(form)
		}
	}
	name := rxJunk.ReplaceAllString(rxBlanks.ReplaceAllString(line, " "), "")
	p.INN, p.Trade = nameDrug(name, p.Trade)
	return p
}

// times says how often: «3 раза в день».
func (w *Workspace) times(n string) string {
	n = strings.ReplaceAll(n, " ", "")
	if strings.Contains(n, "-") {
		return w.s.T("visit_rx_times_range", "range", n)
	}
	return w.s.T("visit_rx_times", "n", number(n))
}

func number(s string) int {
	n := 0
	for _, r := range s {
		if r < '0' || r > '9' || n > 1000 {
			return n
		}
		n = n*10 + int(r-'0')
	}
	return n
}

// nameDrug tells the international name from the trade name by the program's table: a
// doctor types either.
func nameDrug(name, trade string) (inn, tradeName string) {
	if name == "" {
		return "", trade
	}
	folded := fold.Text(name)
	for _, d := range clinic.DrugNames() {
		if fold.Text(d.INN) == folded {
			return d.INN, trade
		}
		for _, t := range d.Trades {
			if fold.Text(t) == folded && trade == "" {
				return d.INN, upperFirst(name)
			}
		}
	}
	return name, trade
}
