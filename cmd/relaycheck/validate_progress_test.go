package main

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/relaycheck/relaycheck/internal/validate"
)

func TestProgressIsALineEveryFewSecondsAndNoneForAShortRun(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		short := newMeterPrinter(&out, false)
		time.Sleep(progressInterval - time.Millisecond)
		short.close()
		short.close()
		if out.Len() > 0 {
			t.Errorf("a short run prints %q", out.String())
		}
		long := newMeterPrinter(&out, false)
		time.Sleep(2*progressInterval + time.Millisecond)
		long.close()
		if got := out.String(); got != strings.Repeat("0 documents, 0 documents/s, 0 B/s\n", 2) {
			t.Errorf("it prints %q", got)
		}
		out.Reset()
		inPlace := newMeterPrinter(&out, true)
		time.Sleep(time.Second)
		inPlace.close()
		if got := out.String(); strings.Contains(got, "\n") || strings.Count(got, "\r\x1b[K0 documents") < 4 || !strings.HasSuffix(got, "\r\x1b[K") {
			t.Errorf("on a terminal it prints %q", got)
		}
	})
}

func TestAProgressLineHasRateShareAndTimeLeft(t *testing.T) {
	t.Parallel()
	begin := time.Unix(0, 0)
	at := func(after time.Duration, documents, bytes, done, total int64) sample {
		return sample{begin.Add(after), validate.Progress{Documents: documents, Bytes: bytes, Done: done, Total: total}}
	}
	for _, c := range []struct {
		name      string
		from, now sample
		want      string
	}{
		{"a file", at(0, 0, 0, 0, 1000), at(2*time.Second, 2_400_000, 1_240_000_000, 250, 1000), "2.4 M documents, 1.2 M documents/s, 620 MB/s, 25 %, 6s left"},
		{"a stream", at(0, 0, 0, 0, 0), at(4*time.Second, 400, 200_000, 200_000, 0), "400 documents, 100 documents/s, 50 kB/s"},
		{"a stream that says nothing", at(0, 400, 200_000, 0, 0), at(4*time.Second, 400, 200_000, 0, 0), "400 documents, 0 documents/s, 0 B/s"},
		{"the end", at(0, 0, 0, 0, 1000), at(time.Second, 10, 1000, 1000, 1000), "10 documents, 10 documents/s, 1.0 kB/s, 100 %"},
		{"only read ahead", at(0, 0, 0, 0, 1000), at(time.Second, 0, 0, 500, 1000), "0 documents, 0 documents/s, 0 B/s, 50 %"},
		{"the rate is that of late", at(9*time.Second, 900, 9000, 900, 2000), at(10*time.Second, 910, 9100, 1000, 2000), "910 documents, 10 documents/s, 100 B/s, 50 %, 10s left"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := progressLine(c.from, c.now); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
	for n, want := range map[float64]string{0: "0", 999: "999", 999.7: "1.0 k", 1000: "1.0 k", 9960: "10 k", 123_456: "123 k", 2_100_000: "2.1 M", 5e12: "5000 G"} {
		if got := short(n); got != want {
			t.Errorf("%v: %s, want %s", n, got, want)
		}
	}
}

func TestProgressCanBeSwitchedOff(t *testing.T) {
	t.Parallel()
	a := &app{err: io.Discard, env: func(string) (string, bool) { return "", false }}
	for _, f := range []progressFlags{{mode: "none"}, {mode: "auto", quiet: true}, {mode: "plain", quiet: true}} {
		if p, err := f.printer(a); p != nil || err != nil || p.Meter() != nil {
			t.Errorf("%+v: %v, %v", f, p, err)
		}
	}
	if _, err := (&progressFlags{mode: "plan"}).printer(a); err == nil || !strings.Contains(err.Error(), `did you mean "plain"`) {
		t.Error(err)
	}
	var none *meterPrinter
	none.close()
	if none.around(io.Discard) != io.Discard {
		t.Error("without progress the output is another")
	}
}
