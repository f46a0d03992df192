package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/Shopify/toxiproxy/v2"
	"github.com/rs/zerolog"

	"feldsher/internal/storage/store"
)

// TestSyncProcesses runs three feldsherctl and one licensord as real processes, each
// workstation behind a bad line of its own (latency, 64 kbit/s, resets, bodies cut in
// the middle), kills all of them now and then, and wants the same end everywhere:
// every acknowledged card on every workstation, equal, ledgers that verify. About 20
// seconds; 10 minutes with FELDSHER_SOAK=1 (issue 4).
func TestSyncProcesses(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: real processes and a bad line for 20 seconds; make unit runs it")
	}
	length := 20 * time.Second
	if os.Getenv("FELDSHER_SOAK") == "1" {
		length = 10 * time.Minute
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	f := newField(t)
	ctx, cancel := context.WithTimeout(context.Background(), length)
	defer cancel()
	var work sync.WaitGroup
	for i, c := range f.clients {
		work.Go(func() { c.life(ctx, rand.New(rand.NewPCG(seed, uint64(i)))) })
		work.Go(func() { c.line.spoil(ctx, rand.New(rand.NewPCG(seed, uint64(i)+10))) })
	}
	work.Go(func() { f.serverDies(ctx, rand.New(rand.NewPCG(seed, 20))) })
	work.Wait()
	f.settle()
	t.Logf("acknowledged %d cards and %d edits; killed: %d commands, %d servers; %d exchanges came to their end, %d did not",
		len(f.cards), f.edits.Load(), f.killed.Load(), f.restarts.Load(), f.good.Load(), f.bad.Load())
	if len(f.cards) == 0 || f.killed.Load()+f.restarts.Load() == 0 {
		t.Error("nothing happened")
	}
}

// field is a clinic of three workstations and its server.
type field struct {
	t       *testing.T
	dir     string
	ctl     string
	daemon  string
	listen  string
	clients []*workstation

	server   *exec.Cmd
	mu       sync.Mutex
	cards    map[string]bool // acknowledged
	edits    atomic.Int64
	killed   atomic.Int64
	restarts atomic.Int64
	good     atomic.Int64
	bad      atomic.Int64
}

// workstation is one workstation.
type workstation struct {
	f         *field
	n         int
	dir, home string
	env       []string
	line      *line
}

const processPassword = "пароль главного 1"

func newField(t *testing.T) *field {
	t.Helper()
	f := &field{t: t, dir: t.TempDir(), cards: map[string]bool{}}
	build := exec.Command("go", "build", "-o", f.dir+string(filepath.Separator), "feldsher/app/feldsherctl", "feldsher/app/licensord")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	suffix := ""
	if runtime.GOOS == "windows" {
		suffix = ".exe"
	}
	f.ctl, f.daemon = filepath.Join(f.dir, "feldsherctl"+suffix), filepath.Join(f.dir, "licensord"+suffix)
	f.listen = freePort(t)
	f.startServer()
	t.Cleanup(f.killServer)
	code := f.org()
	for n := range 3 {
		c := &workstation{f: f, n: n, line: newLine(t, f.listen)}
		c.dir, c.home = filepath.Join(f.dir, fmt.Sprint("clinic", n)), filepath.Join(f.dir, fmt.Sprint("home", n))
		c.env = append(os.Environ(), "FELDSHER_DATA="+c.dir, "FELDSHER_USER=admin", "FELDSHER_LANG=en",
			"FELDSHER_PASSWORD="+processPassword, "XDG_CONFIG_HOME="+c.home)
		f.clients = append(f.clients, c)
	}
	a := f.clients[0]
	a.must("", "init", "--clinic", "Амбулатория", "--country", "ru")
	a.must("", "link", "--server", a.line.url(), "--code", code)
	a.must("", "sync")
	for _, c := range f.clients[1:] {
		inv := a.must("", "device", "invite")
		c.must("", "join", "--server", c.line.url(), "--code", inv["code"].(string))
	}
	return f
}

func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

func (f *field) db() string { return filepath.Join(f.dir, "hub.db") }

// startServer starts the server and waits until it says that it listens.
func (f *field) startServer() {
	f.t.Helper()
	cmd := exec.Command(f.daemon, "--json", "--db", f.db(), "serve", "--listen", f.listen, "--log", "warn")
	out, err := cmd.StdoutPipe()
	if err != nil {
		f.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		f.t.Fatal(err)
	}
	f.mu.Lock()
	f.server = cmd
	f.mu.Unlock()
	if _, err := out.Read(make([]byte, 1)); err != nil {
		f.t.Errorf("the server did not start: %v", err)
	}
}

