package entry_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"feldsher/internal/clinic"
	"feldsher/internal/fault"
	"feldsher/internal/service/records"
	"feldsher/internal/ui/present/entry"
	"feldsher/internal/ui/present/presenttest"
	"feldsher/translations"
)

// Issue 3, part 2: closed → login → open → hidden → open by PIN → locked → login.
func TestDay(t *testing.T) {
	s, ctx := founded(t), context.Background()
	if s.Session() != nil || s.State() != entry.Login {
		t.Fatal("a session before anybody entered")
	}
	s.enter("ozernaya", secret)
	doctor := s.Session()
	if s.State() != entry.Working || doctor.User.Family != "Озёрная" {
		t.Fatal("nobody works", s.State())
	}
	if err := s.SetPIN(ctx, "не тот пароль", "8364"); !fault.Is(err, fault.Password) {
		t.Fatalf("whoever finds an open screen makes a PIN: %v", err)
	}
	if err := s.SetPIN(ctx, secret, "8364"); err != nil {
		t.Fatal(err)
	}
	patient := presenttest.Patient(t, doctor)
	if err := doctor.Records.SaveDraft(ctx, records.DraftVisit, patient.ID, `{"a":1}`); err != nil {
		t.Fatal(err)
	}
	if _, err := doctor.Records.Patient(ctx, patient.ID); err != nil {
		t.Fatal(err)
	}
	if err := s.Hide(ctx); err != nil {
		t.Fatal(err)
	}
	if s.State() != entry.Hidden || s.Session() != nil {
		t.Fatal("the session did not end", s.State())
	}
	// The nurse by password, beside the doctor.
	s.now = s.now.Add(time.Minute)
	s.enter(nurse, hers)
	if s.Session().User.Family != "Ласточкина" || len(s.seats()) != 2 {
		t.Fatal("the nurse does not work")
	}
	if drafts, err := s.Session().Records.Drafts(ctx); err != nil || len(drafts) != 0 {
		t.Error("the nurse sees the doctor's draft", err)
	}
	seen := 0
	for o, err := range s.Session().Store.Log(ctx, patient.ID) {
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range o.Payloads {
			if len(p.Accesses) > 0 {
				seen++
			}
			if p.Actor != doctor.User.ID {
				t.Error("what the doctor did stands under", p.Actor)
			}
		}
	}
	if seen == 0 {
		t.Error("what was looked at before hiding is not in the ledger")
	}
	if err := s.Hide(ctx); err != nil {
		t.Fatal(err)
	}
	h := entry.NewHidden(s.Gate)
	if err := h.Load(ctx); err != nil {
		t.Fatal(err)
	}
	if h.Tiles[h.At()].Login != nurse || h.ByPIN() {
		t.Error("who worked last is not chosen, or has a PIN")
	}
	h.Choose(0)
	if !h.ByPIN() || h.Enter(ctx, "83") || h.Hint("").Tone != entry.Wrong || h.Enter(ctx, "0000") || !h.Enter(ctx, "8364") {
		t.Fatal("PIN", h.Hint(""))
	}
	if d, ok, err := s.Session().Records.Draft(ctx, records.DraftVisit, patient.ID); err != nil || !ok || d.Body != `{"a":1}` {
		t.Error("the doctor's draft is gone", err)
	}
	st := s.Session().Store
	if err := s.Lock(ctx, entry.ByHand); err != nil {
		t.Fatal(err)
	}
	if s.State() != entry.Locked || s.Waiting().Drafts != 1 || s.Session() != nil || len(st.Admitted()) != 0 {
		t.Error("locked", s.State(), s.Waiting())
	}
	if _, err := st.Organisation(ctx); !fault.Is(err, fault.Forbidden) {
		t.Error("the database is still open:", err)
	}
	if err := s.EnterPIN(ctx, doctor.User.ID, "8364"); !fault.Is(err, fault.Password) {
		t.Error("a PIN opened a locked screen:", err)
	}
	l := entry.NewLogin(s.Gate)
	l.Load()
	if lines := l.Waiting(); len(lines) != 2 || !strings.Contains(lines[1], "1") {
		t.Error(lines)
	}
	if l.Login() != nurse { // she gave a password last
		t.Error("the list begins with", l.Login())
	}
	if l.Enter(ctx, "неверно совсем") || l.Hint("").Tone != entry.Wrong || !l.Enter(ctx, hers) {
		t.Error("login", l.Hint(""))
	}
	if s.Waiting() != (entry.Waiting{}) {
		t.Error("still waiting", s.Waiting())
	}
	if _, err := s.Session().Store.Verify(ctx); err != nil {
		t.Error(err)
	}
}

