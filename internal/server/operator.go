package server

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"net"
	"net/http"

	"github.com/prometheus/client_golang/prometheus/promhttp"

	"feldsher/internal/online/wire"
	"feldsher/internal/server/depot"
)

// Settings that the server keeps in its depot.
const (
	settingOperator = "operator" // hash of the operator's secret
	settingSince    = "since"    // when the server first served, for its availability
	settingCountry  = "country"  // where it stands
)

// NewSecret makes the operator's secret, which opens the page and the metrics. It
// has the form of a pairing code, so that it can be typed; only its hash is kept,
// and a former one ends.
func NewSecret(ctx context.Context, d depot.Depot) (string, error) {
	c := wire.NewCode()
	if err := d.PutSetting(ctx, settingOperator, secretHash(c)); err != nil {
		return "", fmt.Errorf("server: operator's secret: %w", err)
	}
	return c.String(), nil
}

func secretHash(c wire.Code) []byte {
	// 140 random bits need no slow function.
	sum := sha256.Sum256([]byte("feldsher operator 1\x00" + c.String()))
	return sum[:]
}

// operator lets the operator in, by HTTP Basic with any name. What is wrong is
// counted by address, what is right never waits.
func (s *Server) operator(o *observed, r *http.Request) bool {
	_, typed, given := r.BasicAuth()
	if !given {
		s.unknown(o)
		return false
	}
	from := address(r)
	if s.limits.secret.spent(from) {
		o.problem = wire.ProblemBusy
		o.Header().Set("Retry-After", "60")
		http.Error(o, "429", http.StatusTooManyRequests)
		return false
	}
	want, err := s.options.Depot.Setting(r.Context(), settingOperator)
	if err != nil {
		o.cause = err
		http.Error(o, "503", http.StatusServiceUnavailable)
		return false
	}
	c, parsed := wire.ParseCode(typed)
	if parsed == nil && len(want) == sha256.Size && subtle.ConstantTimeCompare(secretHash(c), want) == 1 {
		return true
	}
	s.limits.secret.take(from)
	o.problem = wire.ProblemSignature
	s.unknown(o)
	return false
}

func (s *Server) unknown(o *observed) {
	o.Header().Set("WWW-Authenticate", `Basic realm="licensord", charset="UTF-8"`)
	http.Error(o, "401", http.StatusUnauthorized)
}

// metricsPage is for Prometheus: from the machine itself as it is, from elsewhere,
// or through a proxy, with the operator's secret.
func (s *Server) metricsPage(o *observed, r *http.Request) {
	if !local(r) && !s.operator(o, r) {
		return
	}
	promhttp.HandlerFor(s.metrics.registry, promhttp.HandlerOpts{MaxRequestsInFlight: 4}).ServeHTTP(o, r)
}

// local reports whether a call comes from this machine and was not passed on.
func local(r *http.Request) bool {
	for _, name := range []string{"Forwarded", "X-Forwarded-For", "X-Real-Ip", "Via"} {
		if r.Header.Get(name) != "" {
			return false
		}
	}
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	ip := net.ParseIP(host)
	return err == nil && ip != nil && ip.IsLoopback()
}
