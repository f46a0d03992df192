package server

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"feldsher/internal/online/wire"
)

func revoke(s *station) *wire.OrderBody {
	return &wire.OrderBody{Revoke: &wire.RevokeOrder{Device: s.id}}
}

// The log says what was called and how it went, and holds no secret.
func TestLog(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	code := w.code("ru")
	s := w.station(w.clinic().org)
	_ = s.link(code, "ru")
	c := w.clinic()
	if _, p := c.push(c.entry(100)); p != nil {
		t.Fatal(p)
	}
	secret, err := NewSecret(t.Context(), w.depot)
	if err != nil {
		t.Fatal(err)
	}
	w.send("GET", pagePath, map[string]string{"Authorization": basic(secret)}, nil)
	w.send("GET", pagePath+"?org="+code.String(), map[string]string{"Authorization": basic("wrong")}, nil)
	_ = c.must("wrong token", wire.PathState, &wire.State{}, nil)
	log := w.logged.String()
	id := code.ID()
	for _, hidden := range []string{c.token, code.String(), string(id[:]), secret, basic(secret), "Тайная", "Bearer", "wrong", "Authorization"} {
		if strings.Contains(log, hidden) {
			t.Errorf("the log holds %q", hidden)
		}
	}
	calls := map[string]int{}
	for _, line := range strings.Split(strings.TrimSpace(log), "\n") {
		var l struct {
			Call, Problem, From, Org, Device string
			Status                           int
		}
		if err := json.Unmarshal([]byte(line), &l); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		calls[l.Call]++
		if l.Problem == "" && l.From != "" {
			t.Errorf("an address without need: %s", line)
		}
		if l.Call == "push" && (l.Org != c.org.String() || l.Device != c.id.String() || l.Status != 200) {
			t.Error(line)
		}
	}
	if calls["push"] != 1 || calls["page"] != 2 || calls["link"] != 3 {
		t.Error(calls)
	}
}

func TestHealthAndMetrics(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	if r := w.send("GET", "/healthz", nil, nil); r.status != http.StatusOK || string(r.body) != "ok\n" {
		t.Fatal(r.status)
	}
	c := w.clinic()
	if _, p := c.push(c.entry(100)); p != nil {
		t.Fatal(p)
	}
	_ = c.must("wrong", wire.PathState, &wire.State{}, nil)
	body := string(w.send("GET", "/metrics", nil, nil).body)
	for _, want := range []string{
		`licensord_calls_total{call="push",status="200"} 1`, `licensord_refused_total{problem="token"} 1`, "licensord_entries_stored_total 1",
		"licensord_polls_held 0", `licensord_call_seconds_count{call="push"} 1`, "go_goroutines",
	} {
		if !strings.Contains(body, want) {
			t.Errorf("no %q", want)
		}
	}
	if strings.Contains(body, c.org.String()) || strings.Contains(body, "Тайная") {
		t.Error("an organisation stands in the metrics")
	}
	if err := w.depot.Close(); err != nil {
		t.Fatal(err)
	}
	if r := w.send("GET", "/healthz", nil, nil); r.status != http.StatusServiceUnavailable {
		t.Fatal("a server without database is well:", r.status)
	}
	if p := c.call(wire.PathState, &wire.State{}, nil); !is(p, wire.ProblemUnavailable) || p.Retry == 0 {
		t.Fatal(p)
	}
}

// A defect of one call is answered and logged without contents; the process lives.
func TestDefect(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	for name, defect := range map[string]func(){
		"runtime": func() { _ = []int{}[len(name0)] },
		"value":   func() { panic(errors.New("Фамилия пациента")) },
	} {
		h := w.server.observe("broken", func(*observed, *http.Request) { defect() })
		out := httptest.NewRecorder()
		h.ServeHTTP(out, httptest.NewRequest(http.MethodPost, "/", nil))
		var p wire.Problem
		if err := wire.Unmarshal(out.Body.Bytes(), &p); err != nil || p.Code != wire.ProblemUnavailable || out.Code != 503 {
			t.Errorf("%s: %v %v", name, p, err)
		}
	}
	if log := w.logged.String(); strings.Contains(log, "Фамилия") || strings.Count(log, `"msg":"defect"`) != 2 {
		t.Error(log)
	}
}

// name0 keeps the compiler from seeing that the index is out of range.
var name0 = "x"
