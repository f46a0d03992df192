package client

import (
	"net"
	"net/url"
	"strings"

	"feldsher/internal/fault"
)

// address reads what a person typed or a file keeps. Plain HTTP goes to the
// loopback only.
func address(typed string) (*url.URL, error) {
	text := strings.TrimSpace(typed)
	if !strings.Contains(text, "://") {
		text = "https://" + text
	}
	u, err := url.Parse(text)
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "fault.sync.address")
	}
	plain := u.Scheme == "http" && loopback(u.Hostname())
	if u.Scheme != "https" && !plain || u.Hostname() == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, fault.New(fault.Invalid, "fault.sync.address")
	}
	u.Path, u.RawPath = strings.TrimRight(u.Path, "/"), ""
	return u, nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
