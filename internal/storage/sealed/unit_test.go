package sealed

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"testing"

	sqlite3 "modernc.org/sqlite/lib"
	"pgregory.net/rapid"

	"feldsher/internal/fault"
)

func testCoder(t testing.TB) *coder {
	t.Helper()
	key := testKey(9)
	s, err := newSealer(&key, [saltSize]byte{formatVersion, 2, 3})
	if err != nil {
		t.Fatal(err)
	}
	return &coder{sealer: s}
}

// TestPageSealing: a page opens only as what it was sealed as, and every seal
// of the same page looks different.
func TestPageSealing(t *testing.T) {
	c := testCoder(t)
	rapid.Check(t, func(t *rapid.T) {
		page := make([]byte, pageSize)
		copy(page, rapid.SliceOfN(rapid.Byte(), 0, usableSize).Draw(t, "page"))
		n := rapid.Uint32().Draw(t, "number")
		disk, back := make([]byte, pageSize), make([]byte, pageSize)
		c.seal(disk, page, c.mainAAD(n), 0)
		if !c.open(back, disk, c.mainAAD(n), 0) || !bytes.Equal(back, page) {
			t.Fatal("the page did not come back")
		}
		again := make([]byte, pageSize)
		c.seal(again, page, c.mainAAD(n), 0)
		if bytes.Equal(again, disk) {
			t.Fatal("a nonce was used twice")
		}
		for _, aad := range [][]byte{c.mainAAD(n + 1)} {
			if c.open(back, disk, aad, 0) {
				t.Fatal("opened in another place")
			}
		}
		if c.open(back, disk, c.journalAAD(n), 0) || c.open(back, disk, c.frameAAD(1, n, 0), 0) {
			t.Fatal("opened as another kind")
		}
		if !zero(back) {
			t.Fatal("a failed opening left bytes behind")
		}
		bit := rapid.IntRange(0, pageSize*8-1).Draw(t, "bit")
		disk[bit/8] ^= 1 << (bit % 8)
		if c.open(back, disk, c.mainAAD(n), 0) {
			t.Fatal("opened with a flipped bit")
		}
	})
}

func TestFrameHeaderMask(t *testing.T) {
	c := testCoder(t)
	rapid.Check(t, func(t *rapid.T) {
		h := rapid.SliceOfN(rapid.Byte(), frameHeaderSize, frameHeaderSize).Draw(t, "header")
		frame := rapid.Uint32().Draw(t, "frame")
		m := bytes.Clone(h)
		c.maskHeader(m, frame)
		if !bytes.Equal(m[:8], h[:8]) || bytes.Equal(m[8:], h[8:]) {
			t.Fatal("the mask is not where it belongs")
		}
		c.unmaskHeader(m, frame)
		if !bytes.Equal(m, h) {
			t.Fatal("the header did not come back")
		}
	})
}

func TestAnchorCodec(t *testing.T) {
	c := testCoder(t)
	a := anchor{salts: [8]byte{1, 2, 3, 4, 5, 6, 7, 8}, frames: 77}
	p := a.encode(c.sealer.anchor)
	if got, ok := decodeAnchor(c.sealer.anchor, p); !ok || got != a {
		t.Fatalf("%+v %v", got, ok)
	}
	for bit := range anchorSize * 8 {
		q := bytes.Clone(p)
		q[bit/8] ^= 1 << (bit % 8)
		if _, ok := decodeAnchor(c.sealer.anchor, q); ok {
			t.Fatalf("bit %d went unnoticed", bit)
		}
	}
}

func FuzzAnchor(f *testing.F) {
	c := testCoder(f)
	f.Add([]byte{})
	f.Add(anchor{frames: 3}.encode(c.sealer.anchor))
	f.Fuzz(func(t *testing.T, p []byte) {
		a, ok := decodeAnchor(c.sealer.anchor, p)
		if ok && !bytes.Equal(a.encode(c.sealer.anchor), p) {
			t.Fatal("two anchors mean the same")
		}
	})
}

