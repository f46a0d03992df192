package paper

import (
	"encoding/hex"
	"strings"
)

// version says which version this is, what it corrects and why.
func (b *builder) version() []row {
	p := b.d.Protocol
	n := max(p.Version, 1)
	if n == 1 && p.Amends.IsZero() {
		return nil // the footer says "version 1"; there is nothing to explain
	}
	var s string
	switch a := b.d.Amended; {
	case a != nil && !a.Signed.IsZero():
		s = b.t("version.amends", "n", max(a.Version, 1), "time", b.moment(a.Signed), "name", oneLine(b.c(a.SignerName)))
	case !p.Amends.IsZero():
		s = b.t("version.amends.id", "id", p.Amends)
	}
	rows := append(section(b.t("version.head"), ""), pair(b.t("version", "n", n), s)...)
	if why := b.c(p.Why); why != "" {
		rows = append(rows, pair(b.t("version.why"), why)...)
	}
	return rows
}

// signature is who answers for the paper and where its original is, with room
// for a hand's signature and a stamp. It is never cut.
func (b *builder) signature() []row {
	if !b.signed() {
		rows := append([]row{gap(14), ruled()}, lines(left, fullWidth, noteStyle, b.t("draft.note"))...)
		return glued(rows)
	}
	const (
		stamp  = 30 * mm
		stampX = right - stamp
		width  = stampX - left - 2*gutter
	)
	p := b.d.Protocol
	name := oneLine(b.c(p.SignerName))
	var who []row
	who = append(who, lines(left, width, smallStyle, b.t("sign.by"))...)
	who = append(who, lines(left, width, style{bold, 11, 15, 0, 0}, name)...)
	if post := oneLine(b.c(p.SignerPost)); post != "" {
		who = append(who, lines(left, width, bodyStyle, post)...)
	}
	who = append(who, lines(left, width, bodyStyle, b.moment(p.Signed))...)
	hand := b.t("sign.hand")
	if p.Original == "electronic" {
		hand = b.t("sign.copy")
	}
	const pen = 62 * mm
	who = append(who, row{height: 26}, row{height: 11, ops: []op{
		rule(left, 0, pen, line{0.5, 60}),
		text(left, 1, footStyle, hand),
	}})
	place := row{height: stamp + 4, ops: []op{
		{x: stampX, y: 2, dx: stamp - 0.5, dy: stamp, frame: true, dashed: true, rule: &line{0.4, 150}},
		text(stampX+(stamp-smallStyle.width(b.t("sign.stamp")))/2, stamp/2-4, smallStyle, b.t("sign.stamp")),
	}}
	rows := []row{gap(18), {height: 5, ops: []op{rule(left, 0, fullWidth, strongline)}}}
	rows = append(rows, abreast(who, []row{place})...)
	rows = append(rows, row{height: 6})
	for _, s := range b.proof() {
		rows = append(rows, lines(left, fullWidth, smallStyle, s)...)
	}
	rows = glued(rows)
	rows[len(rows)-1].glue = false
	return rows
}

// proof tells what the program's own signature is worth and where the original
// stands (R3.4).
func (b *builder) proof() []string {
	p := b.d.Protocol
	var s []string
	if len(p.Digest) > 0 {
		s = append(s, b.t("sign.digest", "digest", groups(p.Digest)))
	}
	own := b.t("sign.own")
	if len(p.Signature) == 0 {
		own = b.t("sign.none")
	}
	original := b.t("sign.original.paper")
	switch {
	case p.Original == "electronic" && p.Qualified.IsZero():
		original = b.t("sign.original.electronic.waiting")
	case p.Original == "electronic":
		original = b.t("sign.original.electronic")
	case !p.Scan.IsZero():
		original += " " + b.t("sign.original.scan")
	}
	return append(s, own+" "+original)
}

// groups writes a digest as people compare it: four hexadecimal digits at a time.
func groups(digest []byte) string {
	h := hex.EncodeToString(digest)
	var parts []string
	for ; len(h) > 4; h = h[4:] {
		parts = append(parts, h[:4])
	}
	return strings.Join(append(parts, h), " ")
}