func (f *field) killServer() {
	f.mu.Lock()
	cmd := f.server
	f.mu.Unlock()
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
}

func (f *field) serverDies(ctx context.Context, r *rand.Rand) {
	for pause(ctx, 4*time.Second+time.Duration(r.IntN(5000))*time.Millisecond) {
		f.killServer()
		f.restarts.Add(1)
		if !pause(ctx, time.Duration(r.IntN(1500))*time.Millisecond) {
			f.startServer()
			return
		}
		f.startServer()
	}
}

func pause(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}

// org gets a code from the server's operator.
func (f *field) org() string {
	f.t.Helper()
	out, err := exec.Command(f.daemon, "--json", "--db", f.db(), "org", "add", "Амбулатория").Output()
	var added map[string]any
	if err != nil || json.Unmarshal(out, &added) != nil {
		f.t.Fatalf("org add: %v: %s", err, out)
	}
	return added["code"].(string)
}

// run runs a command; with a time above zero it is killed after that.
func (c *workstation) run(stdin string, kill time.Duration, args ...string) (out map[string]any, stderr string, err error) {
	cmd := exec.Command(c.f.ctl, append([]string{"--json"}, args...)...)
	cmd.Env, cmd.Stdin = c.env, strings.NewReader(stdin)
	var stdout, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &errs
	if err := cmd.Start(); err != nil {
		return nil, "", err
	}
	if kill > 0 {
		t := time.AfterFunc(kill, func() { _ = cmd.Process.Kill() })
		defer t.Stop()
	}
	err = cmd.Wait()
	if stdout.Len() > 0 {
		if e := json.Unmarshal(stdout.Bytes(), &out); e != nil && err == nil {
			err = e
		}
	}
	return out, errs.String(), err
}

func (c *workstation) must(stdin string, args ...string) map[string]any {
	c.f.t.Helper()
	out, stderr, err := c.run(stdin, 0, args...)
	if err != nil {
		c.f.t.Fatalf("workstation %d: %q: %v: %s", c.n, args, err, stderr)
	}
	return out
}

// life is a day's work: cards are made, cards are changed, all of it is exchanged,
// and now and then the program is killed.
func (c *workstation) life(ctx context.Context, r *rand.Rand) {
	for i := 0; ctx.Err() == nil; i++ {
		var kill time.Duration
		if r.IntN(5) == 0 {
			kill = time.Duration(50+r.IntN(1500)) * time.Millisecond
			c.f.killed.Add(1)
		}
		switch r.IntN(4) {
		case 0:
			out, stderr, err := c.run(fmt.Sprintf(`{"family":"Карта%dн%d","given":"Пётр"}`, c.n, i), kill, "patient", "add")
			if c.done(err, stderr, kill) {
				c.f.mu.Lock()
				c.f.cards[out["id"].(string)] = true
				c.f.mu.Unlock()
			}
		case 1:
			id := c.f.some(r)
			if id == "" {
				continue
			}
			_, stderr, err := c.run(fmt.Sprintf(`{"note":"правка %d на %d"}`, i, c.n), kill, "patient", "edit", id)
			if c.done(err, stderr, kill) {
				c.f.edits.Add(1)
			}
		default:
			if _, stderr, err := c.run("", kill, "sync"); c.done(err, stderr, kill) {
				c.f.good.Add(1)
			} else {
				c.f.bad.Add(1)
			}
		}
	}
}

// done reports whether a command ended well. Others may end by the line or by a kill;
// anything else is a defect.
func (c *workstation) done(err error, stderr string, kill time.Duration) bool {
	if err == nil {
		return true
	}
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		c.f.t.Errorf("workstation %d: %v", c.n, err)
		return false
	}
	switch code := exit.ExitCode(); {
	case kill > 0, code == 11, code == 4: // killed; the line; a card that has not come here yet
	default:
		c.f.t.Errorf("workstation %d: exit %d: %s", c.n, code, stderr)
	}
	return false
}

// some draws a card that somebody has acknowledged; it may not be here yet.
func (f *field) some(r *rand.Rand) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	ids := make([]string, 0, len(f.cards))
	for id := range f.cards {
		ids = append(ids, id)
	}
	if len(ids) == 0 {
		return ""
	}
	slices.Sort(ids)
	return ids[r.IntN(len(ids))]
}

