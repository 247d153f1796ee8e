package validate

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/relaycheck/relaycheck/internal/capture"
	"github.com/relaycheck/relaycheck/internal/sequence"
	"github.com/relaycheck/relaycheck/schema"
)

// inOrder is Run where one goroutine does one thing after the other: what every other way is held against.
func inOrder(t testing.TB, in io.Reader, opts Options) (Summary, string) {
	t.Helper()
	opts.Read.Unopened = cmp.Or(opts.Read.Unopened, maxUnopened)
	r, err := capture.Open([]string{capture.Stdin}, in, opts.Read)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	var out bytes.Buffer
	told := &teller{w: newWriter(&out, opts), groups: newGroups(), lives: sequence.NewChecker(sequence.Options{}), shape: opts.Shape}
	defer func() { _ = told.lives.Close() }()
	w := worker{opts: opts, validator: schema.NewValidator(), looks: opts.All || opts.Sequence || opts.Shape != nil}
	for b, over := (&batch{pouch: newPouch()}), false; !over; {
		doc, err := r.Next(t.Context())
		if over = errors.Is(err, io.EOF); err != nil && !over {
			t.Fatal(err)
		}
		if !over {
			b.input, b.source = r.Sources(), doc.Source
			b.add(doc)
		}
		if len(b.docs) > 0 && (b.full() || over) {
			w.judge(b)
			if err := told.tell(b); err != nil {
				t.Fatal(err)
			}
			b = &batch{pouch: b.empty()}
		}
	}
	counts := r.Counts()
	counts.Merge(&told.counts)
	told.inputs.close()
	if err := told.balance(counts); err != nil {
		t.Fatal(err)
	}
	counts.Merge(&told.inputs.nothing)
	end := ending{notes: counts.Notes()}
	told.close(&end, opts)
	if opts.Sequence {
		found, err := told.lives.End()
		if err := errors.Join(err, told.w.lives(found)); err != nil {
			t.Fatal(err)
		}
		end.sum.Lives = livesOf(&found)
	}
	if err := told.w.end(&end); err != nil {
		t.Fatal(err)
	}
	return end.sum, out.String()
}

// oddly gives a stream in pieces of odd sizes.
type oddly struct {
	in   io.Reader
	rand *rand.Rand
}

func (o *oddly) Read(p []byte) (int, error) {
	n := 1 + o.rand.IntN(100)
	if o.rand.IntN(2) == 0 {
		n = 1 + o.rand.IntN(100_000)
	}
	return o.in.Read(p[:min(n, len(p))])
}

func gzipped(t testing.TB, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestSpeed)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = z.Write(data)
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func zstandard(t testing.TB, data []byte) []byte {
	t.Helper()
	z, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = z.Close() }()
	return z.EncodeAll(data, nil)
}

// However a capture comes, and in whatever pieces, the same is told of it to the byte as if one goroutine had read it.
func TestAStreamIsToldOfAsIfOneHadReadIt(t *testing.T) {
	t.Parallel()
	for seed := range uint64(8) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(seed, 5))
			odd := []float64{0, 0.0003, 0.003, 0.1}[seed%4]
			data := callbackLines(r, 300_000+r.IntN(600_000), odd)
			switch r.IntN(4) {
			case 0:
				data = data[:len(data)-1-r.IntN(300)] // the last line is cut
			case 1:
				data = append(data, strings.Repeat("x", 1+r.IntN(3*pieceSize))...)
			case 2:
				data = append(data, "[\n"+line1(schema.TaskStart)+",\n"+line1(schema.TaskExit)+"\n]\n"...)
			}
			forms := map[string][]byte{"plain": data, "gzip": gzipped(t, data), "zstd": zstandard(t, data)}
			cut, bent := bytes.Clone(forms["gzip"]), bytes.Clone(forms["gzip"])
			forms["cut gzip"] = cut[:len(cut)/2+r.IntN(len(cut)/2)]
			bent[len(bent)/3+r.IntN(len(bent)/3)] ^= 0x10
			forms["damaged gzip"] = bent
			opts := []Options{
				{Format: NDJSON, Sequence: true},
				{Format: NDJSON, All: true, Workers: 3},
				{Format: NDJSON, Workers: 1, Read: capture.Options{MaxLine: 2000}},
				{Format: Text, MaxErrors: 5, Workers: 2, Read: capture.Options{MaxLine: 400}}, // valid callbacks are longer
			}[r.IntN(4)]
			for form, text := range forms {
				everyWay(t, r, form, text, opts)
			}
		})
	}
}

