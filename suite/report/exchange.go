package report

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/relaycheck/relaycheck/emitter"
	"github.com/relaycheck/relaycheck/suite/judge"
)

// What of an exchange is shown. A callback has about half a kB, one with the thirty source URLs that CSS allows about
// five; whatever is longer was made long by a scenario, or by a receiver, and its beginning tells enough.
const (
	maxBodyShown     = 8 << 10
	maxBodyDecoded   = 64 << 10
	maxExchangeLines = 300
)

// An exchangeView says what of an exchange is wanted.
type exchangeView struct {
	url     string // of the target, where a request carries none
	headers bool
}

// Exchange returns an attempt as lines of text: the request after "-->" with its headers, its body and what msg and
// source_urls hold, and the answer after "<--", or what came instead. Everything is in one line each and printable.
// target stands in for a request that carries no URL. The caller has redacted the attempt.
func Exchange(d emitter.Delivery, a emitter.Attempt, target string) []string {
	return exchange(d, a, exchangeView{url: target, headers: true})
}

func exchange(d emitter.Delivery, a emitter.Attempt, v exchangeView) []string {
	lines := []string{sentLine(d, a, v.url)}
	if v.headers {
		lines = append(lines, headerLines(a.Request.Header)...)
	}
	lines = append(lines, bodyLines(a.Request.Body, v.headers)...)
	lines = append(lines, decodedLines(a.Request.Body)...)
	lines = append(lines, answerLine(a, v.url))
	if a.Answer == nil {
		return lines
	}
	if v.headers {
		lines = append(lines, headerLines(a.Answer.Header)...)
	}
	return append(lines, bodyLines(a.Answer.Body, v.headers)...)
}

// sentLine is the line that opens an exchange.
func sentLine(d emitter.Delivery, a emitter.Attempt, target string) string {
	marks := append([]string{d.ID}, deliveryMarks(d, a)...)
	marks = append(marks, "at "+short(time.Duration(a.Queued)))
	return visible(fmt.Sprintf("--> %s %s (%s)", method(a.Request), address(a.Request, target), strings.Join(marks, ", ")))
}

// answerLine is the line that opens an answer: its status, or in the same place what came instead.
func answerLine(a emitter.Attempt, target string) string {
	status := "no answer"
	switch {
	case a.Answer != nil:
		status = fmt.Sprint(a.Answer.Status)
	case a.Failure != nil:
		status = a.Failure.Kind
	}
	line := fmt.Sprintf("<-- [%s] %s %s (%s)", status, method(a.Request), address(a.Request, target), short(a.Latency()))
	if o := outcome(a); o != "" {
		line += " " + o
	}
	return visible(line)
}

// deliveryMarks says in which way a delivery differs from a callback that is sent once, at its time and undisturbed.
func deliveryMarks(d emitter.Delivery, a emitter.Attempt) []string {
	var marks []string
	if a.Number > 1 || a.Of > 1 {
		marks = append(marks, fmt.Sprintf("attempt %d/%d", a.Number, max(a.Of, a.Number)))
	}
	if a.Number > 1 && a.Reason != "" {
		marks = append(marks, "after "+a.Reason)
	}
	if d.Copy > 0 {
		marks = append(marks, "dup")
	}
	if d.Held {
		marks = append(marks, "held")
	}
	w := a.Request.Wire
	if w.Fresh {
		marks = append(marks, "new connection")
	}
	if w.Chunked {
		marks = append(marks, "chunked")
	}
	if w.WritePause > 0 {
		marks = append(marks, "slow")
	}
	if w.LoseAnswer {
		marks = append(marks, "answer not read")
	}
	if w.ResetAt != nil {
		marks = append(marks, fmt.Sprintf("reset at byte %d", cutAt(*w.ResetAt, len(a.Request.Body))))
	}
	if w.TruncateAt != nil {
		marks = append(marks, fmt.Sprintf("cut at byte %d", cutAt(*w.TruncateAt, len(a.Request.Body))))
	}
	if w.HalfClose {
		marks = append(marks, "half closed")
	}
	return marks
}

// cutAt is the offset that n stands for: from the end where it is negative.
func cutAt(n, length int) int {
	if n < 0 {
		n += length
	}
	return min(max(n, 0), length)
}

func method(r emitter.Request) string {
	if r.Method == "" {
		return "POST"
	}
	return r.Method
}

func address(r emitter.Request, target string) string {
	if r.URL == "" {
		return target
	}
	return r.URL
}

func headerLines(hs []emitter.Header) []string {
	lines := make([]string, 0, len(hs))
	for _, h := range hs {
		lines = append(lines, "    "+visible(cut(h.Name+": "+h.Value, maxBodyShown)))
	}
	return lines
}

// bodyLines shows a body as it is. A blank line parts it from headers above it.
func bodyLines(body []byte, afterHeaders bool) []string {
	if len(body) == 0 {
		return nil
	}
	var lines []string
	if afterHeaders {
		lines = append(lines, "")
	}
	for _, l := range visibleLines(cut(string(body), maxBodyShown)) {
		lines = append(lines, "    "+l)
	}
	return lines
}

