package main

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"

	"github.com/gofrs/flock"

	"feldsher/internal/fault"
	"feldsher/internal/server"
	"feldsher/internal/server/depot"
)

type serveCmd struct {
	Listen  string `default:":8443" placeholder:"HOST:PORT" help:"${licensord_serve_listen}"`
	TLSCert string `name:"tls-cert" placeholder:"FILE" help:"${licensord_serve_cert}"`
	TLSKey  string `name:"tls-key" placeholder:"FILE" help:"${licensord_serve_key}"`
	ACME    string `name:"acme" placeholder:"DOMAIN" help:"${licensord_serve_acme}"`
	Plain   bool   `help:"${licensord_serve_plain}"`
	Country string `enum:",ru,kz" default:"" placeholder:"ru|kz" help:"${licensord_serve_country}"`
	Log     string `enum:"debug,info,warn,error" default:"info" placeholder:"LEVEL" help:"${licensord_serve_log}"`
}

// servingOut is what serve prints once it listens.
type servingOut struct {
	URL         string `json:"url"`
	Address     string `json:"address"`
	Server      string `json:"server"`
	Country     string `json:"country"`
	Fingerprint string `json:"fingerprint"`
}

func (c serveCmd) Run(s *session) error {
	if ways := count(c.TLSCert != "" || c.TLSKey != "", c.ACME != "", c.Plain); ways > 1 || (c.TLSCert == "") != (c.TLSKey == "") {
		return fault.New(fault.Invalid, "fault.licensord.tls")
	}
	p, err := s.place()
	if err != nil {
		return err
	}
	return s.with(func(d depot.Depot) error {
		unlock, err := alone(p)
		if err != nil {
			return err
		}
		return errors.Join(c.serve(s, p, d), unlock())
	})
}

func count(all ...bool) (n int) {
	for _, b := range all {
		if b {
			n++
		}
	}
	return n
}

// alone keeps a second server from one SQLite file: what one stores would not wake
// the other's polls. Other commands may run beside it.
func alone(p place) (unlock func() error, err error) {
	if !p.file {
		return func() error { return nil }, nil
	}
	lock := flock.New(p.beside(".lock"), flock.SetPermissions(0o600))
	held, err := lock.TryLock()
	switch {
	case err != nil:
		return nil, fault.Wrap(err, fault.Space, "fault.licensord.file", "file", p.beside(".lock"))
	case !held:
		return nil, fault.New(fault.Locked, "fault.licensord.locked")
	}
	return lock.Unlock, nil
}

func (c serveCmd) serve(s *session, p place, d depot.Depot) error {
	var level slog.Level
	_ = level.UnmarshalText([]byte(c.Log)) // one of the enum
	log := slog.New(slog.NewJSONHandler(s.stderr, &slog.HandlerOptions{Level: level}))
	country, err := server.Stand(s.ctx, d, c.Country, s.now())
	if err != nil {
		return err
	}
	certificate, err := c.certificate(s, p)
	if err != nil {
		return err
	}
	l, err := (&net.ListenConfig{}).Listen(s.ctx, "tcp", c.Listen)
	if err != nil {
		return fault.Wrap(err, fault.Invalid, "fault.licensord.listen", "address", c.Listen)
	}
	if addr, ok := l.Addr().(*net.TCPAddr); c.Plain && (!ok || !addr.IP.IsLoopback()) {
		return errors.Join(fault.New(fault.Invalid, "fault.licensord.plain"), l.Close())
	}
	out := servingOut{URL: c.url(l), Address: l.Addr().String(), Server: d.Server().String(), Country: country}
	if c.ACME == "" { // an ACME certificate is fetched at the first call
		prints, err := certificate.Fingerprints()
		if err != nil {
			return errors.Join(err, l.Close())
		}
		out.Fingerprint = hex.EncodeToString(prints[0])
	}
	srv := server.New(server.Options{Depot: d, Certificate: certificate, Country: country, Log: log, Now: s.now})
	if err := s.announce(out); err != nil {
		return errors.Join(err, l.Close())
	}
	return srv.Serve(s.ctx, l)
}

func (c serveCmd) certificate(s *session, p place) (server.Certificate, error) {
	switch {
	case c.Plain:
		return server.NoCertificate(), nil
	case c.ACME != "":
		return server.ACMECertificate(c.ACME, p.beside(".acme")), nil
	case c.TLSCert != "":
		cert, err := server.FileCertificate(c.TLSCert, c.TLSKey, s.now)
		return cert, fault.Wrap(err, fault.Invalid, "fault.licensord.certificate")
	}
	cert, err := server.OwnCertificate(p.beside(".pem"), s.now())
	return cert, fault.Wrap(err, fault.Space, "fault.licensord.own", "file", p.beside(".pem"))
}

// url is where workstations find the server; of a server on all addresses, where
// it can be found on this machine.
func (c serveCmd) url(l net.Listener) string {
	scheme, host := "https", l.Addr().String()
	if c.Plain {
		scheme = "http"
	}
	if addr, ok := l.Addr().(*net.TCPAddr); ok {
		switch {
		case c.ACME != "" && addr.Port == 443:
			host = c.ACME
		case c.ACME != "":
			host = fmt.Sprintf("%s:%d", c.ACME, addr.Port)
		case addr.IP.IsUnspecified():
			host = fmt.Sprintf("localhost:%d", addr.Port)
		}
	}
	return scheme + "://" + host
}

// announce tells who started the server that it listens: one line, also of JSON,
// since it does not end.
func (s *session) announce(out servingOut) error {
	line := s.t("licensord_serving", "url", out.URL)
	if s.cli.JSON {
		b, err := json.Marshal(out)
		if err != nil {
			return err
		}
		line = string(b)
	}
	_, err := fmt.Fprintln(s.stdout, line)
	return fault.Wrap(err, fault.Space, "fault.licensord.output")
}
