package conflicts_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"feldsher/internal/clinic"
	"feldsher/internal/ledger"
	"feldsher/internal/service/conflict"
	"feldsher/internal/ui/present"
	"feldsher/internal/ui/present/conflicts"
	"feldsher/internal/ui/present/conflicts/conflictstest"
	"feldsher/internal/ui/present/presenttest"
	"feldsher/translations"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func inbox(t testing.TB, s *present.Session) *conflicts.Inbox {
	t.Helper()
	b := conflicts.NewInbox(s)
	take, err := b.Load(t.Context())
	must(t, err)
	take()
	return b
}

func open(t testing.TB, s *present.Session, what string) *conflicts.Sheet {
	t.Helper()
	for _, l := range inbox(t, s).Lines() {
		if l.What == what {
			sh, err := conflicts.Open(t.Context(), s, l.Ref)
			must(t, err)
			return sh
		}
	}
	t.Fatalf("no line %q", what)
	return nil
}

// marked writes pieces with brackets round what differs.
func marked(p []conflicts.Piece) string {
	out := ""
	for _, x := range p {
		if x.Differs {
			out += "[" + x.Text + "]"
		} else {
			out += x.Text
		}
	}
	return out
}

// TestInbox: each line says what, whose and which; each field both versions with the
// words that differ marked; the dose is one thing.
func TestInbox(t *testing.T) {
	c := conflictstest.Make(t, translations.Russian)
	b := inbox(t, c.A)
	var lines []string
	for _, l := range b.Lines() {
		lines = append(lines, l.What+" | "+l.Whose+" | "+l.About+" | "+l.State)
		if !l.Mine || l.Read || l.Icon == "" || l.When != "21.11.2026 12:37" {
			t.Errorf("%+v", l)
		}
	}
	slices.Sort(lines)
	want := []string{
		"Карта пациента: имя | Ковылина Дария Игоревна, 09.03.1984 | А-000001 | нужно решить",
		"Назначение: доза и приём | Ковылина Дария Игоревна, 09.03.1984 | амоксициллин, 1000, мг, внутрь, 2 раза в день, 7 дней | нужно решить",
		"Приём: жалобы | Ковылина Дария Игоревна, 09.03.1984 | 21.11.2026 12:30, в клинике, Озёрная Вера Павловна, кашель | нужно решить",
	}
	if !slices.Equal(lines, want) {
		t.Errorf("%q", lines)
	}
	if b.Head() != "Ждут вас: 3." {
		t.Error(b.Head())
	}
	sh := open(t, c.A, "Приём: жалобы")
	f := sh.Fields()
	if len(f) != 1 || f[0].Label != "Жалобы" || f[0].Same ||
		marked(f[0].Left) != "Кашель третий день, [с мокротой,] хуже ночью. Температура [37,4] вечером. [Одышка при подъёме на второй этаж,] в груди не болит." ||
		marked(f[0].Right) != "Кашель третий день, [сухой,] хуже ночью. Температура [38,2] вечером. [Одышки нет,] в груди не болит." {
		t.Errorf("%+v", f)
	}
	if sh.Sides[0].Who != "Озёрная В. П. · Кабинет 2" || !sh.Sides[0].Present || sh.Sides[1].Who != "Озёрная В. П. · Регистратура" || sh.Sides[1].When != "21.11.2026 12:30" {
		t.Errorf("%+v", sh.Sides)
	}
	if sh.Route != (present.Route{Page: present.PageVisit, ID: c.Visit}) {
		t.Errorf("%+v", sh.Route)
	}
	dose := open(t, c.A, "Назначение: доза и приём").Fields()
	var told []string
	for _, x := range dose {
		told = append(told, x.Label+" "+marked(x.Left)+" / "+marked(x.Right))
	}
	if !slices.Equal(told, []string{
		"Доза [1000] / [500]", "Единица дозы мг / мг", "Способ внутрь / внутрь", "Частота [2] раза в день / [3] раза в день",
		"Длительность 7 дней / 7 дней", "Указания после еды / после еды",
	}) {
		t.Errorf("%q", told)
	}
}

