package syncer

import (
	"context"
	"io"

	"feldsher/internal/fault"
	"feldsher/internal/ledger"
	"feldsher/internal/online/client"
	"feldsher/internal/online/wire"
	"feldsher/internal/storage/store"
)

const (
	filesAtOnce = 64   // attachments that are asked about together
	filesWanted = 1024 // lacking ones that are looked for in a round
)

// carrier hands attachments over and fetches those that are lacking, each from where
// it was cut. It works beside an exchange, in the same session.
type carrier struct {
	st     *store.Store
	sess   *client.Session
	server ledger.ID
	left   error // the first that could not be taken
}

func (x *exchange) carrier() *carrier { return &carrier{st: x.st, sess: x.sess, server: x.server} }

func (x *exchange) files(ctx context.Context) error {
	c := x.carrier()
	err := c.files(ctx)
	if c.left != nil {
		x.leave(c.left)
	}
	return err
}

func (c *carrier) files(ctx context.Context) error {
	if err := c.giveFiles(ctx); err != nil {
		return err
	}
	return c.fetchFiles(ctx)
}

func (c *carrier) giveFiles(ctx context.Context) error {
	unreadable := map[store.BlobHash]bool{}
	for {
		due, err := c.st.BlobsUnsent(ctx, c.server, filesAtOnce+len(unreadable))
		if err != nil {
			return err
		}
		given := 0
		have, err := c.askFiles(ctx, due)
		if err != nil {
			return err
		}
		for i, h := range due {
			if unreadable[h] {
				continue
			}
			if !have.Whole[i] {
				if err := c.giveFile(ctx, h); fault.Is(err, fault.Damaged) || isProblem(err, wire.ProblemSignature) {
					unreadable[h] = true // the check of the clinic names it
					continue
				} else if err != nil {
					return err
				}
			}
			if err := c.st.BlobsSent(ctx, c.server, h); err != nil {
				return err
			}
			given++
		}
		if given == 0 {
			return nil
		}
	}
}

func (c *carrier) giveFile(ctx context.Context, h store.BlobHash) error {
	f, size, err := c.st.OpenBlobFile(h)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	return call(ctx, func() error { return c.sess.PutBlob(ctx, h, size, f) })
}

func (c *carrier) askFiles(ctx context.Context, hashes []store.BlobHash) (*wire.BlobHave, error) {
	have := new(wire.BlobHave)
	if len(hashes) == 0 {
		return have, nil
	}
	err := call(ctx, func() (err error) {
		have, err = c.sess.Blobs(ctx, hashes)
		return err
	})
	return have, err
}

// fetchFiles fetches what the server has of the files that are lacking; the rest
// comes when somebody has handed it over.
func (c *carrier) fetchFiles(ctx context.Context) error {
	lacking, err := c.st.BlobsLacking(ctx, filesWanted)
	if err != nil {
		return err
	}
	for len(lacking) > 0 {
		some := lacking[:min(len(lacking), filesAtOnce)]
		lacking = lacking[len(some):]
		have, err := c.askFiles(ctx, some)
		if err != nil {
			return err
		}
		for i, h := range some {
			if !have.Whole[i] {
				continue
			}
			if err := c.fetchFile(ctx, h, have.Sizes[i]); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c *carrier) fetchFile(ctx context.Context, h store.BlobHash, size int64) error {
	t := newTries()
	for {
		had := c.st.BlobReceived(h)
		err := c.fetchRest(ctx, h, size)
		switch {
		case err == nil, isProblem(err, wire.ProblemUnknown):
			return nil
		case fault.Is(err, fault.Damaged):
			c.left = first(c.left, err)
			return nil
		}
		if c.st.BlobReceived(h) > had {
			t = newTries() // it goes on, however slowly
		}
		if !t.after(ctx, err) {
			return err
		}
	}
}

func (c *carrier) fetchRest(ctx context.Context, h store.BlobHash, size int64) error {
	from := min(c.st.BlobReceived(h), size)
	w, err := c.st.ReceiveBlob(h, from)
	if err != nil {
		return err
	}
	defer func() { _ = w.Close() }()
	if from < size {
		if _, err := c.sess.GetBlob(ctx, h, from, io.Writer(w)); err != nil {
			return err
		}
	}
	return w.Finish(ctx)
}

func first(a, b error) error {
	if a != nil {
		return a
	}
	return b
}