// FuzzLogScan feeds the scan arbitrary logs: it never fails, and never counts a
// frame that the key did not seal.
func FuzzLogScan(f *testing.F) {
	c := testCoder(f)
	log := testLog(c, 3)
	f.Add(log, uint32(3))
	f.Add(log[:100], uint32(0))
	f.Add([]byte{}, uint32(1))
	f.Fuzz(func(t *testing.T, log []byte, vouched uint32) {
		s := newLogScan(c.sealer, int64(len(log)))
		s.anchor = anchor{frames: vouched}
		r, rc := s.run(func(n int, off int64) ([]byte, int32) { return bytes.Clone(log[off : off+int64(n)]), 0 })
		if rc != sqlite3.SQLITE_OK {
			t.Fatalf("code %d", rc)
		}
		if r.commit > r.frames || (r.damaged != 0 && r.damaged != r.frames+1) {
			t.Fatalf("report makes no sense: %+v", r)
		}
	})
}

// testLog builds a log of n transactions of one frame each.
func testLog(c *coder, n uint32) []byte {
	log := make([]byte, walHeaderSize)
	copy(log, []byte{0x37, 0x7f, 0x06, 0x82, 0, 0x2d, 0xe2, 0x18, 0, 0, 0x10, 0})
	sum := checksum{}.add(false, log[:24])
	putSum(log[24:], sum)
	page, disk := make([]byte, pageSize), make([]byte, pageSize)
	for frame := uint32(1); frame <= n; frame++ {
		page[0] = byte(frame)
		h := make([]byte, frameHeaderSize)
		h[3], h[7] = byte(frame), 9
		sum = sum.add(false, h[:8]).add(false, page)
		putSum(h[16:], sum)
		c.maskHeader(h, frame)
		c.seal(disk, page, c.frameAAD(frame, frame, 9), 0)
		log = append(append(log, h...), disk...)
	}
	return log
}

func putSum(p []byte, s checksum) {
	for i, v := range s {
		p[4*i], p[4*i+1], p[4*i+2], p[4*i+3] = byte(v>>24), byte(v>>16), byte(v>>8), byte(v)
	}
}

func scan(c *coder, log []byte, a anchor) logReport {
	s := newLogScan(c.sealer, int64(len(log)))
	s.anchor = a
	r, _ := s.run(func(n int, off int64) ([]byte, int32) { return log[off : off+int64(n)], 0 })
	return r
}

func TestLogScan(t *testing.T) {
	c := testCoder(t)
	whole := testLog(c, 6)
	broken := func(frames ...int) []byte {
		log := bytes.Clone(whole)
		for _, f := range frames {
			log[frameOffset(uint32(f))+500] ^= 4
		}
		return log
	}
	headless := bytes.Clone(whole)
	headless[9] ^= 1
	for name, tc := range map[string]struct {
		log             []byte
		anchor          uint32
		commit, damaged uint32
	}{
		"whole":                        {whole, 6, 6, 0},
		"an older anchor":              {whole, 2, 6, 0},
		"torn end":                     {broken(6), 5, 5, 0},
		"damaged end":                  {broken(6), 6, 5, 6},
		"damage in the middle":         {broken(3), 0, 2, 3},
		"a commit with no successor":   {broken(5), 0, 4, 0},
		"damage twice":                 {broken(1, 3, 5), 0, 0, 0},
		"damage twice, with an anchor": {broken(1, 3, 5), 6, 0, 1},
		"damaged header":               {headless, 0, 0, 1},
		"cut off":                      {whole[:frameOffset(4)], 6, 3, 4},
		"empty":                        {nil, 0, 0, 0},
		"emptied":                      {nil, 1, 0, 1},
	} {
		if r := scan(c, tc.log, anchor{frames: tc.anchor}); r.commit != tc.commit || r.damaged != tc.damaged {
			t.Errorf("%s: commit %d, damaged %d; want %d, %d", name, r.commit, r.damaged, tc.commit, tc.damaged)
		}
	}
}

