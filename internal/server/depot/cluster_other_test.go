//go:build !unix

package depot

import "errors"

type cluster struct{}

var errNoPostgres = errors.New("PostgreSQL is started on unix systems only")

func newCluster() (*cluster, error) { return nil, errNoPostgres }
func (*cluster) start() error       { return errNoPostgres }
func (*cluster) stop(string) error  { return errNoPostgres }
func (*cluster) url(string) string  { return "" }
func (*cluster) remove() error      { return errNoPostgres }
