package emitter

import (
	"encoding/base64"
	"fmt"
	"net/textproto"
	"slices"
	"strconv"
	"strings"
)

// Bytes is the request as it goes onto the wire, head and framed body, if nothing cuts it short.
func (r Request) Bytes() ([]byte, error) {
	t, err := r.target()
	if err != nil {
		return nil, err
	}
	return r.frame(r.head(t), len(r.Body), true), nil
}

// head makes the request line and the header lines, up to the blank line.
func (r Request) head(t target) []byte {
	out := make([]byte, 0, 512+len(r.Body))
	out = fmt.Appendf(out, "%s %s HTTP/1.1\r\n", r.method(), t.path)
	for _, h := range r.lines(t) {
		out = append(out, h.Name...)
		out = append(out, ": "...)
		out = append(out, h.Value...)
		out = append(out, "\r\n"...)
	}
	return append(out, "\r\n"...)
}

// lines are the header lines in the order in which they are written: Host, the caller's User-Agent if it leads, the
// length, the caller's others. That is net/http's order for the default header, so the two ways of sending do not
// differ in it.
func (r Request) lines(t target) []Header {
	lines := slices.Clone(r.Header)
	at := 0
	if len(lines) > 0 && strings.EqualFold(lines[0].Name, "User-Agent") {
		at = 1
	}
	if h, ok := r.lengthLine(); ok {
		lines = slices.Insert(lines, at, h)
	}
	if !r.has("Host") {
		lines = slices.Insert(lines, 0, Header{"Host", t.host})
	}
	if t.user != nil && !r.has("Authorization") { // as every other client does
		pass, _ := t.user.Password()
		basic := base64.StdEncoding.EncodeToString([]byte(t.user.Username() + ":" + pass))
		lines = append(lines, Header{"Authorization", "Basic " + basic})
	}
	if r.Wire.Reverse {
		slices.Reverse(lines)
	}
	if r.Wire.LowerCase {
		for i := range lines {
			lines[i].Name = strings.ToLower(lines[i].Name)
		}
	}
	return lines
}

// lengthLine is the line that tells where the body ends, unless the caller gave one.
func (r Request) lengthLine() (Header, bool) {
	if r.Wire.Chunked {
		return Header{"Transfer-Encoding", "chunked"}, !r.has("Transfer-Encoding")
	}
	wanted := len(r.Body) > 0 || slices.Contains([]string{"POST", "PUT", "PATCH"}, r.method())
	return Header{"Content-Length", strconv.Itoa(len(r.Body))},
		wanted && !r.has("Content-Length") && !r.has("Transfer-Encoding")
}

func (r Request) has(name string) bool {
	return slices.ContainsFunc(r.Header, func(h Header) bool { return strings.EqualFold(h.Name, name) })
}

// frame appends the first n bytes of the body to out, in chunks if the wire has them, and the end of the body if
// whole is set.
func (r Request) frame(out []byte, n int, whole bool) []byte {
	if !r.Wire.Chunked {
		return append(out, r.Body[:n]...)
	}
	size := r.Wire.ChunkSize
	if size <= 0 {
		size = max(1, len(r.Body))
	}
	for off := 0; off < n; off += size {
		chunk := min(size, len(r.Body)-off)
		out = fmt.Appendf(out, "%x\r\n", chunk)
		if off+chunk > n {
			return append(out, r.Body[off:n]...)
		}
		out = append(out, r.Body[off:off+chunk]...)
		out = append(out, "\r\n"...)
	}
	if whole {
		out = append(out, "0\r\n\r\n"...)
	}
	return out
}

// cut is how much of the body is written before the connection ends, and whether it ends early at all.
func (r Request) cut() (int, bool) {
	at := r.Wire.ResetAt
	if at == nil {
		at = r.Wire.TruncateAt
	}
	if at == nil {
		return len(r.Body), false
	}
	n := *at
	if n < 0 {
		n += len(r.Body)
	}
	return max(0, min(n, len(r.Body))), true
}

// plainBody is the largest body that is left to net/http. Above it an answer may come while we still write, and
// when the receiver then resets the connection, net/http reports the failed write and drops the answer.
const plainBody = 64 << 10

// plain reports whether net/http writes exactly the bytes that the request asks for.
func (r Request) plain(t target) bool {
	w := r.Wire
	w.Chunked = false
	if w != (Wire{}) || r.method() != "POST" || t.user != nil ||
		len(r.Body) > plainBody || (r.Wire.Chunked && len(r.Body) == 0) {
		return false
	}
	rest := r.Header
	if len(rest) > 0 && rest[0].Name == "User-Agent" && rest[0].Value != "" {
		rest = rest[1:]
	}
	for i, h := range rest {
		switch {
		case textproto.CanonicalMIMEHeaderKey(h.Name) != h.Name,
			i > 0 && rest[i-1].Name > h.Name, // it writes them in alphabetical order
			slices.Contains(ownHeaders, h.Name),
			h.Name == "Connection" && h.Value != "keep-alive",
			strings.TrimSpace(h.Value) != h.Value:
			return false
		}
	}
	return true
}

// ownHeaders are the names that mean something to net/http itself.
var ownHeaders = []string{
	"Authorization", "Content-Length", "Expect", "Host", "Te", "Trailer", "Transfer-Encoding", "Upgrade", "User-Agent",
}