// everyWay reads a text as a file and as a stream in pieces of all kinds.
func everyWay(t *testing.T, r *rand.Rand, form string, text []byte, opts Options) {
	sum, want := inOrder(t, bytes.NewReader(text), opts)
	name := filepath.Join(t.TempDir(), "capture")
	if err := os.WriteFile(name, text, 0o600); err != nil {
		t.Fatal(err)
	}
	ways := map[string]func() io.Reader{
		"a file":         nil,
		"big pieces":     func() io.Reader { return bytes.NewReader(text) },
		"odd pieces":     func() io.Reader { return &oddly{bytes.NewReader(text), r} },
		"with the error": func() io.Reader { return iotest.DataErrReader(bytes.NewReader(text)) },
	}
	if form != "plain" { // a byte at a time takes long
		ways["single bytes"] = func() io.Reader { return iotest.OneByteReader(bytes.NewReader(text)) }
	}
	for way, in := range ways {
		path, stdin := name, io.Reader(nil)
		if in != nil {
			path, stdin = capture.Stdin, in()
		}
		var out bytes.Buffer
		got, err := Run(t.Context(), []string{path}, stdin, &out, opts)
		if err != nil {
			t.Errorf("%s, %s: %v", form, way, err)
			continue
		}
		if got.Lives != nil && sum.Lives != nil {
			*got.Lives, got.Lives = Lives{}, sum.Lives // it is in what was told
		}
		if told := strings.ReplaceAll(out.String(), name, capture.Stdin); got != sum || told != want {
			t.Errorf("%s, %s, %+v: %+v, in order %+v: %s", form, way, opts, got, sum, firstDifference(told, want))
		}
	}
}

// Where something odd comes again and again, what was read ahead goes back each time, and the next attempt to read lines comes
// before it is used up.
func TestAStreamInWhichSomethingOddComesOftenIsToldOfAsIfOneHadReadIt(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	for n := range 60_000 { // short ones, so that a thousand of them are soon read
		switch {
		case n%7000 == 6999:
			_, _ = fmt.Fprintf(&b, "[\n{\"n\":%d}\n]\n", n)
		case n%100 == 0:
			_, _ = fmt.Fprintf(&b, "{\"n\":%d}\n", n)
		default:
			_, _ = fmt.Fprintf(&b, `{"event_type":1,"t":%d,"sign":"s"}`+"\n", n)
		}
	}
	opts := Options{Format: NDJSON, Workers: 4}
	sum, want := inOrder(t, bytes.NewReader(b.Bytes()), opts)
	for range 5 {
		var out bytes.Buffer
		got, err := Run(t.Context(), []string{capture.Stdin}, bytes.NewReader(b.Bytes()), &out, opts)
		if err != nil || got != sum || out.String() != want {
			t.Errorf("%v, %+v, in order %+v: %s", err, got, sum, firstDifference(out.String(), want))
		}
	}
}

// With single bytes every line may be a piece, and every piece end where its line does.
func TestAStreamOfSingleBytesIsToldOfAsIfItHadComeAtOnce(t *testing.T) {
	t.Parallel()
	data := callbackLines(rand.New(rand.NewPCG(3, 3)), 150_000, 0.02)
	opts := Options{Format: NDJSON, Read: capture.Options{MaxLine: 2000}}
	sum, want := inOrder(t, bytes.NewReader(data), opts)
	var out bytes.Buffer
	got, err := Run(t.Context(), []string{capture.Stdin}, iotest.OneByteReader(bytes.NewReader(data)), &out, opts)
	if err != nil || got != sum || out.String() != want {
		t.Errorf("%v, %+v, in order %+v: %s", err, got, sum, firstDifference(out.String(), want))
	}
}