// TestMemoryFile compares a temporary file with a plain slice of bytes.
func TestMemoryFile(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var m memFile
		var model []byte
		grow := func(n int) {
			if n > len(model) {
				model = append(model, make([]byte, n-len(model))...)
			}
		}
		for range rapid.IntRange(1, 40).Draw(t, "steps") {
			off := rapid.IntRange(0, 3*memChunk).Draw(t, "off")
			switch rapid.IntRange(0, 2).Draw(t, "what") {
			case 0:
				p := bytes.Repeat([]byte{rapid.Byte().Draw(t, "byte")}, rapid.IntRange(1, memChunk+10).Draw(t, "n"))
				m.write(nil, p, int64(off))
				grow(off + len(p))
				copy(model[off:], p)
			case 1:
				m.truncate(nil, int64(off))
				grow(off)
				model = model[:off:off]
			case 2:
				p := make([]byte, rapid.IntRange(1, memChunk+10).Draw(t, "n"))
				rc := m.read(nil, p, int64(off))
				want := make([]byte, len(p))
				n := 0
				if off < len(model) {
					n = copy(want, model[off:])
				}
				if !bytes.Equal(p, want) || (rc == sqlite3.SQLITE_OK) != (n == len(p)) {
					t.Fatalf("read at %d differs (code %d)", off, rc)
				}
			}
			if n, _ := m.size(nil); n != int64(len(model)) {
				t.Fatalf("size %d, want %d", n, len(model))
			}
		}
	})
}

func TestClassify(t *testing.T) {
	plain := errors.New("x")
	for code, kind := range map[int32]fault.Kind{
		sqlite3.SQLITE_IOERR_DATA:       fault.Damaged,
		sqlite3.SQLITE_CORRUPT:          fault.Damaged,
		sqlite3.SQLITE_NOTADB:           fault.Damaged,
		sqlite3.SQLITE_FULL:             fault.Space,
		sqlite3.SQLITE_READONLY:         fault.Space,
		sqlite3.SQLITE_READONLY_DBMOVED: fault.Space,
		sqlite3.SQLITE_IOERR_WRITE:      fault.Space,
		sqlite3.SQLITE_IOERR_FSYNC:      fault.Space,
		sqlite3.SQLITE_CANTOPEN:         fault.Space,
		sqlite3.SQLITE_BUSY:             fault.Locked,
		sqlite3.SQLITE_BUSY_SNAPSHOT:    fault.Locked,
		sqlite3.SQLITE_IOERR_READ:       fault.Internal,
	} {
		if err := classifyCode(code, plain); !fault.Is(err, kind) || !errors.Is(err, plain) {
			t.Errorf("code %d: %v, want %v", code, err, kind)
		}
	}
	if err := classifyCode(sqlite3.SQLITE_CONSTRAINT, plain); !errors.Is(err, plain) {
		t.Errorf("a constraint is no damage: %v", err)
	}
	for _, err := range []error{nil, plain, context.Canceled, fault.New(fault.Newer, "k")} {
		if got := Classify(err); !errors.Is(got, err) {
			t.Errorf("%v became %v", err, got)
		}
	}
	db := mustCreate(t, filepath.Join(t.TempDir(), "x.db"), Options{})
	defer mustClose(t, db)
	_, err := db.Writer.Exec("SELECT * FROM nowhere")
	if got := Classify(fmt.Errorf("wrapped: %w", err)); fault.Is(got, fault.Internal) {
		t.Errorf("a mistake in SQL became %v", got)
	}
}