// settle lets everything come together over a good line, and compares.
func (f *field) settle() {
	f.t.Helper()
	for _, c := range f.clients {
		c.line.mend()
	}
	for round := 0; ; round++ {
		moved := 0.0
		for _, c := range f.clients {
			out := c.must("", "sync")
			moved += out["pushed"].(float64) + out["pulled"].(float64)
		}
		if moved == 0 {
			break
		}
		if round == 6 {
			f.t.Fatalf("after %d rounds there is something to exchange still", round)
		}
	}
	type end struct{ verify, conflicts, cards string }
	var want end
	for _, c := range f.clients {
		report := c.must("", "ledger", "verify")
		got := end{verify: fmt.Sprint(report["changes"], report["rows"], report["waiting"])}
		cmd := exec.Command(f.ctl, "--json", "conflict", "list")
		cmd.Env = c.env
		list, err := cmd.Output()
		if err != nil {
			f.t.Fatal(err)
		}
		var conflicts []map[string]any
		if err := json.Unmarshal(list, &conflicts); err != nil {
			f.t.Fatal(err)
		}
		for _, x := range conflicts {
			got.conflicts += fmt.Sprintln(x["ref"], len(x["versions"].([]any)))
		}
		got.cards = f.export(c)
		if c.n == 0 {
			want = got
		} else if got != want {
			f.t.Errorf("workstation %d ends otherwise than the first:\n%+v\n%+v", c.n, got, want)
		}
	}
}

// export gives all cards as JSON, and holds them against what was acknowledged. It
// opens the clinic in this process: a command a card would take minutes.
func (f *field) export(c *workstation) string {
	f.t.Helper()
	ctx := context.Background()
	st, err := store.Open(ctx, c.dir, "admin", processPassword, store.Options{Outside: filepath.Join(c.home, "feldsher", "stations")})
	if err != nil {
		f.t.Fatal(err)
	}
	defer func() {
		if err := st.Close(); err != nil {
			f.t.Error(err)
		}
	}()
	var all []string // in the order in which they came, which is each workstation's own
	there := map[string]bool{}
	for p, err := range st.Reader(ctx).Patients {
		if err != nil {
			f.t.Fatal(err)
		}
		there[p.ID.String()] = true
		text, err := json.Marshal(p)
		if err != nil {
			f.t.Fatal(err)
		}
		all = append(all, string(text))
	}
	for id := range f.cards {
		if !there[id] {
			f.t.Errorf("workstation %d lacks card %s, which was acknowledged", c.n, id)
		}
	}
	slices.Sort(all)
	return strings.Join(all, "\n")
}

// line is a bad one between a workstation and the server.
type line struct {
	t     *testing.T
	proxy *toxiproxy.Proxy
}

func newLine(t *testing.T, to string) *line {
	t.Helper()
	zerolog.SetGlobalLevel(zerolog.Disabled)
	server := toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.Nop())
	p := toxiproxy.NewProxy(server, "line", "127.0.0.1:0", to)
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Stop)
	return &line{t, p}
}

func (l *line) url() string { return "https://" + l.proxy.Listen }

// spoil changes what is wrong with the line every second or two.
func (l *line) spoil(ctx context.Context, r *rand.Rand) {
	wrongs := []string{
		`{"name":"x","type":"latency","stream":"downstream","attributes":{"latency":150,"jitter":120}}`,
		`{"name":"x","type":"bandwidth","stream":"downstream","attributes":{"rate":8}}`,
		`{"name":"x","type":"bandwidth","stream":"upstream","attributes":{"rate":8}}`,
		`{"name":"x","type":"limit_data","stream":"downstream","attributes":{"bytes":%d}}`,
		`{"name":"x","type":"limit_data","stream":"upstream","attributes":{"bytes":%d}}`,
		`{"name":"x","type":"reset_peer","stream":"downstream","attributes":{"timeout":%d}}`,
		`{"name":"x","type":"timeout","stream":"upstream","attributes":{"timeout":400}}`,
	}
	for pause(ctx, time.Duration(500+r.IntN(1500))*time.Millisecond) {
		l.proxy.Toxics.ResetToxics(ctx)
		if r.IntN(3) == 0 {
			continue
		}
		wrong := wrongs[r.IntN(len(wrongs))]
		if strings.Contains(wrong, "%d") {
			wrong = fmt.Sprintf(wrong, 200+r.IntN(6000))
		}
		if _, err := l.proxy.Toxics.AddToxicJson(strings.NewReader(wrong)); err != nil {
			l.t.Errorf("%s: %v", wrong, err)
		}
	}
}

func (l *line) mend() { l.proxy.Toxics.ResetToxics(context.Background()) }