// A stream that fails in the middle is told of up to there, and then that it failed.
func TestAStreamThatFailsIsToldOfUpToThere(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(4, 4))
	for range 10 {
		data := callbackLines(r, 400_000, 0.001)
		data = data[:200_000+r.IntN(len(data)-200_000)]
		failing := func() io.Reader {
			return &oddly{io.MultiReader(bytes.NewReader(data), iotest.ErrReader(errors.New("the line is dead"))), r}
		}
		opts := Options{Format: NDJSON}
		sum, want := inOrder(t, failing(), opts)
		var out bytes.Buffer
		got, err := Run(t.Context(), []string{capture.Stdin}, failing(), &out, opts)
		if err != nil || got != sum || out.String() != want || !strings.Contains(want, "the line is dead") {
			t.Errorf("%v, %+v, in order %+v: %s", err, got, sum, firstDifference(out.String(), want))
		}
	}
}

// A live is a run of which the input is written and the results are read step by step.
type live struct {
	t    *testing.T
	feed *io.PipeWriter
	dec  *json.Decoder
	done chan error
}

func startLive(ctx context.Context, t *testing.T, opts Options) *live {
	in, feed := io.Pipe()
	results, out := io.Pipe()
	l := &live{t: t, feed: feed, dec: json.NewDecoder(results), done: make(chan error, 1)}
	deadline := time.AfterFunc(time.Minute, func() {
		late := errors.New("nothing has come for a minute")
		_, _ = in.CloseWithError(late), results.CloseWithError(late)
	})
	t.Cleanup(func() { deadline.Stop() })
	go func() {
		_, err := Run(ctx, []string{capture.Stdin}, in, out, opts)
		_ = out.Close()
		l.done <- err
	}()
	return l
}

func (l *live) write(text string) {
	l.t.Helper()
	if _, err := io.WriteString(l.feed, text); err != nil {
		l.t.Fatal(err)
	}
}

// expect reads the results of lines.
func (l *live) expect(verdict schema.Verdict, lines ...int) {
	l.t.Helper()
	for _, n := range lines {
		var rec Record
		if err := l.dec.Decode(&rec); err != nil || rec.Line != n || rec.Verdict != verdict {
			l.t.Fatalf("%+v, %v, not line %d", rec, err, n)
		}
	}
}

func (l *live) end() (tail Tail) {
	l.t.Helper()
	if err := l.dec.Decode(&tail); err != nil {
		l.t.Fatal(err)
	}
	return tail
}

// much is so many lines that the rest of a stream goes to the workers.
func much() (lines int, text string) {
	const n = 3 * (32 << 10) / 400
	return n, strings.Repeat(line1(schema.TaskStart)+"\n", n)
}

// When a producer falls silent, all that it has said is told of: behind lines without findings, behind a line that is not ended
// yet, and behind one that is none of a capture of lines.
func TestWhatAStreamHasSaidIsToldOfWhenItFallsSilent(t *testing.T) {
	t.Parallel()
	n, text := much()
	l := startLive(t.Context(), t, Options{Format: NDJSON, Read: capture.Options{MaxLine: 2000}})
	l.write(text + "{}\n")
	n++
	l.expect(schema.Error, n)
	for range 3 {
		l.write("{}\n")
		n++
		l.expect(schema.Error, n)
	}
	l.write("{}\n" + line1(schema.TaskStart)[:50])
	l.expect(schema.Error, n+1)
	l.write(line1(schema.TaskStart)[50:] + "\n{}\n{}\n")
	l.expect(schema.Error, n+3, n+4)
	l.write(strings.Repeat("x", 3000) + "\n") // too long: the reader skips it
	l.expect(schema.Error, n+5)
	l.write("[\n{\"n\":1}") // an array in the middle
	l.expect(schema.Error, n+7)
	l.write("\n]\n" + strings.Repeat("{}\n", 3*retry)) // and lines again
	for i := range 3 * retry {
		l.expect(schema.Error, n+9+i)
	}
	_ = l.feed.Close()
	if tail := l.end(); tail.Summary.OK != n-4+1 || tail.Lines == nil || tail.Lines.Read != n+8+3*retry {
		t.Errorf("%+v, %+v", tail.Summary, tail.Lines)
	}
	if err := <-l.done; err != nil {
		t.Error(err)
	}
}

