package main

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/tls"
	"encoding/hex"
	"io"
	"net/http"
	"os"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"feldsher/internal/ledger"
	"feldsher/internal/online/client"
	"feldsher/internal/online/wire"
)

// TestDay is an operator's day: a server in its own process, and the commands
// beside it on the same file.
func TestDay(t *testing.T) {
	t.Parallel()
	db := database(t)
	p := serve(t, "--db", db, "serve", "--listen", "127.0.0.1:0", "--country", "kz")
	if info, err := os.Stat(db + ".pem"); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Fatal(info, err)
	}
	var added addedOut
	must(t, &added, "--db", db, "org", "add", "Емхана № 7")
	if added.Country != "kz" || added.Name != "Емхана № 7" || added.Org != "" {
		t.Fatal(added)
	}
	code, err := wire.ParseCode(added.Code)
	if err != nil {
		t.Fatal(err)
	}
	_, key, _ := ed25519.GenerateKey(rand.Reader)
	public := key.Public().(ed25519.PublicKey)
	body := wire.LinkBody{Org: ledger.NewID(), Device: ledger.NewID(), SignKey: public, AdminKey: public, Country: "kz"}
	c, _, err := client.PinAndLink(t.Context(), p.out.URL, code, body, client.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if hex.EncodeToString(c.Pin()) != p.out.Fingerprint || c.Greeting().Server.String() != p.out.Server {
		t.Fatal("another server is pinned than was announced")
	}
	var orgs []orgOut
	must(t, &orgs, "--db", db, "org", "list")
	if len(orgs) != 1 || orgs[0].ID != body.Org.String() || orgs[0].Devices != 1 || orgs[0].Country != "kz" || orgs[0].Added == nil {
		t.Fatal(orgs)
	}
	var stations []deviceOut
	must(t, &stations, "--db", db, "device", "list", "Емхана № 7")
	if len(stations) != 1 || stations[0].ID != body.Device.String() || stations[0].Revoked != nil {
		t.Fatal(stations)
	}
	secret := map[string]string{}
	must(t, &secret, "--db", db, "operator")
	if got := page(t, p.out.URL, secret["secret"]); !strings.Contains(got, "Емхана № 7") {
		t.Fatal(got)
	}
	fails(t, 8, "fault.licensord.locked", "--db", db, "serve", "--listen", "127.0.0.1:0")
	fails(t, 5, "fault.licensord.country", "--db", db, "org", "add", "x", "--country", "ru")
	fails(t, 4, "fault.licensord.no_device", "--db", db, "device", "revoke", body.Org.String(), ledger.NewID().String())
	must(t, &map[string]string{}, "--db", db, "device", "revoke", body.Org.String(), body.Device.String())
	must(t, &stations, "--db", db, "device", "list", body.Org.String())
	if stations[0].Revoked == nil {
		t.Fatal(stations)
	}
	var stats statsOut
	must(t, &stats, "--db", db, "stats")
	if stats.Organisations != 1 || stats.Devices != 0 || stats.Country != "kz" || len(stats.Availability) != 1 || stats.Server != p.out.Server {
		t.Fatal(stats)
	}
	p.terminate(t)
	fails(t, 5, "fault.licensord.country", "--db", db, "serve", "--listen", "127.0.0.1:0", "--country", "ru")
	again := serve(t, "--db", db, "serve", "--listen", "127.0.0.1:0")
	if again.out.Fingerprint != p.out.Fingerprint || again.out.Server != p.out.Server || again.out.Country != "kz" {
		t.Fatal("another server after a restart", again.out, p.out)
	}
	again.terminate(t)
	restored := map[string]string{}
	must(t, &restored, "--db", db, "restored")
	if restored["server"] == p.out.Server {
		t.Fatal("a restored database has kept its name")
	}
}

// terminate ends a server as a supervisor does, and wants it to end well.
func (p *process) terminate(t *testing.T) {
	t.Helper()
	if runtime.GOOS == "windows" { // there is no such signal
		_ = p.cmd.Process.Kill()
		_ = p.cmd.Wait()
		return
	}
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Wait(); err != nil {
		t.Fatalf("%v: %s", err, p.stderr)
	}
}

func page(t *testing.T, url, secret string) string {
	t.Helper()
	h := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}
	defer h.CloseIdleConnections()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url+"/", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.SetBasicAuth("operator", secret)
	resp, err := h.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatal(resp.Status, err)
	}
	return string(b)
}

// Without TLS it serves the loopback and nobody else.
func TestPlain(t *testing.T) {
	t.Parallel()
	db := database(t)
	fails(t, 2, "fault.licensord.plain", "--db", db, "serve", "--plain", "--listen", ":0")
	p := serve(t, "--db", db, "serve", "--plain", "--listen", "127.0.0.1:0")
	if !strings.HasPrefix(p.out.URL, "http://127.0.0.1:") || p.out.Fingerprint != "" {
		t.Fatal(p.out)
	}
	c, err := client.Dial(context.Background(), p.out.URL, client.Options{})
	if err != nil {
		t.Fatal(err)
	}
	c.Close()
	fails(t, 2, "fault.licensord.listen", "--db", database(t), "serve", "--listen", p.out.Address)
	p.terminate(t)
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	db := database(t)
	for _, c := range []struct {
		code int
		key  string
		args []string
	}{
		{2, "fault.licensord.no_db", []string{"org", "list"}},
		{2, "fault.licensord.no_files", []string{"--db", "postgres://localhost/x", "org", "list"}},
		{2, "licensord_usage", []string{"--db", db, "org", "add"}},
		{2, "licensord_usage", []string{"--db", db, "org", "add", "x", "--country", "de"}},
		{2, "fault.licensord.name", []string{"--db", db, "org", "add", " "}},
		{2, "fault.licensord.name", []string{"--db", db, "org", "add", "a\nb"}},
		{2, "fault.licensord.name", []string{"--db", db, "org", "add", strings.Repeat("я", 201)}},
		{2, "fault.field.range", []string{"--db", db, "org", "add", "x", "--hours", "0"}},
		{4, "fault.licensord.no_org", []string{"--db", db, "org", "add", "x", "--org", ledger.NewID().String()}},
		{4, "fault.licensord.no_org", []string{"--db", db, "device", "list", "x"}},
		{2, "fault.field.id", []string{"--db", db, "device", "revoke", "x", "y"}},
		{2, "fault.licensord.tls", []string{"--db", db, "serve", "--tls-cert", "x"}},
		{2, "fault.licensord.tls", []string{"--db", db, "serve", "--plain", "--acme", "example.org"}},
		{2, "fault.licensord.certificate", []string{"--db", db, "serve", "--tls-cert", "none.pem", "--tls-key", "none.pem", "--listen", "127.0.0.1:0"}},
		{2, "fault.licensord.listen", []string{"--db", db, "serve", "--listen", "nowhere"}},
	} {
		fails(t, c.code, c.key, c.args...)
	}
}
