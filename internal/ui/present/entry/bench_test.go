package entry_test

import (
	"context"
	"testing"

	"feldsher/internal/ui/present/entry"
	"feldsher/translations"
)

// BenchmarkEnter is the way back to work with the password function at its real
// cost: by password into the closed clinic, by password to the hidden screen, by PIN
// (issue 3: three seconds).
func BenchmarkEnter(b *testing.B) {
	ctx := context.Background()
	g := entry.NewGate(entry.Config{Dir: b.TempDir(), Lang: translations.Russian})
	g.Look()
	w := g.Wizard()
	w.Step, w.Title, w.Login, w.Family, w.Password = entry.Secret, "Родник", "vera", "Озёрная", secret
	if err := w.Found(ctx); err != nil {
		b.Fatal(err)
	}
	if err := w.Finish(ctx); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = g.Close(ctx) })
	if err := g.SetPIN(ctx, secret, "8364"); err != nil {
		b.Fatal(err)
	}
	user := g.Session().User.ID
	away := func(b *testing.B, f func(context.Context) error) {
		b.StopTimer()
		if err := f(ctx); err != nil {
			b.Fatal(err)
		}
		g.Look()
		b.StartTimer()
	}
	b.Run("pin", func(b *testing.B) {
		for b.Loop() {
			away(b, g.Hide)
			if err := g.EnterPIN(ctx, user, "8364"); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("hidden-password", func(b *testing.B) {
		for b.Loop() {
			away(b, g.Hide)
			if err := g.Enter(ctx, "vera", secret); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("locked-password", func(b *testing.B) {
		for b.Loop() {
			away(b, func(ctx context.Context) error { return g.Lock(ctx, entry.ByHand) })
			if err := g.Enter(ctx, "vera", secret); err != nil {
				b.Fatal(err)
			}
		}
	})
}