// So it is at the beginning, before there is enough to read it in pieces.
func TestWhatAStreamHasSaidAtFirstIsToldOfBeforeALineHasEnded(t *testing.T) {
	t.Parallel()
	l := startLive(t.Context(), t, Options{Format: NDJSON})
	l.write("{}\n" + line1(schema.TaskStart)[:50])
	l.expect(schema.Error, 1)
	l.write(line1(schema.TaskStart)[50:] + "\n{}\n{}\n{")
	l.expect(schema.Error, 3, 4)
	l.write("}\n")
	l.expect(schema.Error, 5)
	_ = l.feed.Close()
	if tail := l.end(); tail.Summary.OK != 1 || tail.Summary.Documents != 5 {
		t.Errorf("%+v", tail.Summary)
	}
	if err := <-l.done; err != nil {
		t.Error(err)
	}
}

// An interrupt in the middle of a stream that is read in pieces still gives the summary of what was told of.
func TestAnInterruptEndsAStreamThatIsReadInPieces(t *testing.T) {
	t.Parallel()
	n, text := much()
	for name, more := range map[string]string{"it is silent": "", "a line is not ended": line1(schema.TaskStart)[:50]} {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		l := startLive(ctx, t, Options{Format: NDJSON})
		l.write(text + "{}\n" + more)
		l.expect(schema.Error, n+1)
		cancel()
		if tail := l.end(); tail.Summary.Documents != n+1 || tail.Summary.OK != n || !tail.Interrupted || tail.Lines != nil {
			t.Errorf("%s: %+v", name, tail)
		}
		if err := <-l.done; !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", name, err)
		}
		_ = l.feed.Close()
	}
}

// A producer that makes short breaks, each shorter than what is waited for, must not keep its lines from being told of.
func TestALineDoesNotWaitForAProducerThatKeepsOnTalking(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n, text := much()
		l := startLive(t.Context(), t, Options{Format: NDJSON})
		l.write(text + "{}\n")
		l.expect(schema.Error, n+1)
		stop, stopped := make(chan struct{}), make(chan struct{})
		begun := time.Now()
		go func() {
			defer close(stopped)
			tick := time.NewTicker(patience / 2)
			defer tick.Stop()
			for text := "{}\n"; ; text = " " {
				if _, err := io.WriteString(l.feed, text); err != nil {
					return
				}
				select {
				case <-tick.C:
				case <-stop:
					return
				}
			}
		}()
		l.expect(schema.Error, n+2)
		if took := time.Since(begun); took > 2*patience {
			t.Errorf("it took %v", took)
		}
		close(stop)
		<-stopped
		_ = l.feed.Close()
		l.end()
		if err := <-l.done; err != nil {
			t.Error(err)
		}
	})
}

// Most of a long stream is handed out, as soon as there is enough of it.
func TestTheLinesOfAStreamAreHandedOut(t *testing.T) {
	t.Parallel()
	data := callbackLines(rand.New(rand.NewPCG(1, 9)), 1<<20, 0)
	for name, text := range map[string][]byte{"plain": data, "gzip": gzipped(t, data)} {
		r, err := capture.Open([]string{capture.Stdin}, bytes.NewReader(text), capture.Options{})
		if err != nil {
			t.Fatal(err)
		}
		docs := 0
		for {
			if _, err := r.Next(t.Context()); err != nil {
				t.Fatal(err)
			}
			docs++
			lines, ok := r.Lines()
			if !ok {
				continue
			}
			if docs > 128 || lines.Line != docs+1 || lines.Stream == nil || lines.File != nil {
				t.Errorf("%s: behind %d documents: %+v", name, docs, lines)
			}
			break
		}
		_ = r.Close()
	}
}
