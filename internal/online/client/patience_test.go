package client

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"feldsher/internal/online/wire"
)

// slowly dials a server that lives on a pipe, in the bubble's time.
func slowly(t *testing.T, serve func(*http.Request, net.Conn)) *Client {
	t.Helper()
	c, err := newClient("http://localhost", Options{}, trust{})
	if err != nil {
		t.Fatal(err)
	}
	tr := transport(trust{}, usual)
	tr.DialContext = func(context.Context, string, string) (net.Conn, error) {
		near, far := net.Pipe()
		go func() {
			defer func() { _ = far.Close() }()
			r, err := http.ReadRequest(bufio.NewReader(far))
			if err == nil {
				serve(r, far)
			}
		}()
		return near, nil
	}
	c.http.Transport = tr
	t.Cleanup(tr.CloseIdleConnections)
	return c
}

func header(w io.Writer, n int) {
	_, _ = fmt.Fprintf(w, "HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %d\r\nConnection: close\r\n\r\n", wire.MediaType, n)
}

// R7.2: a page that moves is not given up, however long it takes.
func TestSlowLine(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		answer, err := wire.Marshal(&wire.Standing{Server: testServer})
		if err != nil {
			t.Fatal(err)
		}
		c := slowly(t, func(r *http.Request, w net.Conn) {
			part := make([]byte, 1)
			for {
				time.Sleep(40 * time.Second)
				if _, err := r.Body.Read(part); err != nil {
					break
				}
			}
			header(w, len(answer))
			for i := range answer {
				time.Sleep(50 * time.Second)
				_, _ = w.Write(answer[i : i+1])
			}
		})
		began := time.Now()
		st := new(wire.Standing)
		_, err = c.call(t.Context(), request{path: wire.PathState}, &wire.State{}, st)
		if err != nil || st.Server != testServer {
			t.Fatal(err)
		}
		if took := time.Since(began); took < 20*time.Minute {
			t.Error(took)
		}
	})
}

// What stands still is given up, in every phase.
func TestSilence(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		serve func(*http.Request, net.Conn)
		least time.Duration
		most  time.Duration
		wait  time.Duration
	}{
		"no answer":       {func(r *http.Request, _ net.Conn) { _, _ = io.ReadAll(r.Body); <-r.Context().Done() }, 45 * time.Second, 47 * time.Second, 0},
		"no answer, poll": {func(r *http.Request, _ net.Conn) { _, _ = io.ReadAll(r.Body); <-r.Context().Done() }, 100 * time.Second, 102 * time.Second, 55 * time.Second},
		"no reader":       {func(r *http.Request, _ net.Conn) { <-r.Context().Done() }, 45 * time.Second, 2 * time.Minute, 0},
		"in the middle":   {func(r *http.Request, w net.Conn) { _, _ = io.ReadAll(r.Body); header(w, 99); <-r.Context().Done() }, time.Minute, time.Minute, 0},
		"after some bytes": {func(r *http.Request, w net.Conn) {
			_, _ = io.ReadAll(r.Body)
			header(w, 99)
			_, _ = w.Write([]byte("a"))
			<-r.Context().Done()
		}, time.Minute, time.Minute, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ctx, end := context.WithCancel(t.Context())
				cl := slowly(t, func(r *http.Request, w net.Conn) { c.serve(r.WithContext(ctx), w) })
				began := time.Now()
				_, err := cl.call(t.Context(), request{path: wire.PathPull, wait: c.wait}, &wire.State{}, new(wire.Standing))
				wants(t, err, "fault.sync.slow")
				if took := time.Since(began); took < c.least || took > c.most {
					t.Errorf("given up after %v", took)
				}
				if !errors.Is(err, errSlow) && !errors.Is(err, context.Canceled) {
					t.Error(err)
				}
				end()
				synctest.Wait()
			})
		})
	}
}

// The caller's deadline is one more way to be slow, the caller's cancelling is not.
func TestDeadline(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, end := context.WithTimeout(t.Context(), 5*time.Second)
		defer end()
		cl := slowly(t, func(r *http.Request, _ net.Conn) { _, _ = io.ReadAll(r.Body); <-ctx.Done() })
		_, err := cl.call(ctx, request{path: wire.PathState}, &wire.State{}, new(wire.Standing))
		wants(t, err, "fault.sync.slow")
	})
}