// TestCopyTo: the copy opens with its own key only.
func TestCopyTo(t *testing.T) {
	dir := t.TempDir()
	db := mustCreate(t, filepath.Join(dir, "x.db"), Options{})
	defer mustClose(t, db)
	mustExec(t, db.Writer, "CREATE TABLE t(id INTEGER PRIMARY KEY, v TEXT); PRAGMA user_version=12")
	for range 300 {
		mustExec(t, db.Writer, "INSERT INTO t(v) VALUES(hex(randomblob(300)))")
	}
	want, err := contents(t.Context(), db.Reader)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "копия №1.db")
	salt, err := db.CopyTo(t.Context(), path, testKey(5))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.CopyTo(t.Context(), path, testKey(5)); !fault.Is(err, fault.Conflict) {
		t.Errorf("overwriting: %v", err)
	}
	if _, err := Open(t.Context(), path, testKey(1), Options{}); !fault.Is(err, fault.Password) {
		t.Errorf("the original's key: %v", err)
	}
	copied, err := Open(t.Context(), path, testKey(5), Options{Salt: salt})
	if err != nil {
		t.Fatal(err)
	}
	defer mustClose(t, copied)
	got, err := contents(t.Context(), copied.Reader)
	if err != nil || got != want || !bytes.Equal(copied.Salt(), salt) {
		t.Fatalf("the copy differs: %v", err)
	}
	if v := queryInt(t, copied.Reader, "PRAGMA user_version"); v != 12 {
		t.Errorf("user_version %d", v)
	}
	if err := copied.Check(t.Context()); err != nil {
		t.Error(err)
	}
}

// TestRollbackJournal: a database may be used with a rollback journal too; its
// pages are sealed, and a crash in the middle rolls back.
func TestRollbackJournal(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "x.db")
	db := mustCreate(t, path, Options{Readers: 1})
	mustExec(t, db.Writer, "CREATE TABLE t(id INTEGER PRIMARY KEY, v TEXT)")
	for range 200 {
		mustExec(t, db.Writer, "INSERT INTO t(v) VALUES('before '||hex(randomblob(200)))")
	}
	want, err := contents(t.Context(), db.Writer)
	if err != nil {
		t.Fatal(err)
	}
	db.Reader.Close()
	mustExec(t, db.Writer, "PRAGMA journal_mode=DELETE; PRAGMA cache_size=5")
	tx, err := db.Writer.Begin()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec("UPDATE t SET v = 'after '||hex(randomblob(200))"); err != nil {
		t.Fatal(err)
	}
	crashed := copyDir(t, dir)
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	got, err := contents(t.Context(), db.Writer)
	if err != nil || got != want {
		t.Fatalf("rollback: %v", err)
	}
	mustClose(t, db)
	if got, err := verdict(t.Context(), filepath.Join(crashed, "x.db"), nil); err != nil || got != want {
		t.Fatalf("hot journal: %v", err)
	}
}

// TestFormatVector pins the format: with these inputs the bytes on the disk are
// these. If it fails, files of earlier versions can't be read any more.
func TestFormatVector(t *testing.T) {
	c := testCoder(t)
	c.filled = true // nonces of zeros
	page, disk := make([]byte, pageSize), make([]byte, pageSize)
	copy(page, "a page")
	header := make([]byte, frameHeaderSize)
	c.maskHeader(header, 5)
	sum := make([]byte, 4)
	c.journalMask(sum, make([]byte, 24))
	c.seal(disk, page, c.mainAAD(2), 0)
	main := fmt.Sprintf("%x %x", disk[:8], disk[usableSize:tagEnd])
	c.seal(disk, page, c.frameAAD(5, 2, 9), 0)
	for what, pair := range map[string][2]string{
		"database page": {main, "ede99b65f89fff21 eceee6f1cb8672c85cbaaf432cbc1fd0"},
		"log frame":     {fmt.Sprintf("%x %x", disk[:8], disk[usableSize:tagEnd]), "ede99b65f89fff21 ceebf4dbe081954d53285edba096e120"},
		"frame header":  {fmt.Sprintf("%x", header), "00000000000000000200cca7b6790bc804ed15557e7b109d"},
		"journal sum":   {fmt.Sprintf("%x", sum), "9411521c"},
		"anchor":        {fmt.Sprintf("%x", anchor{salts: [8]byte{1}, frames: 2}.encode(c.sealer.anchor)), "8c285836d2eac6071bed901c9e41cd24"},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%s: %s, want %s", what, pair[0], pair[1])
		}
	}
}