// TestTakeAndOwn: taking and writing end a conflict on both workstations; what is
// wrong stands at its field.
func TestTakeAndOwn(t *testing.T) {
	c, ctx := conflictstest.Make(t, translations.Russian), t.Context()
	sh := open(t, c.A, "Приём: жалобы")
	said, err := sh.Take(true)(ctx)
	must(t, err)
	if said == "" || strings.Contains(said, "_") {
		t.Error(said)
	}
	f := open(t, c.A, "Назначение: доза и приём").Form()
	if f == nil || f.Inputs[0].Column != "dose" || f.Inputs[0].Text != "1000" || !f.Inputs[0].Differs || f.Inputs[1].Column != "frequency" || f.Inputs[2].Differs {
		t.Fatalf("%+v", f)
	}
	f.Inputs[0].Text = "семьсот"
	_, err = f.Save()(ctx)
	f.Blame(c.A.Words, err)
	if f.Inputs[0].Error == "" {
		t.Fatalf("%v, %+v", err, f.Inputs[0])
	}
	f.Inputs[0].Text = "750,5"
	f.Insert(f.Inputs[1])
	_, err = f.Save()(ctx)
	f.Blame(c.A.Words, err)
	must(t, err)
	c.Exchange(t)
	for _, s := range []*present.Session{c.A, c.B} {
		v, err := s.Records.Visit(ctx, c.Visit)
		must(t, err)
		if p := v.Prescriptions[0]; p.Dose != "750.5" || p.Frequency != "3 раза в день" || !strings.Contains(v.Complaints, "сухой") {
			t.Errorf("%+v", v)
		}
		if lines := inbox(t, s).Lines(); len(lines) != 1 {
			t.Errorf("%+v", lines)
		}
	}
	acts, _, err := c.A.Records.History(ctx, c.Patient.ID, 5)
	must(t, err)
	if acts[0].Payload.Intent != "conflict.settle" {
		t.Error(acts[0].Payload.Intent)
	}
}

// TestDraft: an own version that was begun comes back, and only for its conflict.
func TestDraft(t *testing.T) {
	c, ctx := conflictstest.Make(t, translations.Russian), t.Context()
	k := conflicts.NewKeeper(c.A)
	sh := open(t, c.A, "Приём: жалобы")
	f := sh.Form()
	f.Insert(f.Inputs[0])
	if !strings.Contains(f.Inputs[0].Text, "с мокротой") || !strings.Contains(f.Inputs[0].Text, "сухой") {
		t.Fatal(f.Inputs[0].Text)
	}
	k.Typed(f)
	must(t, k.Flush(ctx))
	again := open(t, c.A, "Приём: жалобы").Form()
	if body := conflicts.NewKeeper(c.A).Read(ctx, sh.Ref()); !again.Restore(body) || again.Inputs[0].Text != f.Inputs[0].Text {
		t.Fatal(body)
	}
	if other := open(t, c.A, "Назначение: доза и приём").Form(); other.Restore(f.Draft()) {
		t.Error("a draft comes back elsewhere")
	}
	k.Forget(sh.Ref())
	if body := k.Read(ctx, sh.Ref()); body != "" {
		t.Error(body)
	}
}

// TestDeskSeesNoCare: a receptionist settles what is hers, and of the rest sees only
// that it is there (R11.2).
func TestDeskSeesNoCare(t *testing.T) {
	c := conflictstest.Make(t, translations.Russian)
	desk := presenttest.As(t, c.A, clinic.Reception)
	b := inbox(t, desk)
	if b.Head() != "Ждут вас: 1. Решают другие: 2." {
		t.Error(b.Head())
	}
	for _, l := range b.Lines() {
		if l.Mine {
			continue
		}
		sh, err := conflicts.Open(t.Context(), desk, l.Ref)
		must(t, err)
		if sh.Fields() != nil || sh.Form() != nil || sh.Settles || strings.Contains(l.About+l.Whose+sh.About, "амоксициллин") {
			t.Errorf("%+v %+v", l, sh)
		}
	}
}

// TestSealed: what was written beside a signature is read field by field, not decided.
func TestSealed(t *testing.T) {
	c := conflictstest.Sealed(t, translations.Russian)
	b := inbox(t, c.A)
	lines := b.Lines()
	if len(lines) != 1 || lines[0].What != "Протокол: текст и подпись" || lines[0].State != "подписано раньше правки" {
		t.Fatalf("%+v", lines)
	}
	sh, err := conflicts.Open(t.Context(), c.A, lines[0].Ref)
	must(t, err)
	if sh.Settles || sh.Writes || !sh.Marks || !sh.Sides[1].Void || sh.Sides[1].Title != "Не вошло" {
		t.Errorf("%+v", sh)
	}
	var told []string
	for _, f := range sh.Fields() {
		told = append(told, f.Label+": "+marked(f.Left)+" / "+marked(f.Right))
	}
	if all := strings.Join(told, "\n"); !strings.Contains(all, "Объективно: Состояние удовлетворительное. Дыхание жёсткое, [хрипов нет.] / Состояние удовлетворительное. Дыхание жёсткое, [справа внизу единичные влажные хрипы.]") ||
		strings.Contains(all, "{") {
		t.Error(all)
	}
	_, err = sh.MarkRead()(t.Context())
	must(t, err)
	b = inbox(t, c.A)
	if len(b.Lines()) != 0 || b.Hidden() != 1 || b.Head() != "Ничего не ждёт решения." {
		t.Error(b.Lines(), b.Hidden(), b.Head())
	}
	b.ShowAll = true
	if l := b.Lines(); len(l) != 1 || l[0].State != "прочитано" {
		t.Errorf("%+v", l)
	}
}

