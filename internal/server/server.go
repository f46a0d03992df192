package server

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/sync/semaphore"

	"feldsher/internal/online/wire"
	"feldsher/internal/server/depot"
)

// Options are what a server works with.
type Options struct {
	Depot       depot.Depot
	Certificate Certificate
	Country     string           // where it stands: ru, kz; empty for a clinic's own hub, which asks no country
	Log         *slog.Logger     // nil: none
	Now         func() time.Time // nil: time.Now
	Rates       Rates            // zero: DefaultRates
	SessionLife time.Duration    // of a token; zero: eight hours
	Memory      int64            // bytes that the bodies being read may take together; zero: 512 MB
}

// Server answers the protocol's calls, and shows the operator how things stand.
type Server struct {
	options Options
	metrics *metrics
	room    *semaphore.Weighted
	used    atomic.Int64
	limits  limits
	polls   *polls
	keys    *keys
	started time.Time
	alive   context.Context // ends when the server is to end: what is held is let go
	stop    context.CancelFunc
}

type limits struct{ device, knock, address, code, wrong, secret *limiter }

// defaults of Options.
const (
	sessionLife = 8 * time.Hour
	bodyMemory  = 512 << 20
)

// New makes a server; Serve or Handler set it to work.
func New(o Options) *Server {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Rates == (Rates{}) {
		o.Rates = DefaultRates()
	}
	if o.SessionLife <= 0 {
		o.SessionLife = sessionLife
	}
	if o.Memory <= 0 {
		o.Memory = bodyMemory
	}
	s := &Server{options: o, room: semaphore.NewWeighted(o.Memory), polls: newPolls(), keys: newKeys(o.Depot), started: o.Now()}
	s.alive, s.stop = context.WithCancel(context.Background())
	s.metrics = newMetrics(func() float64 { return float64(s.used.Load()) })
	s.limits = limits{
		device: newLimiter(o.Rates.Device, o.Now), knock: newLimiter(o.Rates.Knock, o.Now), address: newLimiter(o.Rates.Address, o.Now),
		code: newLimiter(o.Rates.Code, o.Now), wrong: newLimiter(wrongMACs, o.Now), secret: newLimiter(o.Rates.Secret, o.Now),
	}
	return s
}

// Handler answers all that the server answers.
func (s *Server) Handler() http.Handler {
	mux := http.NewServeMux()
	on := func(path, name string, fn func(*observed, *http.Request)) {
		mux.Handle("POST "+path, s.observe(name, fn))
	}
	on(wire.PathHello, "hello", s.hello)
	on(wire.PathProve, "prove", strangers(s, s.prove))
	on(wire.PathLink, "link", strangers(s, s.link))
	on(wire.PathJoin, "join", strangers(s, s.join))
	on(wire.PathChallenge, "challenge", strangers(s, s.challenge))
	on(wire.PathOpen, "open", strangers(s, s.open))
	on(wire.PathState, "state", members(s, headsBody, s.state))
	on(wire.PathPush, "push", members(s, largeBody, s.push))
	on(wire.PathPull, "pull", members(s, headsBody, s.pull))
	on(wire.PathRingPull, "ring_pull", members(s, headsBody, s.ringPull))
	on(wire.PathRingPush, "ring_push", members(s, largeBody, s.ringPush))
	on(wire.PathRingRenew, "ring_renew", members(s, largeBody, s.ringRenew))
	on(wire.PathOrder, "order", members(s, largeBody, s.order))
	on(wire.PathDevices, "devices", members(s, headsBody, s.devices))
	on(wire.PathBlobs, "blobs", members(s, headsBody, s.blobs))
	mux.Handle("PUT "+wire.PathBlob+"{hash}", s.observe("blob_put", s.putBlob))
	mux.Handle("GET "+wire.PathBlob+"{hash}", s.observe("blob_get", s.getBlob))
	mux.Handle("GET /healthz", s.observe("healthz", s.healthz))
	mux.Handle("GET /metrics", s.observe("metrics", s.metricsPage))
	mux.Handle("GET /{$}", s.observe("root", func(o *observed, r *http.Request) { http.Redirect(o, r, pagePath, http.StatusSeeOther) }))
	mux.Handle("GET "+pagePath, s.observe("page", s.page))
	mux.Handle("/", s.observe("other", s.other))
	return mux
}

// other refuses what is no call of this version.
func (s *Server) other(o *observed, r *http.Request) {
	code := wire.ProblemUnknown
	if v, ok := strings.CutPrefix(r.URL.Path, "/v"); ok && v != "" && v[0] >= '0' && v[0] <= '9' && !strings.HasPrefix(v, "1/") {
		code = wire.ProblemVersion
	}
	s.refuse(o, r, problem(code))
}

// healthz tells a watchdog whether the server can work: whether its database
// answers and can be written.
func (s *Server) healthz(o *observed, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 5*time.Second)
	defer cancel()
	o.Header().Set("Content-Type", "text/plain; charset=utf-8")
	o.Header().Set("Cache-Control", "no-store")
	err := s.options.Depot.Ping(ctx)
	if err != nil || s.alive.Err() != nil {
		o.cause = err
		o.WriteHeader(http.StatusServiceUnavailable)
		_, _ = o.Write([]byte("unavailable\n"))
		return
	}
	_, _ = o.Write([]byte("ok\n"))
}

func (s *Server) hello(o *observed, r *http.Request) {
	if r.ContentLength > wire.MaxAnybody {
		s.refuse(o, r, problem(wire.ProblemLarge))
		return
	}
	s.done(o, r, &wire.Hello{
		Magic: wire.HelloMagic, Oldest: wire.Version, Newest: wire.Version, Time: s.options.Now().UnixMilli(),
		Server: s.options.Depot.Server(), Country: s.options.Country, MaxWaitS: uint32(wire.MaxWait / time.Second),
	}, nil)
}
