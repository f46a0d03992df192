package syncer

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"feldsher/internal/fault"
	"feldsher/internal/storage/store"
)

// Report is what one exchange has moved, all of it confirmed: entries by number.
type Report struct {
	Pushed    int `json:"pushed"`    // that the other side had lacked
	Pulled    int `json:"pulled"`    // that were new here
	Conflicts int `json:"conflicts"` // that wait for a person now, in all
}

func (r *Report) add(more Report) {
	r.Pushed += more.Pushed
	r.Pulled += more.Pulled
	r.Conflicts = more.Conflicts
}

// State is how the exchange stands.
type State struct {
	Links     []LinkState // in the order of their addresses; none: this workstation works for itself
	Last      time.Time   // of the last exchange that a server has confirmed; zero for never
	Unsent    int         // entries that no server has confirmed; 0 without a server
	Conflicts int         // that wait for a person
	Moved     Report      // since the Syncer was made; Conflicts is the one above
	Working   bool        // something is on its way
	Progress  Progress
}

// Progress counts entries while many are fetched; Of is 0 else.
type Progress struct{ Done, Of uint64 }

// LinkState is how the exchange with one server stands.
type LinkState struct {
	URL      string
	Reached  time.Time // last exchange that it has confirmed; zero for never
	Tried    time.Time // last try; zero for never
	Unsent   int       // entries that it has not confirmed
	Pushed   int       // entries since the Syncer was made
	Pulled   int
	Working  bool
	Progress Progress
	Problem  error // a fault: why the last try failed, or what was left lying; nil where nothing was
}

// merged makes the whole out of its parts.
func merged(links map[string]LinkState, conflicts int) State {
	s := State{Conflicts: conflicts}
	for i, url := range slices.Sorted(maps.Keys(links)) {
		l := links[url]
		s.Links = append(s.Links, l)
		if l.Reached.After(s.Last) {
			s.Last = l.Reached
		}
		if i == 0 || l.Unsent < s.Unsent {
			s.Unsent = l.Unsent
		}
		s.Working = s.Working || l.Working
		s.Moved.add(Report{Pushed: l.Pushed, Pulled: l.Pulled})
		s.Progress.Done += l.Progress.Done
		s.Progress.Of += l.Progress.Of
	}
	s.Moved.Conflicts = conflicts
	return s
}

// remembered is what a link tells of earlier exchanges.
func remembered(ctx context.Context, st *store.Store, l store.Link) (LinkState, error) {
	n, err := st.Unsent(ctx, l.Pushed)
	s := LinkState{URL: l.URL, Reached: l.Reached, Tried: l.Tried, Unsent: n}
	if l.Problem != "" {
		s.Problem = fault.New(fault.Offline, l.Problem, "host", host(l.URL))
	}
	return s, err
}

// host is an address without its scheme and path.
func host(url string) string {
	if _, rest, ok := strings.Cut(url, "://"); ok {
		url = rest
	}
	url, _, _ = strings.Cut(url, "/")
	return url
}
