package report

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/relaycheck/relaycheck/emitter"
)

// An exchangeText is one attempt, to be read.
type exchangeText struct {
	Anchor, Label, Marks, Status, Took string
	Time                               string
	Facts                              []labelled // when and how it was sent
	Class                              string     // "bad", "dup", "good", "lost"
	Head                               string     // request line and headers
	Body                               string     // as it went out
	Unsent                             string     // what of it was kept back: the connection was cut before
	Hex                                string     // the bytes around the first that no text shows
	Same                               string     // where the same body is shown already
	SameAnchor                         string
	Decoded                            []labelled
	Answer                             string
	Checks                             []checkView // what of it is not as expected
}

// A checkView is what a check of an answer found.
type checkView struct {
	What string
	differing
}

func exchangeTextOf(s sending, anchor, target string, bad []checkView, shown map[string]exchangeText) exchangeText {
	d, a := s.delivery, s.attempt
	v := exchangeText{
		Anchor: anchor, Label: visible(d.ID), Marks: visible(strings.Join(deliveryMarks(d, a), ", ")), Status: came(a), Took: short(a.Latency()),
		Time: clock(a.Queued), Facts: sendingFacts(d, a), Class: exchangeClass(a, len(bad) > 0), Checks: bad,
	}
	head := []string{visible(fmt.Sprintf("%s %s", method(a.Request), address(a.Request, target)))}
	for _, h := range a.Request.Header {
		head = append(head, visible(cut(h.Name+": "+h.Value, maxHTMLBody)))
	}
	v.Head = strings.Join(head, "\n")
	body := []byte(a.Request.Body)
	sent := len(body)
	if at := firstSet(a.Request.Wire.ResetAt, a.Request.Wire.TruncateAt); at != nil {
		sent = cutAt(*at, len(body))
	}
	// A body that was cut is shown where it was cut, even if it was shown whole before.
	if before, ok := shown[string(body)]; ok && len(body) > 0 && sent == len(body) {
		v.Same, v.SameAnchor = before.Label+" at "+before.Time, before.Anchor
		return v.answered(a)
	}
	v.Body, v.Unsent = bodyText(body[:sent]), ""
	if sent < len(body) {
		v.Unsent = rawText(body[sent:])
	} else if len(body) > 0 {
		shown[string(body)] = v
	}
	v.Hex = hexAround(body)
	for _, l := range decodedLines(body) {
		name, value, _ := strings.Cut(strings.TrimSpace(l), " = ")
		v.Decoded = append(v.Decoded, labelled{name, pretty(value)})
	}
	return v.answered(a)
}

func firstSet(ps ...*int) *int {
	for _, p := range ps {
		if p != nil {
			return p
		}
	}
	return nil
}

// answered adds what came back.
func (x exchangeText) answered(a emitter.Attempt) exchangeText {
	var back []string
	if a.Answer != nil {
		back = append(back, visible(strings.TrimSpace(fmt.Sprintf("%s %d", a.Answer.Proto, a.Answer.Status))))
		for _, h := range a.Answer.Header {
			back = append(back, visible(cut(h.Name+": "+h.Value, maxHTMLBody)))
		}
		if len(a.Answer.Body) > 0 {
			back = append(back, "", rawText(a.Answer.Body))
		}
	}
	if o := outcome(a); o != "" {
		back = append(back, visible(cut(o, maxHTMLBody)))
	}
	x.Answer = strings.Join(back, "\n")
	return x
}

func exchangeClass(a emitter.Attempt, bad bool) string {
	switch {
	case bad:
		return "bad"
	case a.OK():
		return "good"
	case a.Answer == nil:
		return "lost"
	default:
		return "other"
	}
}

// sendingFacts says when the attempt was sent, planned and real, on which connection, and how long each part took.
func sendingFacts(d emitter.Delivery, a emitter.Attempt) []labelled {
	out := []labelled{{"sent", clock(a.Queued)}}
	add := func(label, value string) { out = append(out, labelled{label, value}) }
	if a.Number <= 1 {
		if late := time.Duration(a.Queued - d.Planned); late >= time.Millisecond {
			add("planned", clock(d.Planned)+", "+short(late)+" earlier")
		} else {
			add("planned", clock(d.Planned))
		}
	} else if a.Wait > 0 {
		add("retry after", short(time.Duration(a.Wait)))
	}
	if a.FirstByte > a.Queued {
		add("first byte", short(time.Duration(a.FirstByte-a.Queued)))
	}
	add("done", short(a.Latency()))
	if a.Conn > 0 {
		kind := "new"
		if a.Reused {
			kind = "kept alive"
		}
		add("connection", fmt.Sprintf("%d, %s", a.Conn, kind))
	}
	return append(out, labelled{"body", fmt.Sprintf("%d bytes", len(a.Request.Body))})
}

// bodyText is a body, line by line and printable.
func bodyText(b []byte) string {
	if len(b) == 0 {
		return "(no body)"
	}
	return rawText(b)
}

// rawText shows bytes as they are; what does not print is written as an escape, a carriage return too.
func rawText(b []byte) string {
	lines := strings.Split(cut(string(b), maxHTMLBody), "\n")
	for i, l := range lines {
		lines[i] = visible(l)
	}
	return strings.Join(lines, "\n")
}

// pretty is compact JSON over several lines, for the eye; its numbers and the order of its members stay.
func pretty(s string) string {
	var b bytes.Buffer
	if json.Indent(&b, []byte(s), "", "  ") != nil {
		return cut(s, maxHTMLBody)
	}
	return strings.Join(visibleLines(cut(b.String(), maxHTMLBody)), "\n")
}

// hexAround dumps some bytes around the first one that a text cannot show, and "" where there is none.
func hexAround(b []byte) string {
	const before, length = 32, 160
	for i := 0; i < len(b); {
		r, n := utf8.DecodeRune(b[i:])
		if r != '\n' && (r == utf8.RuneError && n <= 1 || !strconv.IsPrint(r)) {
			from := max(0, i-before) &^ 15
			to := min(len(b), from+length)
			return offsetDump(b[from:to], from)
		}
		i += n
	}
	return ""
}

// offsetDump is hex.Dump with the offsets that the bytes have in the body.
func offsetDump(b []byte, from int) string {
	lines := strings.Split(strings.TrimRight(hex.Dump(b), "\n"), "\n")
	for i, l := range lines {
		if len(l) > 8 {
			lines[i] = fmt.Sprintf("%08x", from+16*i) + l[8:]
		}
	}
	return strings.Join(lines, "\n")
}
