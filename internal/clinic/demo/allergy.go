package demo

import "feldsher/internal/clinic"

// allergen is what a patient can't bear; class names the drugs it forbids.
type allergen struct {
	ru, kk   string
	kind     string
	class    string
	reaction int
	severity string
	since    day
	perMille int
}

var reactions = [...][2]string{
	{"крапивница", "есекжем"},
	{"кожная сыпь, зуд", "тері бөртпесі, қышу"},
	{"отёк Квинке", "Квинке ісінуі"},
	{"ринит, слезотечение", "ринит, көзден жас ағу"},
	{"кашель, удушье", "жөтел, тұншығу"},
	{"тошнота, рвота", "жүрек айну, құсу"},
}

// allergens by how often they stand on cards, per mille.
var allergens = [...]allergen{
	{ru: "пенициллин", kk: "пенициллин", kind: "drug", class: "penicillin", reaction: 0, perMille: 22},
	{ru: "амоксициллин", kk: "амоксициллин", kind: "drug", class: "penicillin", reaction: 1, perMille: 9},
	{ru: "сульфаниламиды", kk: "сульфаниламидтер", kind: "drug", class: "sulfa", reaction: 1, perMille: 6},
	{ru: "аспирин и другие НПВС", kk: "аспирин және басқа ҚҚСД", kind: "drug", class: "nsaid", reaction: 4, perMille: 7},
	{ru: "лидокаин", kk: "лидокаин", kind: "drug", class: "lidocaine", reaction: 2, perMille: 6},
	{ru: "препараты йода", kk: "йод препараттары", kind: "drug", class: "iodine", reaction: 1, perMille: 5},
	{ru: "азитромицин", kk: "азитромицин", kind: "drug", class: "macrolide", reaction: 5, perMille: 3},
	{ru: "цефтриаксон", kk: "цефтриаксон", kind: "drug", class: "cephalosporin", reaction: 0, perMille: 5},
	{ru: "цитрусовые", kk: "цитрус жемістері", kind: "food", reaction: 1, perMille: 16},
	{ru: "куриное яйцо", kk: "тауық жұмыртқасы", kind: "food", reaction: 1, perMille: 7},
	{ru: "коровье молоко", kk: "сиыр сүті", kind: "food", reaction: 1, perMille: 7},
	{ru: "орехи", kk: "жаңғақ", kind: "food", reaction: 2, perMille: 6},
	{ru: "рыба и морепродукты", kk: "балық және теңіз өнімдері", kind: "food", reaction: 0, perMille: 6},
	{ru: "домашняя пыль", kk: "үй шаңы", kind: "environment", reaction: 3, perMille: 14},
	{ru: "шерсть кошки", kk: "мысық жүні", kind: "environment", reaction: 3, perMille: 10},
	{ru: "яд перепончатокрылых", kk: "ара уы", kind: "environment", reaction: 2, perMille: 4},
}

// drawAllergies draws what the patient can't bear; people with hay fever know
// their pollen.
func drawAllergies(d *draw, life day, h *history) []allergen {
	var out []allergen
	if life < 200 {
		return nil
	}
	end := h.p.born + life
	add := func(a allergen) {
		a.since = day(d.between(int(max(h.p.born+60, end.plusYears(-20))), int(end-20)))
		a.severity = pick(d, "mild", "mild", "moderate")
		if a.reaction == 2 || a.reaction == 4 {
			a.severity = pick(d, "moderate", "severe")
		}
		out = append(out, a)
	}
	for _, a := range allergens {
		if len(out) < 3 && d.chance(float64(a.perMille)/10) && a.perMille > 0 {
			add(a)
		}
	}
	for i := range h.having {
		if h.having[i].of.code == "J30.1" {
			add(pick(d, allergen{ru: "пыльца берёзы", kk: "қайың тозаңы", kind: "environment", reaction: 3},
				allergen{ru: "пыльца злаковых трав", kk: "астық тозаңы", kind: "environment", reaction: 3},
				allergen{ru: "пыльца полыни", kk: "жусан тозаңы", kind: "environment", reaction: 3}))
		}
	}
	return out
}

func (a *allergen) row(g *Generator, p *person, i int, kazakh bool) clinic.Allergy {
	l := index(kazakh)
	x := clinic.Allergy{
		Patient: p.id, Substance: [...]string{a.ru, a.kk}[l], Kind: a.kind, Reaction: reactions[a.reaction][l],
		Severity: a.severity, Status: "active", Since: a.since.date()[:4],
	}
	if a.ru == "пенициллин" {
		x.Coding = g.coding("Z88.0", kazakh)
	}
	x.ID = g.deriver.child(p.id, "allergy", i)
	return x
}

// allergyText says in a note what the card says.
func (h *history) allergyText(d *draw, kazakh bool) string {
	l := index(kazakh)
	if len(h.allergies) == 0 {
		if kazakh {
			return pick(d, "жоқ", "байқалмаған")
		}
		return pick(d, "отрицает", "не отмечает")
	}
	s := ""
	for i, a := range h.allergies {
		if i > 0 {
			s += ", "
		}
		s += [...]string{a.ru, a.kk}[l] + " (" + reactions[a.reaction][l] + ")"
	}
	return s
}

// bears tells whether no allergy forbids the drug. Who had a severe reaction to
// a penicillin gets no cephalosporin either.
func (h *history) bears(x *drug) bool {
	for _, a := range h.allergies {
		if a.class == "" {
			continue
		}
		if x.class(a.class) || a.class == "penicillin" && a.severity == "severe" && x.class("cephalosporin") {
			return false
		}
	}
	return true
}