// TestClash: bookings that two workstations made for one time are listed, and lead to
// the desk's day (R2.4).
func TestClash(t *testing.T) {
	p, ctx := presenttest.Twins(t, translations.Russian), t.Context()
	patient := presenttest.Patient(t, p.A)
	p.Exchange(t)
	start := clinic.TimeOf(presenttest.Now.Add(3 * time.Hour))
	book := func(s *present.Session, b clinic.Booking) {
		b.Staff, b.Start, b.Minutes, b.Kind, b.Channel, b.Status = s.User.ID, start, 15, clinic.Planned, clinic.AtDesk, clinic.Booked
		_, err := s.Desk.Book(ctx, b)
		must(t, err)
	}
	_, err := p.A.Desk.SaveSchedule(ctx, clinic.Schedule{Staff: p.A.User.ID, Weekday: 6, From: 9 * 60, Until: 20 * 60, Slot: 15})
	must(t, err)
	p.Exchange(t)
	book(p.A, clinic.Booking{Patient: patient.ID})
	book(p.B, clinic.Booking{Name: "Хайдаров", Phone: "+7 916 555-01-43"})
	p.Exchange(t)
	for _, s := range []*present.Session{p.A, p.B} {
		lines := inbox(t, s).Lines()
		if len(lines) != 1 || !lines[0].Elsewhere || !strings.Contains(lines[0].Whose, "Хайдаров") || !strings.Contains(lines[0].Whose, "Ковылина Д. И.") ||
			lines[0].Route != (present.Route{Page: present.PageToday, Arg: "2026-11-21"}) {
			t.Fatalf("%+v", lines)
		}
	}
}

// TestWords: whatever may be in conflict is named in every language, and so is every
// column of it that a person may change.
func TestWords(t *testing.T) {
	ours := []string{ // the program's own: never shown
		"patient", "visit", "system", "version", "name", "source_system", "source_code", "lang", "shape", "written", "signer", "signer_post", "care",
		"digest", "signature", "staff", "code_system", "code_version", "currency", "fields", "service",
	}
	for _, lang := range translations.Languages {
		w := present.Words{Lang: lang}
		for _, table := range clinic.Tables {
			for _, g := range table.Groups {
				if g.Policy != ledger.Conflict {
					continue
				}
				if conflicts.GroupName(w, table.Name, g.Name) == "" || strings.HasPrefix(conflicts.TableName(w, table.Name), w.T("conflicts_t_other")) {
					t.Errorf("%s: %s %s has no name", lang, table.Name, g.Name)
				}
				for _, column := range g.Columns {
					if conflicts.Label(w, table.Name, column) == "" && !slices.Contains(ours, column) {
						t.Errorf("%s: %s.%s has no name", lang, table.Name, column)
					}
				}
			}
		}
		for _, is := range []conflict.Is{conflict.Open, conflict.Late, conflict.Sealed, conflict.Twice} {
			for _, key := range []string{"conflicts_is_", "conflicts_note_"} {
				if !translations.Has(lang, key+string(is)) {
					t.Errorf("%s: no %s%s", lang, key, is)
				}
			}
		}
	}
}

// TestCompare: the pieces of each text are the text; what is not marked stands in
// both, in the same order.
func TestCompare(t *testing.T) {
	word := rapid.SampledFrom([]string{"кашель", "день,", "38,2", "нет", "и"})
	blank := rapid.SampledFrom([]string{" ", "\n", "  "})
	text := rapid.Custom(func(r *rapid.T) string {
		out := ""
		for range rapid.IntRange(0, 12).Draw(r, "words") {
			out += word.Draw(r, "word") + blank.Draw(r, "blank")
		}
		return out
	})
	rapid.Check(t, func(r *rapid.T) {
		a, b := text.Draw(r, "a"), text.Draw(r, "b")
		l, rr := conflicts.Compare(a, b)
		whole := func(p []conflicts.Piece) (out string) {
			for _, x := range p {
				out += x.Text
			}
			return out
		}
		common := func(p []conflicts.Piece) string {
			out := ""
			for _, x := range p {
				if !x.Differs {
					out += " " + x.Text
				}
			}
			return strings.Join(strings.Fields(out), " ")
		}
		if got := whole(l); got != a {
			r.Fatalf("%q became %q", a, got)
		}
		if got := whole(rr); got != b {
			r.Fatalf("%q became %q", b, got)
		}
		if common(l) != common(rr) {
			r.Fatalf("%q and %q stay the same of %q and %q", common(l), common(rr), a, b)
		}
		if a == b && slices.ContainsFunc(l, func(x conflicts.Piece) bool { return x.Differs }) {
			r.Fatal("equal texts differ")
		}
	})
}
