package main

import (
	"context"
	"net"
	"path/filepath"
	"time"

	"feldsher/internal/online/wire"
	"feldsher/internal/server"
	"feldsher/internal/server/depot"
)

// cmdHub starts a real server, until the end: $SERVER is its address, $CODE what its
// operator gives a clinic.
func cmdHub(s *script, _ bool, _ []string) {
	ctx, stop := context.WithCancel(context.Background())
	d, err := depot.Open(ctx, s.path("hub.db"), s.path("hub.files"))
	s.check(err)
	cert, err := server.OwnCertificate(s.path("hub.pem"), time.Now())
	s.check(err)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	s.check(err)
	ended := make(chan error, 1)
	go func() { ended <- server.New(server.Options{Depot: d, Certificate: cert}).Serve(ctx, l) }()
	s.t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			s.t.Error(err)
		}
		if err := d.Close(); err != nil {
			s.t.Error(err)
		}
	})
	code := wire.NewCode()
	s.check(d.AddCode(ctx, depot.LinkCode{ID: code.ID(), Key: code.MACKey(), Name: "Проба", Expires: time.Now().Add(time.Hour)}))
	s.env["SERVER"], s.env["CODE"] = "https://"+l.Addr().String(), code.String()
	s.env["SECOND"] = filepath.Join(s.work, "вторая")
	s.env["THIRD"] = filepath.Join(s.work, "третья")
}
