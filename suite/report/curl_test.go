package report

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/relaycheck/relaycheck/emitter"
	"github.com/relaycheck/relaycheck/scenarios"
	"github.com/relaycheck/relaycheck/suite/judge"
)

// An echo takes one connection at a time and tells what came over it, to the byte.
type echo struct {
	url string
	got chan received
}

type received struct {
	first   string   // the request line
	headers []string // as they came
	body    []byte
}

func newEcho(t testing.TB) *echo {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	e := &echo{url: "http://" + l.Addr().String(), got: make(chan received, 64)}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			e.serve(c)
		}
	}()
	t.Cleanup(func() {
		_ = l.Close()
		<-done
	})
	return e
}

func (e *echo) serve(c net.Conn) {
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(20 * time.Second))
	var raw bytes.Buffer
	req, err := http.ReadRequest(bufio.NewReader(io.TeeReader(c, &raw)))
	if err != nil {
		return
	}
	head, _, _ := bytes.Cut(raw.Bytes(), []byte("\r\n\r\n"))
	lines := strings.Split(string(head), "\r\n")
	body, err := io.ReadAll(req.Body)
	if err != nil {
		body = append(body, []byte(" (broken off)")...)
	}
	e.got <- received{first: lines[0], headers: lines[1:], body: body}
	_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")
}

// shells are those of this machine that a command may be pasted into.
func shells(t testing.TB) []string {
	t.Helper()
	if _, err := exec.LookPath("curl"); err != nil {
		t.Skip("curl is not on this machine, so the commands cannot be tried")
	}
	var found []string
	for _, s := range []string{"sh", "bash"} {
		if path, err := exec.LookPath(s); err == nil {
			found = append(found, path)
		}
	}
	return found
}

// try pastes a command into a shell and returns what the echo got.
func (e *echo) try(ctx context.Context, shell, command string) (received, error) {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	out, err := exec.CommandContext(ctx, shell, "-c", command).CombinedOutput()
	select {
	case r := <-e.got:
		return r, nil
	default:
		return received{}, fmt.Errorf("nothing came: %w\n%s\n%.500s", err, out, command)
	}
}

func without(headers []string, names ...string) []string {
	var out []string
	for _, h := range headers {
		name, _, _ := strings.Cut(h, ":")
		keep := true
		for _, n := range names {
			keep = keep && !strings.EqualFold(n, name)
		}
		if keep {
			out = append(out, h)
		}
	}
	return out
}

