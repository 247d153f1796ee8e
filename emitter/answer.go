package emitter

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// readAnswer reads the final answer to a request from a raw connection: head and framing by net/http's parser, the
// header lines as they came. keep is set if the connection can carry another request. With an error, the answer is
// what had come of it, or nil.
func readAnswer(br *bufio.Reader, method string, limits Limits) (answer *Answer, keep bool, err error) {
	left := limits.Head
	for {
		head, err := readHead(br, &left)
		if err != nil {
			return nil, false, err
		}
		rest := bufio.NewReader(io.MultiReader(bytes.NewReader(head), br))
		resp, err := http.ReadResponse(rest, &http.Request{Method: method}) //nolint:bodyclose // see below
		if err != nil {
			return nil, false, protocolOf(err)
		}
		if resp.StatusCode < 200 && resp.StatusCode != http.StatusSwitchingProtocols {
			continue // no body; rest holds nothing but the head, which ends with it
		}
		answer = &Answer{Status: resp.StatusCode, Proto: resp.Proto, Header: headerLines(head)}
		if resp.StatusCode == http.StatusSwitchingProtocols {
			return answer, false, nil
		}
		// The body is not closed: that would read an endless one to its end. The connection is closed instead.
		body, err := io.ReadAll(io.LimitReader(resp.Body, int64(limits.Body)+1))
		answer.Body, answer.Truncated = clip(body, limits.Body)
		if err != nil {
			return answer, false, protocolOf(err)
		}
		keep = !resp.Close && !answer.Truncated && rest.Buffered() == 0 && br.Buffered() == 0
		return answer, keep, nil
	}
}

// readHead reads up to the blank line, and stops as soon as it cannot be HTTP or has used up what is left.
func readHead(br *bufio.Reader, left *int) ([]byte, error) {
	var head []byte
	line := 0 // where the current line begins
	for {
		part, err := br.ReadSlice('\n')
		head = append(head, part...)
		if *left -= len(part); *left < 0 {
			return nil, &protocolError{"the head of the answer is too long"}
		}
		if want := "HTTP/"; string(head[:min(len(head), len(want))]) != want[:min(len(head), len(want))] {
			return nil, &protocolError{fmt.Sprintf("not an HTTP answer: it begins with %.20q", head)}
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case errors.Is(err, io.EOF) && len(head) > 0:
			return nil, io.ErrUnexpectedEOF
		case err != nil:
			return nil, err
		}
		if len(bytes.TrimRight(head[line:], "\r\n")) == 0 {
			return head, nil
		}
		line = len(head)
	}
}

// headerLines are the lines of a head that was found well-formed, in order and in the receiver's own case.
func headerLines(head []byte) []Header {
	var out []Header
	lines := strings.Split(string(head), "\n")
	for _, line := range lines[1:] {
		line = strings.TrimRight(line, "\r")
		switch {
		case line == "":
		case (line[0] == ' ' || line[0] == '\t') && len(out) > 0: // continues the line before
			out[len(out)-1].Value += " " + strings.TrimSpace(line)
		default:
			name, val, _ := strings.Cut(line, ":")
			out = append(out, Header{name, strings.TrimSpace(val)})
		}
	}
	return out
}
