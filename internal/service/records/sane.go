package records

import (
	"fmt"
	"reflect"
	"strings"
	"unicode/utf8"

	"feldsher/internal/clinic"
	"feldsher/internal/fault"
)

// sane walks over every text of a record, also those without a rule of their own,
// and refuses what no screen or paper could show: broken encoding, control
// characters, endless text, instants that can't be written down.
func (c *checker) sane(v any) { c.walk("", reflect.ValueOf(v).Elem()) }

func (c *checker) walk(path string, v reflect.Value) {
	if t, ok := v.Interface().(clinic.Time); ok {
		if !t.Valid() {
			c.fail(fault.At(path, "fault.field.date"))
		}
		return
	}
	switch v.Kind() {
	case reflect.String:
		c.printable(path, v.String())
	case reflect.Struct:
		t := v.Type()
		for i := range v.NumField() {
			f := t.Field(i)
			name := path
			if !f.Anonymous {
				name = join(path, jsonName(f))
			}
			c.walk(name, v.Field(i))
		}
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			return
		}
		for i := range v.Len() {
			c.walk(fmt.Sprintf("%s[%d]", path, i), v.Index(i))
		}
	case reflect.Map:
		for _, k := range v.MapKeys() {
			c.printable(path, k.String())
			c.walk(join(path, k.String()), v.MapIndex(k))
		}
	case reflect.Pointer:
		if !v.IsNil() {
			c.walk(path, v.Elem())
		}
	}
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

func jsonName(f reflect.StructField) string {
	name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	if name == "" {
		return f.Name
	}
	return name
}

func (c *checker) printable(field, s string) {
	if !utf8.ValidString(s) {
		c.fail(fault.At(field, "fault.field.encoding"))
	}
	if len(s) > maxText {
		if n := utf8.RuneCountInString(s); n > maxText {
			c.fail(fault.At(field, "fault.field.long", "limit", maxText, "n", n))
		}
	}
	for _, r := range s {
		if unprintable(r) {
			c.fail(fault.At(field, "fault.field.control"))
			return
		}
	}
}

// unprintable are control characters, and those that turn the direction of what
// follows: a name could hide or mirror the rest of a line with them. Letters that
// are written from right to left are as good as any.
func unprintable(r rune) bool {
	switch {
	case r == '\n', r == '\t', r == '\r':
		return false
	case r < ' ', r >= 0x7f && r <= 0x9f:
		return true
	}
	return r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069
}
