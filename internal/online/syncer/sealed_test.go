package syncer_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"feldsher/internal/clinic"
	"feldsher/internal/ledger"
	"feldsher/internal/online/syncer"
	"feldsher/internal/online/wire"
	"feldsher/internal/server"
	"feldsher/internal/server/depot"
	"feldsher/internal/storage/journal"
	"feldsher/internal/storage/store"
)

// recorder passes calls on over plain HTTP and keeps all bytes, decompressed.
type recorder struct {
	mu    sync.Mutex
	bytes bytes.Buffer
	calls int
}

func (r *recorder) keep(header http.Header, body io.ReadCloser) (io.ReadCloser, error) {
	b, err := io.ReadAll(body)
	if err != nil {
		return nil, err
	}
	plain := b
	if header.Get("Content-Encoding") == "zstd" {
		if plain, err = wire.Decompress(b); err != nil {
			return nil, err
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.calls++
	for name, values := range header {
		fmt.Fprintln(&r.bytes, name, values)
	}
	r.bytes.Write(plain)
	return io.NopCloser(bytes.NewReader(b)), nil
}

func (r *recorder) RoundTrip(req *http.Request) (resp *http.Response, err error) {
	if req.Body != nil {
		if req.Body, err = r.keep(req.Header, req.Body); err != nil {
			return nil, err
		}
	}
	resp, err = http.DefaultTransport.RoundTrip(req)
	if err == nil {
		resp.Body, err = r.keep(resp.Header, resp.Body)
	}
	return resp, err
}

// lockedBuffer is a log.
type lockedBuffer struct {
	mu sync.Mutex
	bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Buffer.Write(p)
}

// secrets gives what must never leave a workstation in clear: of each patient a
// surname, a phone, a diagnosis in words, a word of the visit.
func secrets(n int) (patients []clinic.Patient, words []string) {
	for i := range n {
		family := fmt.Sprintf("Выдумкин%dов", 10_000+i*7919%90_000)
		phone := fmt.Sprintf("+7 9%02d %03d-%02d-%02d", i%90+10, i%1000, i%97, i%89)
		patients = append(patients, clinic.Patient{
			Name: clinic.Name{Family: family, Given: "Тайна"}, Sex: clinic.Female, BirthDate: "1971-02-03",
			Contacts: []clinic.Contact{{Kind: "phone", Value: phone}},
		})
		words = append(words, family, phone, diagnosisOf(i), complaintOf(i))
	}
	return patients, words
}

func diagnosisOf(i int) string {
	return fmt.Sprintf("Редкая болезнь номер %d", 100_000+i)
}
func complaintOf(i int) string { return fmt.Sprintf("жалоба-%d-ночью", 100_000+i) }

// found counts the words that stand in some bytes, in the spellings that a careless
// program would leave.
func found(in []byte, words []string) (hits []string) {
	text := string(in)
	for _, w := range words {
		digits := strings.Map(func(r rune) rune {
			if r >= '0' && r <= '9' {
				return r
			}
			return -1
		}, w)
		for _, spelling := range []string{w, strings.ToUpper(w), strings.ToLower(w), url.QueryEscape(w), fmt.Sprintf("%+q", w)[1:]} {
			if strings.Contains(text, strings.TrimSuffix(spelling, `"`)) {
				hits = append(hits, w)
				break
			}
		}
		if len(digits) == 11 && strings.Contains(text, digits) {
			hits = append(hits, w)
		}
	}
	return hits
}

// TestOnlySealed: of 1 000 patients' names, phones, diagnoses and complaints none is
// in the server's files, its log, or what travelled.
func TestOnlySealed(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	d, err := depot.Open(ctx, filepath.Join(dir, "hub.db"), filepath.Join(dir, "blobs"))
	if err != nil {
		t.Fatal(err)
	}
	log, record := new(lockedBuffer), new(recorder)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	front, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	serving, stop := context.WithCancel(ctx)
	ended := make(chan error, 1)
	srv := server.New(server.Options{
		Depot: d, Certificate: server.NoCertificate(),
		Log: slog.New(slog.NewJSONHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	go func() { ended <- srv.Serve(serving, l) }()
	proxy := httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "http", Host: l.Addr().String()})
	proxy.Transport = record
	relay := &http.Server{Handler: proxy, ReadHeaderTimeout: time.Minute}
	go func() { _ = relay.Serve(front) }()

	h := &hub{t: t, dir: dir, addr: front.Addr().String(), depot: d}
	a := founded(t)
	patients, words := secrets(1000)
	err = a.Update(ctx, journal.Act{Intent: "import"}, func(tx *store.Tx) error {
		for i := range patients {
			if err := tx.PutPatient(&patients[i]); err != nil {
				return err
			}
			v := clinic.Visit{
				Patient: patients[i].ID, Kind: "clinic", CareFrom: clinic.TimeOf(time.Now()), Status: "open", Complaints: complaintOf(i),
				Diagnoses: []clinic.Diagnosis{{Coding: clinic.Coding{System: clinic.ICD10, Code: "J06.9"}, Text: diagnosisOf(i)}},
			}
			if err := tx.PutVisit(&v); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	scan := clinic.Attachment{Patient: patients[0].ID, Kind: "scan", Title: words[2]}
	content := strings.Repeat(strings.Join(words[:400], " "), 20)
	if err := a.PutAttachment(ctx, journal.Act{Intent: "attachment.add"}, &scan, strings.NewReader(content)); err != nil {
		t.Fatal(err)
	}
	if err := syncer.Link(ctx, a.Store, "http://"+h.addr, h.code()); err != nil {
		t.Fatal(err)
	}
	a.sync()
	code, _, err := syncer.Invite(ctx, a.Store, words[0]) // a careless name
	if err != nil {
		t.Fatal(err)
	}
	b, err := syncer.Join(ctx, filepath.Join(t.TempDir(), "b"), "http://"+h.addr, code, login, password, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	second := &station{t, "", b}
	t.Cleanup(func() { _ = b.Close() })
	second.sync()
	_, r, err := b.OpenAttachment(ctx, scan.ID)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(r); err != nil || string(got) != content {
		t.Fatal("the attachment has not come", err)
	}
	_ = r.Close()
	if _, err := syncer.Erase(ctx, b, patients[1].ID, ledger.Identity, ledger.Medical); err != nil {
		t.Fatal(err)
	}
	a.sync()
	same(t, a, second)

	_ = relay.Close()
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if err := d.Close(); err != nil {
		t.Error(err)
	}
	places := map[string][]byte{"the log": log.Bytes(), "the traffic": record.bytes.Bytes()}
	err = filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			places[path], err = os.ReadFile(path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	words = append(words, patients[0].CaseNumber, password)
	total := 0
	for place, content := range places {
		total += len(content)
		if hits := found(content, words); len(hits) > 0 {
			t.Errorf("%s holds %d of %d secrets, %q among them", place, len(hits), len(words), hits[0])
		}
	}
	if total < 1<<20 || record.calls < 20 || log.Len() == 0 {
		t.Fatalf("too little was searched: %d bytes, %d calls, log of %d", total, record.calls, log.Len())
	}
	// The search would find them: they stand in an ordinary text.
	if hits := found([]byte(strings.Join(words, "\n")), words); len(hits) < len(words) {
		t.Fatalf("the search finds %d of %d", len(hits), len(words))
	}
}