func TestTheCurlLineSendsTheRequestToTheByte(t *testing.T) {
	t.Parallel()
	jsonHeader := []emitter.Header{{Name: "Content-Type", Value: "application/json"}}
	plainJSON := []string{"Content-Type: application/json"}
	long := func(prefix, pattern string, n int, suffix string) emitter.Bytes {
		return emitter.Bytes(prefix + strings.Repeat(pattern, n) + suffix)
	}
	for _, tc := range []struct {
		name    string
		req     emitter.Request
		first   string
		headers []string
		body    string // "" means the request's
	}{
		{"a callback", emitter.Request{Header: jsonHeader, Body: body("TaskExit", `{"message":"it's","code":-22}`)}, "POST /cb HTTP/1.1", plainJSON, ""},
		{"single quotes", emitter.Request{Header: jsonHeader, Body: emitter.Bytes(`'a' ''b''`)}, "POST /cb HTTP/1.1", plainJSON, ""},
		{"what shells expand", emitter.Request{Header: jsonHeader, Body: emitter.Bytes("$HOME `id` \\n \\\\ !! * ~ # & | ; < > \" %s")}, "POST /cb HTTP/1.1", plainJSON, ""},
		{"an @, which would name a file", emitter.Request{Header: jsonHeader, Body: emitter.Bytes("@/etc/hostname")}, "POST /cb HTTP/1.1", plainJSON, ""},
		{"newlines", emitter.Request{Header: jsonHeader, Body: emitter.Bytes("{\n \"a\": 1\r\n}\n")}, "POST /cb HTTP/1.1", plainJSON, ""},
		{"NUL, controls, invalid UTF-8 and a BOM", emitter.Request{Header: jsonHeader, Body: emitter.Bytes("\xef\xbb\xbf{\x00\x01\x7f\xff\xfe%d\\'\u202e直}")}, "POST /cb HTTP/1.1", plainJSON, ""},
		{"digits after a control character", emitter.Request{Header: jsonHeader, Body: emitter.Bytes("\x001234\x017")}, "POST /cb HTTP/1.1", plainJSON, ""},
		{"no body", emitter.Request{Header: jsonHeader}, "POST /cb HTTP/1.1", plainJSON, ""},
		{"no header at all", emitter.Request{Body: emitter.Bytes("{}")}, "POST /cb HTTP/1.1", nil, ""},
		{"another method", emitter.Request{Method: "PUT", Header: jsonHeader, Body: emitter.Bytes("{}")}, "PUT /cb HTTP/1.1", plainJSON, ""},
		{"a GET with a body", emitter.Request{Method: "GET", Header: jsonHeader, Body: emitter.Bytes("{}")}, "GET /cb HTTP/1.1", plainJSON, ""},
		{
			"header lines with order, case and odd values",
			emitter.Request{Header: []emitter.Header{{Name: "x-B", Value: "it's; \"q\""}, {Name: "content-TYPE", Value: "application/json; charset=utf-8"}, {Name: "X-Empty", Value: ""}, {Name: "User-Agent", Value: "CSS"}}, Body: emitter.Bytes("{}")},
			"POST /cb HTTP/1.1",
			[]string{"x-B: it's; \"q\"", "content-TYPE: application/json; charset=utf-8", "X-Empty:", "User-Agent: CSS"},
			"",
		},
		{
			"reversed header lines in lower case",
			emitter.Request{Header: []emitter.Header{{Name: "Content-Type", Value: "application/json"}, {Name: "X-A", Value: "1"}}, Body: emitter.Bytes("{}"), Wire: emitter.Wire{Reverse: true, LowerCase: true}},
			"POST /cb HTTP/1.1",
			[]string{"x-a: 1", "content-type: application/json"},
			"",
		},
		{"chunked", emitter.Request{Header: jsonHeader, Body: emitter.Bytes("{}"), Wire: emitter.Wire{Chunked: true}}, "POST /cb HTTP/1.1", append(plainJSON[:1:1], "Transfer-Encoding: chunked"), ""},
		{"a URL with brackets, braces and dots", emitter.Request{URL: "/a/../b?x=[1-3]&y={a,b}&z='", Header: jsonHeader, Body: emitter.Bytes("{}")}, "POST /a/../b?x=[1-3]&y={a,b}&z=' HTTP/1.1", plainJSON, ""},
		{"ten megabytes of padding", emitter.Request{Header: jsonHeader, Body: long(`{"appid":4,"pad":"`, "x", 10<<20, `"}`)}, "POST /cb HTTP/1.1", plainJSON, ""},
		{"a bracket a million times", emitter.Request{Header: jsonHeader, Body: long("", "[", 1<<20, "")}, "POST /cb HTTP/1.1", plainJSON, ""},
		{"nested a hundred thousand times", emitter.Request{Header: jsonHeader, Body: long(`{"x":`, `{"a":`, 100_000, strings.Repeat("}", 100_000)+"}")}, "POST /cb HTTP/1.1", plainJSON, ""},
		{"a pattern with quotes, percents and a NUL", emitter.Request{Header: jsonHeader, Body: long("", "a'\"\\%\x00\xff", 9000, "")}, "POST /cb HTTP/1.1", plainJSON, ""},
		{"a pattern that looks like an option", emitter.Request{Header: jsonHeader, Body: long("", "-n", 20000, "")}, "POST /cb HTTP/1.1", plainJSON, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			e := newEcho(t)
			req := tc.req
			if req.URL == "" {
				req.URL = "/cb"
			}
			req.URL = e.url + req.URL
			command := Curl(req, "")
			if command == "" {
				t.Fatal("no command")
			}
			if len(command) > 64<<10 || strings.Contains(command, "\n") {
				t.Errorf("the command has %d bytes", len(command))
			}
			want := string(req.Body)
			if tc.body != "" {
				want = tc.body
			}
			for _, shell := range shells(t) {
				got, err := e.try(t.Context(), shell, command)
				if err != nil {
					t.Fatal(err)
				}
				if got.first != tc.first {
					t.Errorf("%s: request line %q, want %q", shell, got.first, tc.first)
				}
				if diff := cmp.Diff(tc.headers, without(got.headers, "Host", "Content-Length")); diff != "" {
					t.Errorf("%s: header lines (-want +got):\n%s", shell, diff)
				}
				if string(got.body) != want {
					t.Errorf("%s: body of %d bytes %.80q, want %d bytes %.80q", shell, len(got.body), got.body, len(want), want)
				}
			}
		})
	}
}

func TestTheCurlLineSendsAnyShortBodyToTheByte(t *testing.T) {
	t.Parallel()
	sh := shells(t)
	e := newEcho(t)
	// Each try starts two processes: a few dozen are enough beside the named cases.
	n := 0
	rapid.Check(t, func(t *rapid.T) {
		if n++; n > 40 {
			return
		}
		b := rapid.OneOf(
			rapid.SliceOfN(rapid.Byte(), 0, 200),
			rapid.Custom(func(t *rapid.T) []byte { return []byte(rapid.String().Draw(t, "text")) }),
		).Draw(t, "body")
		got, err := e.try(context.Background(), sh[n%len(sh)], Curl(emitter.Request{URL: e.url, Body: b}, ""))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got.body, b) {
			t.Fatalf("got %q, want %q", got.body, b)
		}
	})
}

