package fhir

import (
	"bytes"
	"context"
	"encoding/json"
	"testing"
)

func BenchmarkRead(b *testing.B) {
	files := realFiles(b)
	size := 0
	for _, file := range files {
		size += len(file)
	}
	b.SetBytes(int64(size))
	for b.Loop() {
		for _, file := range files {
			if _, err := Read(context.Background(), bytes.NewReader(file), Options{}); err != nil {
				b.Fatal(err)
			}
		}
	}
}

// BenchmarkDecodeOnly is the measure for BenchmarkRead: the same files into
// bare maps.
func BenchmarkDecodeOnly(b *testing.B) {
	files := realFiles(b)
	size := 0
	for _, file := range files {
		size += len(file)
	}
	b.SetBytes(int64(size))
	for b.Loop() {
		for _, file := range files {
			var v any
			if err := json.Unmarshal(file, &v); err != nil {
				b.Fatal(err)
			}
		}
	}
}
