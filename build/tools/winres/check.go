package main

import (
	"bytes"
	"debug/pe"
	"encoding/binary"
	"fmt"
	"strings"
	"unicode/utf16"
)

// Resource types (winuser.h).
const (
	typeIcon     = 3
	typeGroup    = 14
	typeVersion  = 16
	typeManifest = 24
)

// check reads an executable and says what it is, or what it lacks.
func check(path, version string) (string, error) {
	f, err := pe.Open(path)
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }()
	head, ok := f.OptionalHeader.(*pe.OptionalHeader64)
	if !ok || f.Machine != pe.IMAGE_FILE_MACHINE_AMD64 {
		return "", fmt.Errorf("not a 64-bit program for amd64")
	}
	if head.Subsystem != pe.IMAGE_SUBSYSTEM_WINDOWS_GUI {
		return "", fmt.Errorf("subsystem %d: it would open a console", head.Subsystem)
	}
	section := f.Section(".rsrc")
	if section == nil {
		return "", fmt.Errorf("no resources")
	}
	data, err := section.Data()
	if err != nil {
		return "", err
	}
	found, err := resources(data, section.VirtualAddress)
	if err != nil {
		return "", err
	}
	switch {
	case len(found[typeGroup]) != 1 || len(found[typeIcon]) != len(sizes):
		return "", fmt.Errorf("%d icon groups of %d icons, want one of %d", len(found[typeGroup]), len(found[typeIcon]), len(sizes))
	case len(found[typeManifest]) != 1 || !bytes.Contains(found[typeManifest][0], []byte("PerMonitorV2")):
		return "", fmt.Errorf("no manifest, or one that leaves letters blurred")
	case len(found[typeVersion]) != 1 || !bytes.Contains(found[typeVersion][0], wide("ProductVersion")):
		return "", fmt.Errorf("no version resource")
	case !bytes.Contains(found[typeVersion][0], wide(version)) || !bytes.Contains(found[typeVersion][0], fixed(version)):
		return "", fmt.Errorf("the version resource does not say %s", version)
	}
	return fmt.Sprintf("%s: a program with windows for amd64, %d icons, manifest, version %s", path, len(found[typeIcon]), version), nil
}

// wide is a text as Windows writes it.
func wide(s string) []byte {
	var b []byte
	for _, u := range utf16.Encode([]rune(s)) {
		b = binary.LittleEndian.AppendUint16(b, u)
	}
	return append(b, 0, 0)
}

// fixed is how VS_FIXEDFILEINFO begins for a version "a.b.c".
func fixed(version string) []byte {
	var v [4]uint32
	for i, part := range strings.SplitN(version, ".", 4) {
		_, _ = fmt.Sscan(part, &v[i]) // what is no number stays 0 and is not found
	}
	le := binary.LittleEndian
	b := le.AppendUint32(nil, 0xFEEF04BD)
	b = le.AppendUint32(b, 0x00010000)
	b = le.AppendUint32(b, v[0]<<16|v[1])
	return le.AppendUint32(b, v[2]<<16|v[3])
}

// resources reads the tree of the resource section: type, name, language.
func resources(data []byte, base uint32) (map[uint32][][]byte, error) {
	found := make(map[uint32][][]byte)
	err := entries(data, 0, func(kind, at uint32) error {
		return walk(data, at, 0, func(leaf uint32) error {
			if uint64(leaf)+16 > uint64(len(data)) {
				return fmt.Errorf("a resource beyond the section")
			}
			from := binary.LittleEndian.Uint32(data[leaf:]) - base
			to := uint64(from) + uint64(binary.LittleEndian.Uint32(data[leaf+4:]))
			if to > uint64(len(data)) {
				return fmt.Errorf("a resource beyond the section")
			}
			found[kind] = append(found[kind], data[from:to])
			return nil
		})
	})
	return found, err
}

const deeper = 1 << 31 // of an offset: it leads to a directory

func walk(data []byte, at uint32, depth int, leaf func(uint32) error) error {
	if at&deeper == 0 {
		return leaf(at)
	}
	if depth > 4 {
		return fmt.Errorf("resources without an end")
	}
	return entries(data, at&^deeper, func(_, next uint32) error { return walk(data, next, depth+1, leaf) })
}

// entries calls fn for each entry of a directory.
func entries(data []byte, at uint32, fn func(name, at uint32) error) error {
	if uint64(at)+16 > uint64(len(data)) {
		return fmt.Errorf("a directory beyond the section")
	}
	le := binary.LittleEndian
	count := uint32(le.Uint16(data[at+12:])) + uint32(le.Uint16(data[at+14:]))
	for i := range count {
		e := uint64(at) + 16 + 8*uint64(i)
		if e+8 > uint64(len(data)) {
			return fmt.Errorf("an entry beyond the section")
		}
		if err := fn(le.Uint32(data[e:]), le.Uint32(data[e+4:])); err != nil {
			return err
		}
	}
	return nil
}