// decodedLines shows what the nested texts of a callback hold: msg and source_urls are strings with JSON in them.
func decodedLines(body []byte) []string {
	if len(body) > maxBodyDecoded || !bytes.HasPrefix(bytes.TrimSpace(body), []byte("{")) {
		return nil
	}
	var outer map[string]json.RawMessage
	if json.Unmarshal(body, &outer) != nil {
		return nil
	}
	var lines []string
	for _, member := range []string{"msg", "source_urls"} {
		var inner string
		if json.Unmarshal(outer[member], &inner) != nil {
			continue
		}
		if !json.Valid([]byte(inner)) {
			lines = append(lines, fmt.Sprintf("    %s is not JSON: %s", member, visible(cut(inner, maxBodyShown))))
			continue
		}
		lines = append(lines, fmt.Sprintf("    %s = %s", member, visible(cut(strings.TrimRight(inner, "\n"), maxBodyShown))))
	}
	return lines
}

// A sending is an attempt with the delivery that it belongs to.
type sending struct {
	delivery emitter.Delivery
	attempt  emitter.Attempt
}

// sendingsOf returns what a check is about, in the order in which it was sent: the attempt that was answered wrongly, or
// every attempt that told the receiver about the task whose state is wrong.
func sendingsOf(c judge.Check, in judge.Input) []sending {
	var out []sending
	if aboutAnswer(c) {
		subject := c.Subject
		if c.Kind == "header" {
			subject, _ = splitHeader(subject)
		}
		for _, d := range in.Transcript.Deliveries {
			if d.ID != subject {
				continue
			}
			for _, a := range d.Attempts {
				if c.Attempt == 0 || c.Attempt == a.Number {
					out = append(out, sending{d, a})
				}
			}
		}
		return out
	}
	task, _ := splitFact(c.Subject, in.Plan)
	for _, s := range sendings(in) {
		if of := taskOf(s.delivery.Event, in); task == "" || of == task || of == "" {
			out = append(out, s)
		}
	}
	return out
}

// sendings are all attempts of a play in the order in which they were sent.
func sendings(in judge.Input) []sending {
	var out []sending
	for _, d := range in.Transcript.Deliveries {
		for _, a := range d.Attempts {
			out = append(out, sending{d, a})
		}
	}
	slices.SortStableFunc(out, func(a, b sending) int { return cmp.Compare(a.attempt.Queued, b.attempt.Queued) })
	return out
}

// taskOf is the key of the task that an event belongs to.
func taskOf(event string, in judge.Input) string {
	for _, e := range in.Plan.Events {
		if e.ID == event {
			return e.Task
		}
	}
	return ""
}

// exchangeOf shows what a check is about.
func exchangeOf(c judge.Check, in judge.Input, sent []sending, target string) []string {
	var lines []string
	for i, s := range sent {
		// The headers of a play's requests are alike: for a state that many callbacks made, the first shows them.
		lines = append(lines, exchange(s.delivery, s.attempt, exchangeView{url: target, headers: i == 0 || aboutAnswer(c)})...)
	}
	lines = append(lines, sampleLines(c, in)...)
	for _, f := range in.Fetches {
		if c.Kind == "fetch" {
			lines = append(lines, visible(fmt.Sprintf("<-- %s %s (%s, at %s) at the canary listener", f.Method, f.Path, f.Which, short(time.Duration(f.At)))))
		}
	}
	if len(lines) > maxExchangeLines {
		left := len(lines) - maxExchangeLines
		lines = append(lines[:maxExchangeLines], fmt.Sprintf("… %d more lines, in the run log", left))
	}
	return lines
}

// sampleLines shows what the observer saw last, for a check that rests on it.
func sampleLines(c judge.Check, in judge.Input) []string {
	if aboutAnswer(c) || c.Step == "" {
		return nil
	}
	task, _ := splitFact(c.Subject, in.Plan)
	last := map[string]judge.Sample{}
	for _, s := range in.Samples {
		if s.Step == c.Step && (task == "" || s.Task == task || s.Task == "") && (s.Facts != nil || s.Effects != nil) {
			last[s.Task] = s
		}
	}
	keys := make([]string, 0, len(last))
	for k := range last {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	var lines []string
	for _, k := range keys {
		s := last[k]
		lines = append(lines, visible(fmt.Sprintf("=== observed %s at %s: %s", taskName(k, in.Plan), short(time.Duration(s.At)), seen(s))))
	}
	return lines
}

func seen(s judge.Sample) string {
	var parts []string
	if s.Facts != nil {
		if b, err := compactJSON(s.Facts); err == nil {
			parts = append(parts, string(b))
		}
	}
	if s.Effects != nil {
		if b, err := compactJSON(s.Effects); err == nil {
			parts = append(parts, "effects "+string(b))
		}
	}
	return cut(strings.Join(parts, ", "), maxBodyShown)
}

// aboutAnswer tells checks of one answer from checks of what the receiver made of it all.
func aboutAnswer(c judge.Check) bool {
	switch c.Kind {
	case "status", "time", "body", "header", "refusal", "alive":
		return true
	default:
		return false
	}
}
