package wire

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// allowed is every field that travels, by what it may hold. There is no word for
// text that people write: a field that could carry a name has no place here, and a
// new field must be put on this list by somebody who has thought about it (R7.3).
//
//	id      16 random or derived bytes          number  counts, places, versions, flags
//	time    milliseconds                        hash    32 bytes, or cut to 16
//	nonce   16 or 32 random bytes               mac     32 bytes
//	key     a public key, or a code's MAC key   sign    a signature
//	sealed  bytes that the server has no key to encoded another message of this list
//	word    one of the protocol's own words     country two letters
//	token   what the server drew itself
var allowed = map[string]string{
	"Hello.Magic": "word", "Hello.Oldest": "number", "Hello.Newest": "number", "Hello.Time": "time", "Hello.Server": "id",
	"Hello.Country": "country", "Hello.MaxWaitS": "number",
	"Prove.Code": "hash", "Prove.Nonce": "nonce", "Proof.MAC": "mac",
	"Link.Code": "hash", "Link.Body": "encoded", "Link.MAC": "mac",
	"LinkBody.Org": "id", "LinkBody.Device": "id", "LinkBody.SignKey": "key", "LinkBody.AdminKey": "key", "LinkBody.Country": "country",
	"Linked.Server": "id",
	"Join.Code":     "hash", "Join.Joiner": "nonce", "Join.MAC": "mac", "Joined.Sealed": "sealed",
	"Challenge.Org": "id", "Challenge.Device": "id", "Challenged.Nonce": "nonce",
	"Open.Org": "id", "Open.Device": "id", "Open.Nonce": "nonce", "Open.Signature": "sign",
	"Opened.Token": "token", "Opened.Seconds": "number",
	"Head.Device": "id", "Head.Chain": "number", "Head.Seq": "number", "Head.Hash": "hash",
	"Standing.Server": "id", "Standing.Ordinal": "number", "Standing.RingGen": "number", "Standing.RingN": "number",
	"Standing.Time": "time", "Standing.Heads": "Head", "Standing.Lacking": "id",
	"Push.RingGen": "number", "Push.Entries": "sealed", "Pushed.Standing": "Standing", "Pushed.Stored": "number",
	"Pull.Since": "number", "Pull.Have": "Head", "Pull.RingGen": "number", "Pull.RingN": "number", "Pull.WaitMS": "number", "Pull.Max": "number",
	"Pulled.Standing": "Standing", "Pulled.Entries": "sealed", "Pulled.Next": "number", "Pulled.More": "number",
	"Wrap.Reader": "id", "Wrap.Sealed": "sealed",
	"RingPull.Gen": "number", "RingPull.Since": "number", "RingPull.Max": "number",
	"RingPulled.Standing": "Standing", "RingPulled.Gen": "number", "RingPulled.Wrap": "sealed", "RingPulled.First": "number",
	"RingPulled.Records": "sealed", "RingPulled.More": "number",
	"RingPush.Gen": "number", "RingPush.Records": "sealed", "RingPush.Wraps": "Wrap", "RingPushed.Standing": "Standing",
	"RingRenew.Old": "number", "RingRenew.Draft": "id", "RingRenew.Part": "number", "RingRenew.Wraps": "Wrap",
	"RingRenew.Records": "sealed", "RingRenew.Last": "number", "RingRenew.OldN": "number",
	"Device.ID": "id", "Device.Added": "time", "Device.Contact": "time", "Device.Revoked": "time", "Device.Seq": "number",
	"DeviceList.Standing": "Standing", "DeviceList.Devices": "Device",
	"Order.Body": "encoded", "Order.Key": "key", "Order.Signature": "sign",
	"OrderBody.Server": "id", "OrderBody.Org": "id", "OrderBody.Nonce": "nonce", "OrderBody.Invite": "InviteOrder",
	"OrderBody.Revoke": "RevokeOrder", "OrderBody.Succeed": "SucceedOrder", "OrderBody.Admin": "AdminOrder",
	"InviteOrder.Code": "hash", "InviteOrder.Key": "key", "InviteOrder.Sealed": "sealed", "InviteOrder.Device": "id",
	"InviteOrder.SignKey": "key", "InviteOrder.Wrap": "sealed", "InviteOrder.RingGen": "number", "InviteOrder.Seconds": "number",
	"RevokeOrder.Device": "id", "RevokeOrder.Seq": "number",
	"SucceedOrder.Former": "id", "SucceedOrder.Device": "id", "SucceedOrder.SignKey": "key", "SucceedOrder.Wrap": "sealed",
	"SucceedOrder.RingGen": "number",
	"AdminOrder.Key":       "key", "AdminOrder.Remove": "number", "Ordered.Standing": "Standing",
	"BlobAsk.Hashes": "hash", "BlobHave.Sizes": "number", "BlobHave.Whole": "number",
	"Problem.Code": "word", "Problem.Heads": "Head", "Problem.At": "number", "Problem.Retry": "number",
}

