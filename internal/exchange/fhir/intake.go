package fhir

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"feldsher/internal/fault"
)

// intake reads one file: values one after the other, each a Bundle or a
// resource. It keeps only the resources that are mapped or lend their names.
type intake struct {
	reader *Reader
	name   string
	guard  *guard
	dec    *json.Decoder
	bom    int64
	entry  int
}

var bundleTypes = map[string]bool{
	"": true, "transaction": true, "collection": true, "searchset": true,
	"document": true, "batch": true,
}

// read takes the whole file and gives its SHA-256.
func (in *intake) read(g *guard) ([]byte, error) {
	in.guard = g
	buf := bufio.NewReaderSize(g, 1<<16)
	if err := in.sniff(buf); err != nil {
		return nil, err
	}
	in.dec = json.NewDecoder(buf)
	for values := 0; ; values++ {
		in.dec.More() // moves on to the value, for the line's number
		line := in.line()
		token, err := in.dec.Token()
		if errors.Is(err, io.EOF) && values > 0 {
			return g.sum.Sum(nil), nil
		}
		if errors.Is(err, io.EOF) {
			return nil, in.invalid("fhir.empty")
		}
		if err != nil {
			return nil, in.fail(err)
		}
		if token != json.Delim('{') {
			return nil, in.invalid("fhir.not_fhir")
		}
		if err := in.value(line); err != nil {
			return nil, err
		}
	}
}

// sniff names the commonest files that are something else, and passes over a
// byte order mark.
func (in *intake) sniff(buf *bufio.Reader) error {
	head, err := buf.Peek(512)
	if err != nil && !errors.Is(err, io.EOF) {
		return in.fail(err)
	}
	text := bytes.TrimLeft(head, " \t\r\n")
	switch {
	case bytes.HasPrefix(head, []byte("\xef\xbb\xbf")):
		in.bom = 3
		_, _ = buf.Discard(3) // they have been peeked
	case bytes.HasPrefix(head, []byte("\xff\xfe")), bytes.HasPrefix(head, []byte("\xfe\xff")),
		len(head) > 1 && (head[0] == 0 || head[1] == 0):
		return in.invalid("fhir.encoding")
	case bytes.HasPrefix(head, []byte("PK\x03\x04")), bytes.HasPrefix(head, []byte("\x1f\x8b")):
		return in.invalid("fhir.packed")
	case bytes.HasPrefix(text, []byte("<")):
		return in.invalid("fhir.xml")
	}
	return nil
}

// value reads the rest of an object of the top level. The entries of a Bundle
// are taken one by one; everything else of the top level is small, or a single
// resource.
func (in *intake) value(line int) error {
	fields := map[string]json.RawMessage{}
	for in.dec.More() {
		token, err := in.dec.Token()
		if err != nil {
			return in.fail(err)
		}
		key, _ := token.(string)
		if key == "entry" && kindOf(fields) == "Bundle" {
			err = in.entries(in.dec)
		} else {
			var raw json.RawMessage
			err = in.dec.Decode(&raw)
			fields[key] = raw
		}
		if err != nil {
			return in.fail(err)
		}
	}
	if _, err := in.dec.Token(); err != nil {
		return in.fail(err)
	}
	if kindOf(fields) == "Bundle" {
		return in.bundle(fields)
	}
	if kindOf(fields) == "" {
		return in.invalid("fhir.not_fhir")
	}
	in.entry++
	raw, err := join(fields)
	if err != nil {
		return fmt.Errorf("fhir: put a resource together: %w", err)
	}
	in.reader.take(raw, &node{file: in.name, entry: in.entry, line: line})
	return nil
}

// bundle looks at what stands beside the entries, and takes entries that came
// before the resourceType.
func (in *intake) bundle(fields map[string]json.RawMessage) error {
	var kind string
	_ = json.Unmarshal(fields["type"], &kind) // a missing type is let pass
	if !bundleTypes[kind] {
		return in.invalid("fhir.bundle_type", "bundle", code(kind))
	}
	var links []struct {
		Relation string `json:"relation"`
	}
	_ = json.Unmarshal(fields["link"], &links) // links are only a hint
	for _, link := range links {
		if link.Relation == "next" {
			in.reader.book.warn(nil, "fhir.warn.pages")
		}
	}
	if raw, ok := fields["entry"]; ok {
		return in.fail(in.entries(json.NewDecoder(bytes.NewReader(raw))))
	}
	return nil
}

// entries takes the elements of a Bundle's entry array.
func (in *intake) entries(dec *json.Decoder) error {
	token, err := dec.Token()
	if err != nil {
		return err
	}
	if token != json.Delim('[') {
		return in.invalid("fhir.not_fhir")
	}
	for dec.More() {
		in.entry++
		line := 0
		if dec == in.dec {
			line = in.line()
		}
		var e bundleEntry
		err := dec.Decode(&e)
		var shape *json.UnmarshalTypeError
		if err != nil && !errors.As(err, &shape) {
			return err
		}
		in.take(&e, line, shape == nil)
	}
	_, err = dec.Token()
	return err
}

type bundleEntry struct {
	FullURL  string          `json:"fullUrl"`
	Resource json.RawMessage `json:"resource"`
	Request  struct {
		Method string `json:"method"`
	} `json:"request"`
}

// take files an entry's resource away. An entry of another shape than R4's is
// counted, and the reading goes on.
func (in *intake) take(entry *bundleEntry, line int, shaped bool) {
	n := &node{file: in.name, entry: in.entry, line: line, kind: "Bundle.entry"}
	book := in.reader.book
	if !shaped {
		book.seen[n.kind]++
		book.refuse(n, "fhir.warn.unreadable")
		return
	}
	if len(entry.Resource) == 0 || string(entry.Resource) == "null" {
		book.seen[n.kind]++
		book.refuse(n, "fhir.warn.no_resource", "method", code(entry.Request.Method))
		return
	}
	n.fullURL = entry.FullURL
	in.reader.take(entry.Resource, n)
}

func (in *intake) line() int { return in.guard.lineAt(in.dec.InputOffset() + in.bom) }

// invalid makes the fault for a file that is not what is read here. It says
// where, never what stands there.
func (in *intake) invalid(key string, args ...any) error {
	line := 1
	if in.dec != nil {
		line = in.line()
	}
	args = append(args, "file", in.name, "entry", in.entry, "line", line)
	return fault.New(fault.Invalid, key, args...)
}

// fail tells apart the reasons for which reading stopped. The decoder's own
// error is left out: it may quote the file.
func (in *intake) fail(err error) error {
	var known *fault.Error
	var syntax *json.SyntaxError
	switch {
	case err == nil, errors.As(err, &known),
		errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	case errors.Is(err, errTooLarge):
		return in.invalid("fhir.too_large", "limit", in.reader.limit>>20)
	case errors.Is(err, errTooDeep):
		return in.invalid("fhir.too_deep", "limit", MaxDepth)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return in.invalid("fhir.cut")
	case errors.As(err, &syntax):
		return in.invalid("fhir.not_json")
	}
	return fault.Wrap(err, fault.Internal, "fhir.read", "file", in.name)
}

func kindOf(fields map[string]json.RawMessage) string {
	var kind string
	_ = json.Unmarshal(fields["resourceType"], &kind) // not a string: no kind
	return kind
}

// join writes an object from its fields without touching their text.
func join(fields map[string]json.RawMessage) (json.RawMessage, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	err := enc.Encode(fields)
	return buf.Bytes(), err
}