// Issue 3: each way in which a clinic can't be opened is told in words.
func TestBroken(t *testing.T) {
	s := founded(t)
	s.enter("ozernaya", secret)
	second := newStation(t, s.dir)
	if got := second.Look(); got != entry.Broken || !fault.Is(second.Fault(), fault.Locked) {
		t.Error("a second start:", got, second.Fault())
	}
	if err := s.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := second.Look(); got != entry.Login {
		t.Error("another try:", got, second.Fault())
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if g := newStation(t, filepath.Join(file, "x")); g.Look() != entry.Broken || !fault.Is(g.Fault(), fault.Space) {
		t.Error("a directory that can't be:", g.Fault())
	}
	// A database that is gone, or rubbish, shows after the password.
	if err := os.WriteFile(filepath.Join(s.dir, "clinic.db"), []byte(strings.Repeat("rubbish ", 4096)), 0o600); err != nil {
		t.Fatal(err)
	}
	l := entry.NewLogin(second.Gate)
	l.Load()
	if l.Enter(t.Context(), secret) || l.Fatal() == "" || second.State() != entry.Login {
		t.Errorf("a damaged database: %q %v", l.Fatal(), l.Hint(""))
	}
	for _, name := range []string{"slots.a", "slots.b"} {
		if err := os.WriteFile(filepath.Join(s.dir, name), []byte("rubbish"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if got := second.Look(); got != entry.Broken || !fault.Is(second.Fault(), fault.Damaged) || second.Words().Fault(second.Fault()) == "" {
		t.Error("damaged keys:", got, second.Fault())
	}
}

// Issue 3: delays grow, are told as a countdown, and survive a restart.
func TestLoginWaits(t *testing.T) {
	s, ctx := founded(t), context.Background()
	l := entry.NewLogin(s.Gate)
	l.Load()
	for range 3 {
		if l.Enter(ctx, "ytdthysq gfhjkm") {
			t.Fatal("a wrong password opened")
		}
	}
	left, text := l.Wait()
	if left != 5*time.Second || !strings.Contains(text, "5") || l.Enter(ctx, secret) {
		t.Error(left, text)
	}
	s.start()
	s.Look()
	l = entry.NewLogin(s.Gate)
	l.Load()
	if left, _ := l.Wait(); left != 5*time.Second {
		t.Error("a restart forgot it:", left)
	}
	l.Choose(1)
	if left, _ := l.Wait(); left != 0 {
		t.Error("another user waits too")
	}
	l.Choose(0)
	s.now = s.now.Add(4100 * time.Millisecond)
	if _, text := l.Wait(); !strings.Contains(text, "1") {
		t.Error(text)
	}
	s.now = s.now.Add(time.Second)
	if !l.Enter(ctx, secret) {
		t.Error(l.Hint(""))
	}
}

func TestHints(t *testing.T) {
	s := founded(t)
	l := entry.NewLogin(s.Gate)
	l.Load()
	l.Enter(t.Context(), "gfhjkm gfhjkm")
	if !strings.Contains(l.Hint("").Text, s.Words().T("entry_layout_latin")) {
		t.Error("no hint about the layout after a failure:", l.Hint(""))
	}
	if l.Hint("паrоль").Tone != entry.Warn {
		t.Error("two layouts in one word:", l.Hint("паrоль"))
	}
	l.Key('П', false)
	if l.Hint("П").Text != s.Words().T("entry_caps") {
		t.Error("Caps Lock:", l.Hint("П"))
	}
	l.Key('п', false)
	if l.Hint("Пп").Text == s.Words().T("entry_caps") {
		t.Error("Caps Lock stays on")
	}
	var c entry.Caps
	for _, k := range []struct {
		r     rune
		shift bool
		want  bool
	}{{'A', true, false}, {'1', false, false}, {'A', false, true}, {'7', false, true}, {'a', true, true}, {'Ә', false, true}, {'ә', false, false}} {
		if got := c.Typed(k.r, k.shift); got != k.want {
			t.Errorf("%c: %v", k.r, got)
		}
	}
	for _, lang := range translations.Languages {
		s.Speak(lang)
		if s.Words().T("entry_caps") == "entry_caps" {
			t.Error(lang)
		}
	}
	if entry.Initials("Озёрная В. П.") != "ОВ" || entry.Initials("ozernaya") != "O" || entry.Initials("") != "" {
		t.Error("initials")
	}
}

// R11.1: the paper opens, and gives a new password.
func TestRecovery(t *testing.T) {
	s, ctx := newStation(t, t.TempDir()), context.Background()
	w := s.wizard()
	phrase := strings.Join(w.Words24(), " ")
	if err := w.Finish(ctx); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(ctx); err != nil {
		t.Fatal(err)
	}
	s.start()
	s.Look()
	r := entry.NewRecovery(s.Gate, "ozernaya")
	words := strings.Fields(phrase)
	for typed, tone := range map[string]entry.Tone{
		"": entry.Calm, strings.Join(words[:7], " "): entry.Calm, phrase: entry.Good,
		"ъъъъ " + strings.Join(words[1:9], " "):                     entry.Wrong,
		strings.Join(words[:3], " ") + " " + words[3][:2]:           entry.Calm, // still being typed
		strings.Join(append([]string{words[1]}, words[1:]...), " "): entry.Wrong,
	} {
		if say, whole := r.Phrase(typed); say.Tone != tone || whole != (tone == entry.Good) || say.Text == "" {
			t.Errorf("%d words: %v", len(strings.Fields(typed)), say)
		}
	}
	if in, field := r.Enter(ctx, "одно слово", hers, hers); in || field != "phrase" {
		t.Error(field, r.Says())
	}
	if in, field := r.Enter(ctx, phrase, "пароль123", "пароль123"); in || field != "password" {
		t.Error(field, r.Says())
	}
	if in, field := r.Enter(ctx, phrase, hers, hers+"х"); in || field != "again" {
		t.Error(field, r.Says())
	}
	if in, _ := r.Enter(ctx, phrase, hers, hers); !in || s.State() != entry.Working {
		t.Fatal(r.Says())
	}
	if err := s.Lock(ctx, entry.Suspend); err != nil {
		t.Fatal(err)
	}
	if err := s.Enter(ctx, "ozernaya", secret); !fault.Is(err, fault.Password) {
		t.Error("the forgotten password still opens:", err)
	}
	s.enter("ozernaya", hers)
}

// A user's own language is that of the user's session.
func TestLanguageOfUser(t *testing.T) {
	s, ctx := founded(t), context.Background()
	s.enter("ozernaya", secret)
	if err := s.Session().Prefs.Set(ctx, entry.PrefLanguage, "kk"); err != nil {
		t.Fatal(err)
	}
	if err := s.Hide(ctx); err != nil {
		t.Fatal(err)
	}
	s.enter("ozernaya", secret)
	if s.Session().Words.Lang != translations.Kazakh || s.Words().Lang != translations.Russian {
		t.Error(s.Session().Words.Lang, s.Words().Lang)
	}
	if !s.Session().May(clinic.ManageUsers) {
		t.Error("rights")
	}
}

// R11.4: a work that outlives its user's page, as a print does, is noted under that
// user's name, though somebody else sits there when it ends.
func TestLateLooksAreNoted(t *testing.T) {
	s, ctx := founded(t), context.Background()
	s.enter("ozernaya", secret)
	doctor := s.Session()
	patient := presenttest.Patient(t, doctor)
	if err := s.Hide(ctx); err != nil {
		t.Fatal(err)
	}
	s.enter(nurse, hers)
	if _, err := doctor.Records.Patient(ctx, patient.ID); err != nil {
		t.Fatal(err)
	}
	if err := s.Lock(ctx, entry.ByHand); err != nil {
		t.Fatal(err)
	}
	s.enter(nurse, hers)
	noted := 0
	for o, err := range s.Session().Store.Log(ctx, patient.ID) {
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range o.Payloads {
			for _, a := range p.Accesses {
				if a.Patient == patient.ID && p.Actor == doctor.User.ID {
					noted++
				}
			}
		}
	}
	if noted == 0 {
		t.Error("what the doctor's page read last is in no ledger")
	}
}

// Before the clinic is open its zone is not known: the list of users tells a day, no time.
func TestLastIsADay(t *testing.T) {
	s := founded(t)
	s.enter("ozernaya", secret)
	for _, c := range []struct {
		days int
		want string
	}{{0, "был вход сегодня"}, {1, "был вход вчера"}, {40, ""}} {
		if err := s.Lock(t.Context(), entry.ByHand); err != nil {
			t.Fatal(err)
		}
		then := s.now
		s.now = s.now.AddDate(0, 0, c.days)
		login := entry.NewLogin(s.Gate)
		login.Load()
		want := c.want
		if want == "" {
			want = "был вход " + then.Local().Format("02.01.2006")
		}
		if got := login.Last(0); got != want {
			t.Errorf("after %d days: %q, want %q", c.days, got, want)
		}
		s.enter("ozernaya", secret)
	}
}
