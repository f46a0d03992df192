package protocolform

import (
	"strings"
	"time"

	"feldsher/internal/clinic"
	"feldsher/internal/clinic/templates"
	"feldsher/internal/fault"
	"feldsher/translations"
)

// value is what a field's text means.
func (f *Form) value(field *clinic.Field) (string, *fault.Error) {
	text := f.typed[field.Key]
	switch field.Type {
	case "date":
		if strings.TrimSpace(text) == "" {
			return "", nil
		}
		day, ok := Day(text)
		if !ok {
			return text, fault.New(fault.Invalid, "protocolform_no_date")
		}
		text = string(day)
	case "text":
		text = strings.ReplaceAll(text, "\n", " ")
	}
	return templates.Value(field, text)
}

// shown is how a stored value stands in its field.
func (f *Form) shown(field *clinic.Field, value string) string {
	switch field.Type {
	case "date":
		if d := clinic.Date(value); d.Valid() && d.Full() {
			return f.words.Date(d)
		}
	case "number":
		if f.words.Lang != translations.English {
			return strings.Replace(value, ".", ",", 1)
		}
	}
	return value
}

// sentence tells a fault of a field as people of the clinic read it.
func (f *Form) sentence(field *clinic.Field, e *fault.Error) string {
	switch {
	case e.Key == "fault.field.range" && field.Min == "":
		return f.words.T("protocolform_most", "high", f.shown(field, string(field.Max)))
	case e.Key == "fault.field.range" && field.Max == "":
		return f.words.T("protocolform_least", "low", f.shown(field, string(field.Min)))
	case e.Key == "fault.field.range":
		return f.words.T("fault.field.range", "low", f.shown(field, string(field.Min)), "high", f.shown(field, string(field.Max)))
	case e.Key == "fault.field.date":
		return f.words.T("protocolform_no_date")
	}
	return f.words.Fault(e)
}

// Normal is the phrase that stands for «as it should be» in a field, as it is shown.
func (f *Form) Normal(key string) (string, bool) {
	field := f.field(key)
	if field == nil || field.Default == "" {
		return "", false
	}
	return f.shown(field, field.Default), true
}

// PutNormal puts the normal phrase into an empty field, and takes it out where
// nothing else stands: the same key twice changes nothing. It leaves other text alone
// and reports whether the field has changed.
func (f *Form) PutNormal(key string) bool {
	normal, ok := f.Normal(key)
	if !ok {
		return false
	}
	switch strings.TrimSpace(f.typed[key]) {
	case "":
		f.Set(key, normal)
	case strings.TrimSpace(normal):
		f.Set(key, "")
	default:
		return false
	}
	return true
}

// PutNormals puts the normal phrases into all empty fields and gives the keys of
// those that it has filled, so that one Undo can empty them again.
func (f *Form) PutNormals() []string {
	var filled []string
	for i := range f.fields {
		key := f.fields[i].Key
		if normal, ok := f.Normal(key); ok && strings.TrimSpace(f.typed[key]) == "" {
			f.Set(key, normal)
			filled = append(filled, key)
		}
	}
	return filled
}

// Empty takes the text out of fields.
func (f *Form) Empty(keys []string) {
	for _, key := range keys {
		f.Set(key, "")
	}
}

// Day reads a whole date as people type it: 21112026, 211126, 21.11.2026, 21/11/26,
// 21 11 2026, 2026-11-21. A year of two digits is one of this century.
func Day(text string) (clinic.Date, bool) {
	text = strings.Map(func(r rune) rune {
		if r == '/' || r == ',' || r == ' ' || r == '\u00a0' {
			return '.'
		}
		return r
	}, strings.TrimSpace(text))
	for _, layout := range []string{"02012006", "020106", "2.1.2006", "2.1.06", "2006-1-2"} {
		if t, err := time.Parse(layout, text); err == nil {
			if layout == "020106" || layout == "2.1.06" {
				t = t.AddDate((2000+t.Year()%100)-t.Year(), 0, 0)
			}
			return clinic.Date(t.Format("2006-01-02")), true
		}
	}
	return "", false
}
