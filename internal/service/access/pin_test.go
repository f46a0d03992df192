package access

import "testing"

func TestPINHash(t *testing.T) {
	t.Parallel()
	kept := hashPIN("8364")
	if !samePIN(kept, "8364") || samePIN(kept, "8365") || samePIN(kept, "") || hashPIN("8364") == kept {
		t.Error("hash of a PIN")
	}
}

func FuzzPIN(f *testing.F) {
	f.Add(hashPIN("8364"), "8364")
	f.Add("argon2id$$", "")
	f.Fuzz(func(t *testing.T, kept, pin string) {
		salt, key, err := parsePIN(kept)
		if err != nil && samePIN(kept, pin) {
			t.Error("what can't be read lets somebody in")
		}
		if err == nil && (len(salt) != pinSalt || len(key) != pinKey) {
			t.Error("lengths")
		}
	})
}