func TestACutBodyIsSentCutUnderItsWholeLength(t *testing.T) {
	t.Parallel()
	at := -2
	line := Curl(emitter.Request{URL: "http://h/", Body: emitter.Bytes("0123456789"), Wire: emitter.Wire{TruncateAt: &at}}, "")
	if !strings.Contains(line, "--data-binary 01234567 ") || !strings.Contains(line, "-H 'Content-Length: 10'") {
		t.Errorf("got %s", line)
	}
}

func TestThereIsNoCurlLineForWhatItCannotSend(t *testing.T) {
	t.Parallel()
	noise := make([]byte, 100_000)
	x := uint32(1)
	for i := range noise {
		x = x*1664525 + 1013904223
		noise[i] = byte(x >> 24)
	}
	for name, req := range map[string]emitter.Request{
		"a long body without a pattern":  {URL: "http://h/", Body: noise},
		"a header line with a newline":   {URL: "http://h/", Header: []emitter.Header{{Name: "X", Value: "a\r\nY: b"}}},
		"a header name with a colon":     {URL: "http://h/", Header: []emitter.Header{{Name: "X:Y", Value: "a"}}},
		"a method with a control":        {URL: "http://h/", Method: "PO\nST"},
		"an address with a control byte": {URL: "http://h/\x00"},
	} {
		if line := Curl(req, ""); line != "" {
			t.Errorf("%s: got %.200s", name, line)
		}
	}
}

func TestReproduceFallsBackToPlay(t *testing.T) {
	t.Parallel()
	sc := ref("noise", "A-1")
	noise := emitter.Bytes(strings.Repeat("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-,.;:", 1)[:60])
	for i := range 400 {
		noise = append(noise, fmt.Sprintf("%d %x ", i*i*7919, i*104729)...)
	}
	for len(noise) < 40_000 {
		noise = append(noise, fmt.Sprintf("%d ", len(noise)*len(noise))...)
	}
	p := play(0, sc, []sent{{event: "TaskStart", body: noise, answers: []*emitter.Answer{ok()}}}, broken("A-1", scenarios.Must))
	f := Build(Run{Seed: 7, Target: Target{URL: target}, Plays: []Play{p}}).Scenarios[0].Findings[0]
	if want := "relaycheck play noise -u 'http://127.0.0.1:8080/callbacks/relay' --seed 7"; f.Reproduce != want {
		t.Errorf("got  %.200s\nwant %s", f.Reproduce, want)
	}
	p.Input.Plan.Scenario.File = "my scenarios/it's.yaml"
	f = Build(Run{Seed: 7, Target: Target{URL: target}, Plays: []Play{p}}).Scenarios[0].Findings[0]
	if want := `relaycheck play 'my scenarios/it'\''s.yaml' -u`; !strings.HasPrefix(f.Reproduce, want) {
		t.Errorf("got  %.200s\nwant %s", f.Reproduce, want)
	}
}

func TestReproduceRepeatsOrderPausesAndOverlaps(t *testing.T) {
	t.Parallel()
	r := Build(fixture())
	shape := func(id string) []string {
		var out []string
		for _, q := range r.Requirements {
			if q.ID != id {
				continue
			}
			for l := range strings.Lines(q.Findings[0].Reproduce) {
				l = strings.TrimSuffix(l, "\n")
				if strings.HasPrefix(l, "curl ") {
					l = "curl" + map[bool]string{true: " &"}[strings.HasSuffix(l, " &")]
				}
				out = append(out, l)
			}
		}
		return out
	}
	if diff := cmp.Diff([]string{"curl"}, shape("ACK-1")); diff != "" {
		t.Errorf("a wrong answer (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"curl &", "curl &", "wait", "sleep 2", "curl"}, shape("ORD-1")); diff != "" {
		t.Errorf("a wrong state (-want +got):\n%s", diff)
	}
}

func TestACopyIsReproducedAfterItsOriginal(t *testing.T) {
	t.Parallel()
	sc := ref("dup", "A-1")
	p := play(0, sc, []sent{
		{event: "TaskStart", body: body("TaskStart", "{}"), answers: []*emitter.Answer{ok()}},
		{event: "TaskStart", body: body("TaskStart", "{}"), at: 100, copied: 1, answers: []*emitter.Answer{answer(409, "dup")}},
	}, row("A-1", "", scenarios.Must, judge.Broken, judge.Check{Kind: "status", Subject: "TaskStart~2", Outcome: judge.Fail, Expected: "200", Actual: "409"}))
	f := Build(Run{Plays: []Play{p}}).Scenarios[0].Findings[0]
	if n := strings.Count(f.Reproduce, "curl "); n != 2 {
		t.Errorf("%d commands, want the first delivery and the copy:\n%s", n, f.Reproduce)
	}
	if n := len(f.Exchange); n == 0 || strings.Count(strings.Join(f.Exchange, "\n"), "-->") != 1 {
		t.Errorf("the exchange shows more than the copy: %v", f.Exchange)
	}
}
