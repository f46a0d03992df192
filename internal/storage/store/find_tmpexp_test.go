package store

import (
	"context"
	"testing"
)

func TmpSizes(t *testing.T, s *Store) {
	rows, err := s.Reader(context.Background()).query(`SELECT name, sum(pgsize)/1024, sum(unused)/1024 FROM dbstat WHERE name LIKE '%find%' GROUP BY name`)
	if err != nil {
		t.Log(err)
		return
	}
	defer rows.Close()
	sum := 0
	for rows.Next() {
		var n string
		var k, u int
		rows.Scan(&n, &k, &u)
		sum += k
		t.Logf("%-40s %d KiB, unused %d", n, k, u)
	}
	for _, tb := range []string{"find_vocabulary", "find_name", "find_code", "find_typo"} {
		n, _ := scalar[int64](s.Reader(context.Background()), `SELECT count(*) FROM `+tb)
		t.Log(tb, n)
	}
	t.Log("sum", sum)
}
