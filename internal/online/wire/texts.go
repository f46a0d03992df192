package wire

import (
	"encoding/binary"

	"feldsher/internal/ledger"
)

// ProofMAC is what a server shows to pin its certificate: fingerprint is the
// SHA-256 of the certificate's SubjectPublicKeyInfo.
func ProofMAC(key, nonce, fingerprint []byte) []byte { return MAC(key, "prove", nonce, fingerprint) }

// SessionText is what a workstation signs to open a session. fingerprint is the
// SHA-256 of the SubjectPublicKeyInfo of the certificate that the workstation sees
// (the server: that it shows), empty over plain HTTP on the loopback. A server can
// claim any id in its Hello, but not another's certificate: so none can pass the
// signature on to another server and act there as the workstation.
func SessionText(server, org, device ledger.ID, nonce, fingerprint []byte) []byte {
	return text("session", server[:], org[:], device[:], nonce, fingerprint)
}

// OrderText is what is signed under an Order.
func OrderText(body []byte) []byte { return text("order", body) }

func text(purpose string, parts ...[]byte) []byte {
	out := []byte("feldsher wire " + purpose + " 1\x00")
	writeParts(func(b []byte) (int, error) { out = append(out, b...); return len(b), nil }, parts)
	return out
}

func writeParts(write func([]byte) (int, error), parts [][]byte) {
	for _, p := range parts {
		var n [4]byte
		binary.BigEndian.PutUint32(n[:], uint32(len(p)))
		_, _ = write(n[:])
		_, _ = write(p)
	}
}
