package main

import (
	"context"
	"errors"
	"sync"

	"feldsher/internal/fault"
	"feldsher/internal/online/syncer"
	"feldsher/internal/storage/store"
)

type syncCmd struct {
	Watch bool   `xor:"way" help:"${cli_sync_watch}"`
	Dir   string `xor:"way" placeholder:"PATH" help:"${cli_sync_dir}"`
}

func (c *syncCmd) Run(s *session) error {
	st, err := s.openStore("")
	if err != nil {
		return err
	}
	report, err := c.exchange(s, st)
	if e := st.Close(); e != nil {
		return errors.Join(err, e)
	}
	// What was moved stays moved, and is told also where not all went well.
	if err != nil && report == (syncer.Report{Conflicts: report.Conflicts}) {
		return err
	}
	return errors.Join(s.print(report, "%s", s.moved(report)), err)
}

func (c *syncCmd) exchange(s *session, st *store.Store) (syncer.Report, error) {
	switch {
	case c.Dir != "":
		return syncer.Stick(s.ctx, st, c.Dir)
	case c.Watch:
		return s.watch(st)
	}
	return syncer.New(st, syncer.Options{Now: s.now}).Once(s.ctx)
}

func (s *session) moved(r syncer.Report) string {
	return s.t("cli_sync_done", "pushed", r.Pushed, "pulled", r.Pulled, "conflicts", r.Conflicts)
}

// watch exchanges until the command is interrupted, which is its proper end, and
// tells a person of each change.
func (s *session) watch(st *store.Store) (syncer.Report, error) {
	links, err := st.Links(s.ctx)
	if err != nil {
		return syncer.Report{}, err
	}
	if len(links) == 0 {
		return syncer.Report{}, fault.New(fault.NotFound, "fault.syncer.unlinked")
	}
	x := syncer.New(st, syncer.Options{Now: s.now})
	var mu sync.Mutex
	var last syncer.Report
	var trouble string
	defer x.Watch(func(state syncer.State) {
		mu.Lock()
		defer mu.Unlock()
		if state.Moved != last && !state.Working {
			last = state.Moved
			s.say("cli_sync_done", "pushed", last.Pushed, "pulled", last.Pulled, "conflicts", last.Conflicts)
		}
		problem := ""
		for _, l := range state.Links {
			if l.Problem != nil {
				problem, _ = s.explain(l.Problem)
			}
		}
		if problem != trouble && problem != "" && !s.cli.JSON {
			s.aside(note{Text: problem})
		}
		trouble = problem
	})()
	err = x.Run(s.ctx)
	if errors.Is(err, context.Canceled) && s.ctx.Err() != nil {
		err = nil
	}
	return x.State().Moved, err
}
