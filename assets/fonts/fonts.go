// Package fonts carries the letters of every paper that the program prints:
// Noto Sans in three styles, which has the Russian and Kazakh alphabets, ₸, ₽
// and №, and Noto Sans Math for the signs that doctors type and Noto Sans lacks
// (≤ ≥ ↑ ↓ → − √ ∅). They are TrueType files under the SIL Open Font License 1.1,
// whose text stands beside them in OFL.txt.
//
// The slices are the embedded files themselves: read them, never write to them.
package fonts

import _ "embed"

var (
	//go:embed NotoSans-Regular.ttf
	regular []byte
	//go:embed NotoSans-Bold.ttf
	bold []byte
	//go:embed NotoSans-Italic.ttf
	italic []byte
	//go:embed NotoSansMath-Regular.ttf
	math []byte
	//go:embed OFL.txt
	licence string
)

// Regular is Noto Sans Regular.
func Regular() []byte { return regular }

// Bold is Noto Sans Bold.
func Bold() []byte { return bold }

// Italic is Noto Sans Italic.
func Italic() []byte { return italic }

// Math is Noto Sans Math Regular: arrows and mathematical signs only.
func Math() []byte { return math }

// Licence is the text under which the fonts may be embedded and passed on.
func Licence() string { return licence }
