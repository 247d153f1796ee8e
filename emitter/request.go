package emitter

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"time"
	"unicode"
)

// UserAgent is what DefaultHeader calls us. CSS sends the header too, but its value is masked in the only
// request that was ever published.
const UserAgent = "relaycheck"

// A Request is one HTTP request as it shall go onto the wire, to the byte.
type Request struct {
	Method string   `json:"method"` // "" means POST
	URL    string   `json:"url"`
	Header []Header `json:"header,omitempty"` // in order, exact case; Host and Content-Length are added where absent and wanted
	Body   Bytes    `json:"body"`
	Wire   Wire     `json:"wire,omitzero"`
}

// Wire says how a request is written and what is done to it on the way. The zero Wire is a plain
// request over a kept-alive connection. Fields beyond Chunked need a raw connection.
type Wire struct {
	Fresh      bool          `json:"fresh,omitempty"`       // on a new connection, closed afterwards
	Chunked    bool          `json:"chunked,omitempty"`     // Transfer-Encoding: chunked instead of Content-Length
	ChunkSize  int           `json:"chunk_size,omitempty"`  // bytes per chunk when chunked; 0 = the whole body
	LowerCase  bool          `json:"lower_case,omitempty"`  // header names in lower case
	Reverse    bool          `json:"reverse,omitempty"`     // header lines in reverse order
	WriteSize  int           `json:"write_size,omitempty"`  // bytes per write, head included; 0 = all at once
	WritePause time.Duration `json:"write_pause,omitempty"` // between writes (ns)
	WholeHead  bool          `json:"whole_head,omitempty"`  // the head is a write of its own, and WriteSize counts from the body on
	LoseAnswer bool          `json:"lose_answer,omitempty"` // close as the answer begins (or after Limits.Lost), nothing of it is kept
	ResetAt    *int          `json:"reset_at,omitempty"`    // reset the connection after so many bytes of the body; -n counts from its end
	TruncateAt *int          `json:"truncate_at,omitempty"` // close (FIN) after so many bytes of the body; Content-Length still announces all. With HalfClose the answer is read
	HalfClose  bool          `json:"half_close,omitempty"`  // close our side once the request was written, then read the answer
}

// NewRequest makes the request that carries a body in the vendor's way: POST, DefaultHeader, kept-alive connection.
func NewRequest(url string, body []byte) Request {
	return Request{URL: url, Header: DefaultHeader(), Body: body}
}

// DefaultHeader is the header of a callback. Content-Length and Host are added when it is sent. These are the lines
// of the one published request of the sender that CSS shares with StreamLive (2025-09); that CSS itself sends the
// same is inferred. There is no Accept and no Accept-Encoding among them.
func DefaultHeader() []Header {
	return []Header{
		{Name: "User-Agent", Value: UserAgent},
		{Name: "Connection", Value: "keep-alive"},
		{Name: "Content-Type", Value: "application/json"},
	}
}

// Validate says why a request cannot be sent at all: its URL, method or a header line is none, or its faults
// exclude each other. What it lets through may still be as wrong as the caller wishes.
func (r Request) Validate() error {
	_, err := r.target()
	return err
}

// A target is where a request goes.
type target struct {
	secure bool
	addr   string // host:port to dial
	host   string // of the Host line
	path   string // request target
	user   *url.Userinfo
}

func (r Request) target() (target, error) {
	u, err := url.Parse(r.URL)
	if err != nil && !strings.Contains(r.URL, "://") { // 127.0.0.1:8080, of which url.Parse says something puzzling
		return target{}, fmt.Errorf("request: url %q: want http:// or https:// before it", r.URL)
	}
	if err != nil {
		return target{}, fmt.Errorf("request: %w", err)
	}
	name := u.Hostname()
	switch {
	case u.Scheme != "http" && u.Scheme != "https":
		return target{}, fmt.Errorf("request: url %q: want http:// or https://", r.URL)
	case name == "":
		return target{}, fmt.Errorf("request: url %q has no host", r.URL)
	case strings.ContainsFunc(name, func(c rune) bool { return c > unicode.MaxASCII }):
		return target{}, fmt.Errorf("request: url %q: write the host in ASCII (xn--…)", r.URL)
	}
	if err := r.validateLines(); err != nil {
		return target{}, err
	}
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	host := u.Host
	if zone := strings.IndexByte(host, '%'); zone >= 0 { // an IPv6 zone means something on this machine only
		host = host[:zone] + host[strings.IndexByte(host, ']'):]
	}
	return target{
		secure: u.Scheme == "https",
		addr:   net.JoinHostPort(name, port),
		host:   host,
		path:   u.RequestURI(),
		user:   u.User,
	}, nil
}

func (r Request) validateLines() error {
	if strings.ContainsFunc(r.Method, func(c rune) bool { return c <= ' ' || c == unicode.MaxASCII }) {
		return fmt.Errorf("request: method %q holds a blank or control character", r.Method)
	}
	for _, h := range r.Header {
		if h.Name == "" || strings.ContainsAny(h.Name, " :\r\n\t\x00") {
			return fmt.Errorf("request: %q is no header name", h.Name)
		}
		if strings.ContainsAny(h.Value, "\r\n\x00") {
			return fmt.Errorf("request: header %s: the value %q breaks its line", h.Name, h.Value)
		}
	}
	if r.Wire.ResetAt != nil && r.Wire.TruncateAt != nil {
		return errors.New("request: wire: reset and truncate exclude each other")
	}
	return nil
}

func (r Request) method() string {
	if r.Method == "" {
		return "POST"
	}
	return r.Method
}
