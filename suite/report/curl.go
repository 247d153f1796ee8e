package report

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/relaycheck/relaycheck/emitter"
)

const (
	// curlMaxTime bounds a reproduction, in seconds: the 20 s that CSS waits for an answer ("How to Receive Event
	// Notification", 2025-12 edition), and some more, so that one sees whether a late answer comes at all.
	curlMaxTime = 30
	// maxLiteral is how many bytes of a body stand in a command as they are. Shells and terminals take longer lines,
	// people do not.
	maxLiteral = 16 << 10
	// maxSendings bounds the commands for one finding; a retry ladder of 13 attempts fits, a load test does not.
	maxSendings = 32
	// pauseFrom is the time between two requests from which it is repeated: sleep of POSIX counts whole seconds.
	pauseFrom = time.Second
)

// Curl returns a command for a POSIX shell that sends the request to the byte: method, header lines in their order and
// case, body; nothing that curl would add by itself, no proxy, no glob characters, bounded in time. It returns "" where
// no line of a bearable length can: a long body without a pattern, or header lines that no client would write.
//
// What was done to the connection (reset, cut, slow, answer not read) no curl repeats, but a body that was cut is sent
// cut, under the length that was announced. target stands in for a request without a URL.
func Curl(r emitter.Request, target string) string {
	body, pipe, ok := curlBody(r)
	if !ok {
		return ""
	}
	url := address(r, target)
	args := []string{"curl", "-sS", "-i", "--http1.1", "--noproxy", "'*'", "--max-time", strconv.Itoa(curlMaxTime)}
	if strings.ContainsAny(url, "[]{}") {
		args = append(args, "--globoff")
	}
	if strings.Contains(url, "/.") {
		args = append(args, "--path-as-is")
	}
	args = append(args, "-X", quote(method(r)))
	headers, ok := curlHeaders(r)
	if !ok || !plain(url) || !plain(method(r)) {
		return ""
	}
	for _, h := range headers {
		args = append(args, "-H", quote(h))
	}
	args = append(args, "--data-binary", body, quote(url))
	return pipe + strings.Join(args, " ")
}

// curlHeaders are the header lines as curl wants them: "Name: value", "Name;" for an empty value, and "Name:" to
// take out a line of curl's own.
func curlHeaders(r emitter.Request) (lines []string, ok bool) {
	given := map[string]bool{}
	for _, h := range r.Header {
		name := h.Name
		if r.Wire.LowerCase {
			name = strings.ToLower(name)
		}
		if !plain(h.Name) || !plain(h.Value) || strings.ContainsAny(h.Name, ":; ") || h.Name == "" {
			return nil, false
		}
		low := strings.ToLower(h.Name)
		given[low] = true
		if low == "content-length" && h.Value == strconv.Itoa(len(r.Body)) && !cuts(r.Wire) {
			continue // curl counts, too
		}
		if h.Value == "" {
			lines = append(lines, name+";")
			continue
		}
		lines = append(lines, name+": "+h.Value)
	}
	if r.Wire.Reverse {
		for i, j := 0, len(lines)-1; i < j; i, j = i+1, j-1 {
			lines[i], lines[j] = lines[j], lines[i]
		}
	}
	if r.Wire.Chunked && !given["transfer-encoding"] {
		lines = append(lines, "Transfer-Encoding: chunked")
	}
	if cuts(r.Wire) && !r.Wire.Chunked && !given["content-length"] {
		lines = append(lines, "Content-Length: "+strconv.Itoa(len(r.Body)))
	}
	for _, own := range []string{"User-Agent", "Accept", "Content-Type", "Expect"} {
		if !given[strings.ToLower(own)] {
			lines = append(lines, own+":")
		}
	}
	return lines, true
}

// curlBody returns what stands behind --data-binary, and the pipe that makes the body where it cannot stand there.
func curlBody(r emitter.Request) (arg, pipe string, ok bool) {
	body := []byte(r.Body)
	if at := r.Wire.TruncateAt; at != nil {
		body = body[:cutAt(*at, len(body))]
	} else if at := r.Wire.ResetAt; at != nil {
		body = body[:cutAt(*at, len(body))]
	}
	if len(body) <= maxLiteral {
		if plain(string(body)) && !bytes.HasPrefix(body, []byte("@")) {
			return quote(string(body)), "", true
		}
		return "@-", "printf " + printfFormat(body) + " | ", true
	}
	parts, ok := generator(body)
	if !ok {
		return "", "", false
	}
	return "@-", parts + " | ", true
}

// cuts tells whether less than the whole body was sent.
func cuts(w emitter.Wire) bool { return w.TruncateAt != nil || w.ResetAt != nil }

// plain tells whether s can stand between single quotes in one line, and reach a program unchanged.
func plain(s string) bool {
	if !utf8.ValidString(s) {
		return false
	}
	for _, r := range s {
		if r < 0x20 || r == 0x7f || !strconv.IsPrint(r) {
			return false
		}
	}
	return true
}

// quote puts s into single quotes for a POSIX shell; words that need none go without.
func quote(s string) string {
	if s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./") == "" {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// printfFormat is the operand with which the printf of any POSIX shell writes exactly these bytes: octal escapes for
// what does not print, doubled % and \.
func printfFormat(b []byte) string {
	var f strings.Builder
	f.WriteByte('\'')
	if len(b) > 0 && b[0] == '-' { // or it would be taken for an option
		f.WriteString(`\055`)
		b = b[1:]
	}
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		switch {
		case r == '%':
			f.WriteString("%%")
		case r == '\\':
			f.WriteString(`\\`)
		case r == '\'':
			f.WriteString(`'\''`)
		case r == utf8.RuneError && n <= 1, !strconv.IsPrint(r):
			for _, c := range b[:n] {
				fmt.Fprintf(&f, `\%03o`, c)
			}
		default:
			f.Write(b[:n])
		}
		b = b[n:]
	}
	f.WriteByte('\'')
	return f.String()
}
