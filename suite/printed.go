package suite

import (
	"bytes"
	"strings"
	"sync"

	programs "github.com/relaycheck/relaycheck/suite/observe/process"
	"github.com/relaycheck/relaycheck/suite/report"
)

// printed keeps what a program prints, its beginning and its end: however much that is, it takes less than 256 KiB. It
// may be written and read at the same time.
type printed struct {
	mu    sync.Mutex
	total int64
	head  []byte
	tail  []byte // what came after head; grows to twice what is kept before its older half goes
}

// What is kept, in bytes. The beginning tells how the receiver was set up, the end why it failed; a job log that held
// more would be read by nobody. tornBytes are kept besides at either side of the gap, for redaction alone: a secret that the
// gap cuts in two cannot be recognised, so what is nearer to the gap than the longest of secrets is not shown.
const (
	headBytes = 16 << 10
	tailBytes = 48 << 10
	tornBytes = 1 << 10
)

// Write implements io.Writer. It never fails.
func (p *printed) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.total += int64(len(b))
	written := len(b)
	room := min(headBytes+tornBytes-len(p.head), len(b))
	p.head = append(p.head, b[:room]...)
	b = b[room:]
	const most = tailBytes + tornBytes
	b = b[max(0, len(b)-most):]
	if len(p.tail)+len(b) > 2*most {
		p.tail = append(p.tail[:0], p.tail[len(p.tail)-most:]...)
	}
	p.tail = append(p.tail, b...)
	return written, nil
}

// output is what the reports show, without secrets.
func (p *printed) output(redact func([]byte) []byte) report.Output {
	p.mu.Lock()
	defer p.mu.Unlock()
	out := report.Output{Bytes: p.total}
	if p.total == int64(len(p.head)+len(p.tail)) && p.total <= headBytes+tailBytes {
		out.Head = strings.ToValidUTF8(string(redact(bytes.Join([][]byte{p.head, p.tail}, nil))), "\uFFFD")
		return out
	}
	tail := p.tail[max(0, len(p.tail)-tailBytes-tornBytes):]
	between := p.total - int64(len(p.head)+len(tail))
	head, cutOff := beforeGap(redact(bytes.Clone(p.head)))
	rest, cutOn := afterGap(redact(bytes.Clone(tail)))
	out.Dropped = between + int64(cutOff+cutOn)
	out.Head, out.Tail = strings.ToValidUTF8(string(head), "\uFFFD"), strings.ToValidUTF8(string(rest), "\uFFFD")
	return out
}

// beforeGap and afterGap take away what may be half a secret, and the half of a line that is left then, where lines are
// of a sensible length. They say how many bytes went.
func beforeGap(b []byte) (kept []byte, cut int) {
	kept = b[:max(0, len(b)-tornBytes)]
	if i := bytes.LastIndexByte(kept, '\n'); i >= 0 && len(kept)-i < tornBytes {
		kept = kept[:i+1]
	}
	return kept, len(b) - len(kept)
}

func afterGap(b []byte) (kept []byte, cut int) {
	kept = b[min(len(b), tornBytes):]
	if i := bytes.IndexByte(kept, '\n'); i >= 0 && i < tornBytes {
		kept = kept[i+1:]
	}
	return kept, len(b) - len(kept)
}

// An error quotes so many lines, what went wrong mostly stands some lines above the last one, but no more than so many bytes
// where that is more than one.
const (
	lastLines = 6
	lastBytes = 400
)

// said quotes the last lines, for an error.
func (p *printed) said() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	text := p.tail
	if len(text) < tornBytes {
		text = append(bytes.Clone(p.head), p.tail...)
		if p.total > int64(len(text)) {
			text = p.tail
		}
	}
	if lines := programs.LastLines(text, lastLines); len(lines) > 0 {
		for len(lines) > 1 && len(strings.Join(lines, " | ")) > lastBytes {
			lines = lines[1:]
		}
		return "; the last that it printed: " + strings.Join(lines, " | ")
	}
	return ""
}
