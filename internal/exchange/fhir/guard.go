package fhir

import (
	"context"
	"crypto/sha256"
	"errors"
	"hash"
	"io"
)

var (
	errTooLarge = errors.New("fhir: the file is larger than the limit")
	errTooDeep  = errors.New("fhir: the JSON nests deeper than the limit")
)

// guard stands between a file and the decoder. It holds the limits while the
// bytes pass, so that a hostile file is refused before it is in memory, takes
// the file's SHA-256 and remembers where lines end.
type guard struct {
	ctx   context.Context
	src   io.Reader
	limit int64
	n     int64
	sum   hash.Hash

	depth   int
	quoted  bool
	escaped bool

	line int     // lines that ended before ends[0]
	ends []int64 // offsets of line feeds not yet passed by lineAt
}

func newGuard(ctx context.Context, src io.Reader, limit int64) *guard {
	return &guard{ctx: ctx, src: src, limit: limit, sum: sha256.New()}
}

// Read implements io.Reader.
func (g *guard) Read(p []byte) (int, error) {
	if err := g.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := g.src.Read(p)
	if g.n+int64(n) > g.limit {
		return 0, errTooLarge
	}
	for i, c := range p[:n] {
		if !g.pass(c, g.n+int64(i)) {
			return i, errTooDeep
		}
	}
	_, _ = g.sum.Write(p[:n]) // a hash never fails
	g.n += int64(n)
	return n, err
}

// pass follows the structure of JSON as far as depth needs it; false when a
// bracket opens one level too many.
func (g *guard) pass(c byte, at int64) bool {
	if c == '\n' {
		g.ends = append(g.ends, at)
	}
	switch {
	case g.escaped:
		g.escaped = false
	case g.quoted:
		g.escaped = c == '\\'
		g.quoted = c != '"'
	case c == '"':
		g.quoted = true
	case c == '{', c == '[':
		g.depth++
		return g.depth <= MaxDepth
	case c == '}', c == ']':
		g.depth--
	}
	return true
}

// lineAt gives the line, from 1, of an offset. Offsets must not go back.
func (g *guard) lineAt(offset int64) int {
	i := 0
	for i < len(g.ends) && g.ends[i] < offset {
		i++
	}
	g.line += i
	g.ends = g.ends[i:]
	return g.line + 1
}
