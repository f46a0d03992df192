package depot

import (
	"context"
	"encoding/hex"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"feldsher/internal/ledger"
)

// Processes tell each other by NOTIFY which organisations have moved. Not within the
// transaction of a push: committing a NOTIFY takes a lock of the whole cluster, so
// pushes would wait for each other's disk writes one by one. What moved in this
// process is collected for a moment and told in one statement. A process that dies
// in this moment leaves the waiting calls of the others to run out (wire.MaxWait).
const (
	tellChannel = "feldsher_depot"
	tellEvery   = 10 * time.Millisecond
	tellAtOnce  = 200 // ids in one payload, which may have 8 000 bytes
	listenAgain = 500 * time.Millisecond
)

func (p *postgres) announce(org ledger.ID) {
	select {
	case p.moved <- org:
	default: // whoever listens will find out at his next call
	}
}

// tell sends what announce collects.
func (p *postgres) tell(ctx context.Context) {
	for {
		moved := map[ledger.ID]bool{}
		select {
		case org := <-p.moved:
			moved[org] = true
		case <-ctx.Done():
			return
		}
		collected := time.After(tellEvery)
		for open := true; open && len(moved) < tellAtOnce; {
			select {
			case org := <-p.moved:
				moved[org] = true
			case <-collected:
				open = false
			}
		}
		ids := make([]string, 0, len(moved))
		for org := range moved {
			ids = append(ids, hex.EncodeToString(org[:]))
		}
		// An error means that the connection is gone: the others' listeners lose
		// theirs, too, and wake everybody when they are back.
		_, _ = p.pool.Exec(ctx, "SELECT pg_notify($1, $2)", tellChannel, strings.Join(ids, " "))
	}
}

// listen hears what others tell, on a connection of its own. Whenever that one is
// new, everybody is woken, for something may have been missed.
func (p *postgres) listen(ctx context.Context, woken func(ledger.ID), all func()) {
	for ctx.Err() == nil {
		_ = p.hear(ctx, woken, all)
		select {
		case <-time.After(listenAgain):
		case <-ctx.Done():
		}
	}
}

func (p *postgres) hear(ctx context.Context, woken func(ledger.ID), all func()) error {
	conn, err := pgx.ConnectConfig(ctx, p.pool.Config().ConnConfig)
	if err != nil {
		return err
	}
	defer func() {
		closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		_ = conn.Close(closing)
	}()
	if _, err := conn.Exec(ctx, "LISTEN "+tellChannel); err != nil {
		return err
	}
	all()
	for {
		n, err := conn.WaitForNotification(ctx)
		if err != nil {
			return err
		}
		for _, text := range strings.Fields(n.Payload) {
			if id, err := hex.DecodeString(text); err == nil && len(id) == len(ledger.ID{}) {
				woken(idOf(id))
			}
		}
	}
}

func (p *postgres) shred() {
	select {
	case p.shreds <- struct{}{}:
	default:
	}
}

// vacuum takes the room of deleted keyrings and invitations out of the tables. What
// it can't do stands in docs/formats/depot.md.
func (p *postgres) vacuum(ctx context.Context) {
	for {
		select {
		case <-p.shreds:
			for _, table := range []string{"ring_record", "ring_wrap", "code"} {
				_, _ = p.pool.Exec(ctx, "VACUUM "+table) // autovacuum does it otherwise
			}
		case <-ctx.Done():
			return
		}
	}
}