// texts are the fields that hold text at all. The first four come from the server;
// of what a workstation sends, two letters of a country are the only text.
var texts = map[string]bool{
	"Hello.Magic": true, "Hello.Country": true, "Opened.Token": true, "Problem.Code": true, "LinkBody.Country": true,
}

func TestNoFieldForAName(t *testing.T) {
	t.Parallel()
	seen, types := map[string]bool{}, map[string]bool{}
	for _, m := range messages() {
		walk(t, reflect.TypeOf(m).Elem(), seen, types)
	}
	for field := range allowed {
		if !seen[field] {
			t.Errorf("%s is on the list and in no message", field)
		}
	}
	for _, name := range declared(t) {
		if !types[name] {
			t.Errorf("the struct %s is in no message that this test knows", name)
		}
	}
}

func walk(t *testing.T, s reflect.Type, seen, types map[string]bool) {
	types[s.Name()] = true
	for i := range s.NumField() {
		f := s.Field(i)
		name := s.Name() + "." + f.Name
		seen[name] = true
		what, ok := allowed[name]
		if !ok {
			t.Errorf("%s is not on the list of what may leave", name)
			continue
		}
		if f.Tag.Get("cbor") == "" || !f.IsExported() {
			t.Errorf("%s has no key", name)
		}
		inner := f.Type
		for inner.Kind() == reflect.Pointer || inner.Kind() == reflect.Slice && inner.Elem().Kind() != reflect.Uint8 {
			inner = inner.Elem()
		}
		if inner.Kind() == reflect.Struct {
			if what != inner.Name() {
				t.Errorf("%s holds a %s", name, inner.Name())
			}
			walk(t, inner, seen, types)
			continue
		}
		if !fits(inner, what, texts[name]) {
			t.Errorf("%s is a %v and can't be a %s", name, inner, what)
		}
	}
}

// fits says whether a Go type is as narrow as what the field may hold.
func fits(t reflect.Type, what string, text bool) bool {
	if (t.Kind() == reflect.String) != text {
		return false
	}
	raw := t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Uint8
	fixed := t.Kind() == reflect.Array && t.Elem().Kind() == reflect.Uint8
	switch what {
	case "id":
		return fixed && t.Len() == 16
	case "hash":
		return fixed || raw
	case "number":
		return t.Kind() == reflect.Bool || t.Kind() >= reflect.Int && t.Kind() <= reflect.Uint64
	case "time":
		return t.Kind() == reflect.Int64
	case "nonce", "mac", "key", "sign", "sealed", "encoded":
		return raw
	case "word", "country", "token":
		return text
	}
	return false
}

// declared lists the structs of the package's source that travel.
func declared(t *testing.T) (names []string) {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		p, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(p, func(n ast.Node) bool {
			spec, ok := n.(*ast.TypeSpec)
			if s, is := specStruct(spec, ok); is && spec.Name.Name != "Code" {
				for _, f := range s.Fields.List {
					if f.Tag == nil {
						t.Errorf("a field of %s has no key", spec.Name.Name)
					}
				}
				names = append(names, spec.Name.Name)
			}
			return true
		})
	}
	if len(names) < 30 {
		t.Fatalf("only %d structs found", len(names))
	}
	return names
}

func specStruct(spec *ast.TypeSpec, ok bool) (*ast.StructType, bool) {
	if !ok {
		return nil, false
	}
	s, is := spec.Type.(*ast.StructType)
	return s, is
}
