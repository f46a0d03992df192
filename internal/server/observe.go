package server

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"runtime"
	"runtime/debug"
	"strconv"
	"time"

	"feldsher/internal/ledger"
	"feldsher/internal/online/wire"
)

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// observed is what log and metrics learn of a call: ids and sizes, never contents,
// tokens or codes. The address is logged of strangers that were refused, for
// whoever has to keep them out.
type observed struct {
	http.ResponseWriter
	call        string
	status      int
	problem     string
	cause       error
	in, out     int64
	org, device ledger.ID
	held        time.Duration // of a long poll
	sent        bool
}

func (o *observed) Unwrap() http.ResponseWriter { return o.ResponseWriter }

func (o *observed) WriteHeader(status int) {
	if !o.sent {
		o.sent, o.status = true, status
	}
	o.ResponseWriter.WriteHeader(status)
}

func (o *observed) Write(b []byte) (int, error) {
	o.sent = true
	n, err := o.ResponseWriter.Write(b)
	o.out += int64(n)
	return n, err
}

type counted struct {
	io.ReadCloser
	n *int64
}

func (c counted) Read(p []byte) (int, error) {
	n, err := c.ReadCloser.Read(p)
	*c.n += int64(n)
	return n, err
}

// observe runs a call under its name, and keeps a defect of one call from ending
// the process.
func (s *Server) observe(name string, fn func(*observed, *http.Request)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		started := time.Now()
		o := &observed{ResponseWriter: w, call: name, status: http.StatusOK}
		_ = http.NewResponseController(w).SetWriteDeadline(time.Time{}) // what a former call on the connection has left
		r.Body = counted{r.Body, &o.in}
		defer func() {
			abort := false
			if why := recover(); why != nil {
				abort = s.broke(o, r, why)
			}
			took := time.Since(started)
			s.metrics.note(o, took)
			s.log(r.Context(), o, r, took)
			if abort {
				panic(http.ErrAbortHandler) // what is not whole must not look whole
			}
		}()
		fn(o, r)
	})
}

// broke ends a call that could not go on, and reports whether its connection must
// be cut.
func (s *Server) broke(o *observed, r *http.Request, why any) (abort bool) {
	if err, ok := why.(error); ok && errors.Is(err, http.ErrAbortHandler) {
		return true
	}
	s.metrics.panics.Inc()
	// The value of a panic can hold pieces of a body; the stack holds addresses only.
	s.options.Log.LogAttrs(r.Context(), slog.LevelError, "defect", slog.String("call", o.call), slog.String("kind", typeName(why)),
		slog.String("stack", string(debug.Stack())))
	o.problem = wire.ProblemUnavailable
	if o.sent {
		return true
	}
	p := problem(wire.ProblemUnavailable)
	_ = answer(o, r, p.Status(), p, false)
	return false
}

func typeName(v any) string {
	if err, ok := v.(runtime.Error); ok {
		return err.Error() // index out of range, nil pointer: numbers and types only
	}
	return "panic"
}

func (s *Server) log(ctx context.Context, o *observed, r *http.Request, took time.Duration) {
	level := slog.LevelInfo
	attrs := []slog.Attr{
		slog.String("call", o.call), slog.Int("status", o.status), slog.Int64("in", o.in), slog.Int64("out", o.out),
		slog.Float64("ms", float64(took.Microseconds())/1000),
	}
	if o.held > 0 {
		attrs = append(attrs, slog.Float64("held_ms", float64(o.held.Microseconds())/1000))
	}
	if !o.org.IsZero() {
		attrs = append(attrs, slog.String("org", o.org.String()))
	}
	if !o.device.IsZero() {
		attrs = append(attrs, slog.String("device", o.device.String()))
	}
	if o.problem != "" {
		attrs = append(attrs, slog.String("problem", o.problem))
		if o.device.IsZero() {
			attrs = append(attrs, slog.String("from", address(r)))
		}
	}
	if o.cause != nil {
		level = slog.LevelError
		attrs = append(attrs, slog.String("cause", o.cause.Error()))
	}
	s.options.Log.LogAttrs(ctx, level, "call", attrs...)
}

// address is where a call comes from, for limits: of IPv6 the network of 64 bits,
// which one place has as a whole.
func address(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return ""
	}
	ip := net.ParseIP(host)
	if ip == nil || ip.To4() != nil {
		return host
	}
	return ip.Mask(net.CIDRMask(64, 128)).String()
}
