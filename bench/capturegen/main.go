// Command capturegen writes a capture of relay callbacks as NDJSON, the same for the same seed: 10 % TaskStart, 40 %
// VodSourceFileStart, 40 % VodSourceFileFinish, 10 % TaskExit, a share of them invalid in one of fourteen ways.
//
//	go run ./bench/capturegen -n 1000000 -invalid 0.01 -seed 1 > capture.ndjson
//
// With -unusual every callback is written as no known sender writes it: its keys in an order of their own, white space
// between tokens, letters and slashes escaped. That makes none of them invalid.
//
// What is invalid is so by the JSON Schemas alone, so that every validator has to come to the same counts. They are
// written to the standard error.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
)

func main() {
	n := flag.Int("n", 1_000_000, "callbacks; a million are about 500 MB")
	share := flag.Float64("invalid", 0, "share of invalid ones, 0 to 1")
	seed := flag.Uint64("seed", 1, "what the random numbers start from")
	unusual := flag.Bool("unusual", false, "write valid callbacks as no sender does")
	flag.Parse()
	if *n < 0 || *share < 0 || *share > 1 {
		fmt.Fprintln(os.Stderr, "capturegen: -n has to be 0 or more, -invalid between 0 and 1")
		os.Exit(2)
	}
	bad, err := write(os.Stdout, *n, *share, *seed, *unusual)
	if err != nil {
		fmt.Fprintln(os.Stderr, "capturegen:", err)
		os.Exit(1)
	}
	fmt.Fprintf(os.Stderr, "%d callbacks, %d of them invalid\n", *n, bad)
}

// write writes n callbacks and counts the invalid ones.
func write(to io.Writer, n int, share float64, seed uint64, unusual bool) (bad int, err error) {
	out := bufio.NewWriterSize(to, 1<<20)
	g := newGenerator(seed)
	for range n {
		g.callback()
		switch {
		case g.Float64() < share:
			g.spoil()
			bad++
		case unusual:
			g.disguise()
		}
		g.line.WriteByte('\n')
		if _, err := out.Write(g.line.Bytes()); err != nil {
			return bad, fmt.Errorf("write the capture: %w", err)
		}
	}
	if err := out.Flush(); err != nil {
		return bad, fmt.Errorf("write the capture: %w", err)
	}
	return bad, nil
}

// A generator makes one callback after the other.
type generator struct {
	*rand.Rand
	line bytes.Buffer

	event        string
	msg, urls    string // before they are written into the envelope
	escapesAmp   bool   // half of the producers write & as \u0026
	withCallback bool
}

func newGenerator(seed uint64) *generator {
	return &generator{Rand: rand.New(rand.NewPCG(seed, 314))} //nolint:gosec // it has to be repeatable, not secret
}

const letters = "abcdefghijklmnopqrstuvwxyz0123456789"

func (g *generator) word(n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = letters[g.IntN(len(letters))]
	}
	return string(b)
}

func (g *generator) url() string {
	u := "http://" + g.word(6+g.IntN(6)) + ".example.com/live/normal_" + strconv.Itoa(100000000+g.IntN(900000000)) + "-upload-" + g.word(4) + "/playlist.m3u8"
	if g.IntN(4) == 0 {
		u += "?txTime=" + g.word(8) + "&txSecret=" + g.word(32)
	}
	return u
}

// text is a string as JSON.
func (g *generator) text(s string) string {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(g.escapesAmp)
	_ = enc.Encode(s) // a string and a buffer: it cannot fail
	return strings.TrimSuffix(b.String(), "\n")
}

var messages = []string{"write packet error.", "推流断开", "pull \"source\" failed", "connection reset by peer", "no data in 30 s"}

// callback makes a valid callback.
func (g *generator) callback() {
	g.escapesAmp = g.IntN(2) == 0
	sources := make([]string, 1+g.IntN(2))
	for i := range sources {
		sources[i] = g.text(g.url())
	}
	g.urls = "[" + strings.Join(sources, ",") + "]\n"
	now := 1_700_000_000_000 + g.Int64N(60_000_000_000)
	g.withCallback = false
	switch k := g.IntN(10); k {
	case 0:
		g.event, g.msg = "TaskStart", fmt.Sprintf(`{"task_start_time":%d}`, now)
	case 1:
		g.event = "TaskExit"
		g.msg = fmt.Sprintf(`{"message":%s,"code":%d,"task_exit_time":%d}`, g.text(messages[g.IntN(len(messages))]), -g.IntN(110), now)
	default:
		g.event, g.withCallback = "VodSourceFileStart", true
		if k >= 6 {
			g.event = "VodSourceFileFinish"
		}
		g.msg = fmt.Sprintf(`{"url":%s,"index":%d,"duration":%d}`, g.text(g.url()), g.IntN(30), g.IntN(20000))
	}
	g.envelope("314", g.text(g.msg), g.text(g.urls))
}

// envelope writes the callback around its msg and source_urls.
func (g *generator) envelope(eventType, msg, urls string) {
	b := &g.line
	b.Reset()
	fmt.Fprintf(b, `{"appid":%d,"callback_event":"%s",`, 1_250_000_000+g.IntN(10_000_000), g.event)
	if g.withCallback {
		fmt.Fprintf(b, `"callback_url":"http://%s.example.com/css/relay",`, g.word(8))
	}
	fmt.Fprintf(b, `"event_type":%s,"interface":"general_callback","msg":%s,"product_name":"pullpush","source_urls":%s,`, eventType, msg, urls)
	fmt.Fprintf(b, `"stream_id":"%s","task_id":"%d","to_url":"rtmp://%d.livepush.myqcloud.com/live/%s"}`,
		g.word(12), 100000+g.IntN(9_000_000), 5000+g.IntN(9999), g.word(12))
}

// spoil makes the callback at hand invalid in one of fourteen ways.
func (g *generator) spoil() {
	msg, urls := g.text(g.msg), g.text(g.urls)
	replace := func(old, with string) {
		b := bytes.Replace(g.line.Bytes(), []byte(old), []byte(with), 1)
		g.line.Reset()
		g.line.Write(b)
	}
	switch g.IntN(14) {
	case 0: // cut
		g.line.Truncate(g.line.Len() * (1 + g.IntN(8)) / 10)
	case 1:
		g.envelope("314", g.text(g.msg[:len(g.msg)/2]), urls)
	case 2: // an object in place of its text
		g.envelope("314", g.msg, urls)
	case 3:
		g.envelope("314", msg, g.text(g.urls[:len(g.urls)/2]))
	case 4:
		g.envelope("314", msg, strings.TrimSpace(g.urls))
	case 5:
		g.envelope("314", msg, g.text(`{"url":"x"}`))
	case 6:
		g.envelope("314", msg, g.text(`["x",7]`))
	case 7:
		g.envelope(`"314"`, msg, urls)
	case 8:
		g.envelope("null", msg, urls)
	case 9:
		replace(`"event_type":314,`, "")
	case 10:
		replace(`"appid":`, `"appid":"4","was":`)
	case 11:
		replace(`"source_urls":`, `"sources":`)
	case 12: // wrong inside
		replace(`:\"http`, `:7,\"was\":\"http`)
		replace(`_time\":`, `_time\":\"now\",\"was\":`)
	default:
		replace(`"callback_event":"`, `"callback_event":null,"was":"`)
	}
}
