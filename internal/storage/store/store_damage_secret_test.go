package store_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"

	"feldsher/internal/clinic"
	"feldsher/internal/storage/journal"
	"feldsher/internal/storage/store"
)

// secrets are words that no file may hold, found by their first eight bytes.
type secrets map[uint64][]secret

type secret struct {
	bytes []byte
	name  string
}

// add takes a word in UTF-8, UTF-16 and the hexadecimal of both.
func (s secrets) add(t testing.TB, word string) {
	t.Helper()
	var wide []byte
	for _, u := range utf16.Encode([]rune(word)) {
		wide = binary.LittleEndian.AppendUint16(wide, u)
	}
	low := hex.EncodeToString([]byte(word))
	for name, b := range map[string][]byte{
		"UTF-8": []byte(word), "UTF-16": wide, "hex": []byte(low), "HEX": []byte(strings.ToUpper(low)),
	} {
		if len(b) < 8 {
			t.Fatalf("%q is too short to be searched for", word)
		}
		k := binary.LittleEndian.Uint64(b)
		s[k] = append(s[k], secret{b, fmt.Sprintf("%s in %s", word, name)})
	}
}

// in gives the first secret that raw holds.
func (s secrets) in(raw []byte) string {
	for i := 0; i+8 <= len(raw); i++ {
		for _, one := range s[binary.LittleEndian.Uint64(raw[i:])] {
			if bytes.HasPrefix(raw[i:], one.bytes) {
				return one.name
			}
		}
	}
	return ""
}

func word(r *rand.Rand, n int) string {
	letters := []rune("абвгдежзиклмнопрстуфхцчшщэюяәғқңөұүһі")
	out := make([]rune, n)
	for i := range out {
		out[i] = letters[r.IntN(len(letters))]
	}
	return strings.ToUpper(string(out[:1])) + string(out[1:])
}

// Of 1 000 names, phones and diagnoses none can be read in any file of the data
// folder or of the folder for temporary files, while the clinic is open and after
// (R11.1).
func TestNothingReadable(t *testing.T) {
	const people = 1000
	ctx := context.Background()
	dir, temp := filepath.Join(t.TempDir(), "data"), t.TempDir()
	t.Setenv("TMPDIR", temp)
	s := found(t, dir)
	r := seeded(t)
	hidden := secrets{}
	hidden.add(t, rightPassword)
	for i := 0; i < people; i += 50 {
		err := s.Update(ctx, journal.Act{Intent: "patient.import"}, func(tx *store.Tx) error {
			for range 50 {
				if err := putSecretPatient(t, tx, r, hidden); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	draft := "Черновик " + word(r, 12)
	hidden.add(t, draft)
	if err := s.Local(ctx, func(tx *store.Tx) error {
		return tx.PutDraft(store.Draft{Staff: clinic.NewID(), Kind: "visit", ID: clinic.NewID(), Body: `"` + draft + `"`})
	}); err != nil {
		t.Fatal(err)
	}
	look := func(when string) {
		t.Helper()
		size := 0
		for _, path := range append(filesUnder(t, dir), filesUnder(t, temp)...) {
			raw, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			size += len(raw)
			if found := hidden.in(raw); found != "" {
				t.Errorf("%s: %s holds %s", when, path, found)
			}
			if found := hidden.in([]byte(path)); found != "" {
				t.Errorf("%s: the name %s holds %s", when, path, found)
			}
		}
		t.Logf("%s: %d KiB searched for %d words", when, size>>10, len(hidden))
		if size < 1<<20 {
			t.Errorf("%s: that can't be all", when)
		}
	}
	look("open")
	if _, err := s.Verify(ctx); err != nil { // sorts and compares: what may need temporary files
		t.Fatal(err)
	}
	look("after reading all")
	closed(t, s)
	look("closed")
	controlSearch(t, hidden, draft)
}

// putSecretPatient writes a card and a visit whose words nobody may read.
func putSecretPatient(t testing.TB, tx *store.Tx, r *rand.Rand, hidden secrets) error {
	phone := fmt.Sprintf("+7916%07d", r.IntN(1e7))
	p := clinic.Patient{
		Name: clinic.Name{Family: word(r, 9), Given: word(r, 8), Patronymic: word(r, 10)}, SNILS: fmt.Sprintf("%011d", r.Int64N(1e11)),
		Contacts: []clinic.Contact{{Kind: "phone", Value: phone, E164: phone}}, Addresses: []clinic.Address{{City: word(r, 8), Street: word(r, 9)}},
	}
	if err := tx.PutPatient(&p); err != nil {
		return err
	}
	v := clinic.Visit{
		Patient: p.ID, Kind: "clinic", Status: "open", Complaints: word(r, 40),
		Diagnoses:     []clinic.Diagnosis{{Coding: clinic.Coding{System: clinic.ICD10, Code: "J06.9"}, Text: word(r, 20)}},
		Prescriptions: []clinic.Prescription{{Trade: word(r, 8), Status: "active"}},
	}
	for _, w := range []string{
		p.Family, p.Given, p.Patronymic, p.SNILS, phone, phone[2:], p.Addresses[0].City, p.Addresses[0].Street,
		v.Complaints, v.Diagnoses[0].Text, v.Prescriptions[0].Trade, strings.ToLower(p.Family),
	} {
		hidden.add(t, w)
	}
	return tx.PutVisit(&v)
}

// controlSearch makes sure that the search finds what is there.
func controlSearch(t *testing.T, hidden secrets, word string) {
	t.Helper()
	wide := []byte{0}
	for _, u := range utf16.Encode([]rune(word)) {
		wide = binary.LittleEndian.AppendUint16(wide, u)
	}
	for _, raw := range [][]byte{
		[]byte("xyz" + word), wide, []byte(hex.EncodeToString([]byte(word)) + "ff"), []byte(strings.ToUpper(hex.EncodeToString([]byte(word)))),
	} {
		if hidden.in(raw) == "" {
			t.Errorf("the search misses %q", raw)
		}
	}
	if found := hidden.in([]byte("ничего из этого здесь нет")); found != "" {
		t.Error(found)
	}
}
