package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"
)

// Times of the connections. Bodies have times of their own (stall).
const (
	headerTime = 15 * time.Second
	idleTime   = 3 * time.Minute // longer than a long poll, so that the next call finds its connection
	stopTime   = 30 * time.Second
	beatEvery  = 20 * time.Second // thrice a minute, so that a slow one loses none
	tidyEvery  = time.Minute
)

// Serve answers on a listener until ctx ends. Then it takes no new connection,
// answers what is held, waits half a minute for the rest, and returns nil. It does
// not close the depot.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	// Told to stop before it began, it ends as one that was told later.
	if err := s.beat(context.WithoutCancel(ctx)); err != nil {
		return errors.Join(fmt.Errorf("server: %w", err), l.Close())
	}
	srv := &http.Server{
		Handler: s.Handler(), ReadHeaderTimeout: headerTime, IdleTimeout: idleTime, MaxHeaderBytes: 16 << 10,
		ErrorLog: slog.NewLogLogger(quiet{s.options.Log.Handler()}, slog.LevelDebug),
		// What has begun is carried through when the server is told to stop.
		BaseContext: func(net.Listener) context.Context { return context.WithoutCancel(ctx) },
	}
	serve := func() error { return srv.Serve(l) }
	if c := s.options.Certificate.TLS(); c != nil {
		srv.TLSConfig = c
		serve = func() error { return srv.ServeTLS(l, "", "") }
	}
	g, inner := errgroup.WithContext(ctx)
	g.Go(func() error {
		if err := serve(); !errors.Is(err, http.ErrServerClosed) {
			return fmt.Errorf("server: %w", err)
		}
		return nil
	})
	g.Go(func() error {
		<-inner.Done()
		s.stop()
		ctx, cancel := context.WithTimeout(context.WithoutCancel(inner), stopTime)
		defer cancel()
		if err := srv.Shutdown(ctx); err != nil {
			return srv.Close() // somebody does not read: cut
		}
		return nil
	})
	g.Go(func() error { s.every(inner, beatEvery, "beat", s.beat); return nil })
	g.Go(func() error {
		s.every(inner, tidyEvery, "tidy", func(ctx context.Context) error { return s.options.Depot.Tidy(ctx, s.options.Now()) })
		return nil
	})
	return g.Wait()
}

// every does a work again and again. One that fails is named in the log and tried
// at its next turn: the database may come back.
func (s *Server) every(ctx context.Context, pause time.Duration, name string, work func(context.Context) error) {
	t := time.NewTicker(pause)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
		inner, cancel := context.WithTimeout(ctx, pause)
		err := work(inner)
		cancel()
		if err != nil && ctx.Err() == nil {
			s.options.Log.LogAttrs(ctx, slog.LevelError, name, slog.String("cause", err.Error()))
		}
	}
}

// quiet drops what net/http says of single connections: it names addresses, and
// every probe of a scanner would fill the log.
type quiet struct{ slog.Handler }

func (q quiet) Handle(context.Context, slog.Record) error { return nil }
