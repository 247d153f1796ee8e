package recording_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/relaycheck/relaycheck/emitter"
	"github.com/relaycheck/relaycheck/internal/capture"
	"github.com/relaycheck/relaycheck/internal/recording"
	"github.com/relaycheck/relaycheck/scenarios"
	"github.com/relaycheck/relaycheck/suite/judge"
	"github.com/relaycheck/relaycheck/suite/report"
)

func TestAnArchiveGivesItsBodiesInTheOrderOfTheirTimes(t *testing.T) {
	t.Parallel()
	har := `{ "log": {"version": "1.2", "entries": [
		{"startedDateTime": "2025-09-10T08:00:01.5Z", "request": {"method": "POST", "postData": {"text": "{\"b\":1}"}}},
		{"startedDateTime": "2025-09-10T08:00:03Z", "request": {"method": "GET"}},
		{"startedDateTime": "2025-09-10T08:00:00Z", "request": {"method": "POST", "postData": {"text": "` + base64.StdEncoding.EncodeToString([]byte(`{"a":1}`)) + `", "_encoding": "base64"}}}
	]}}`
	list, _, err := recording.Read(t.Context(), "-", strings.NewReader(har), "", capture.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(list) != 2 || string(list[0].Body) != `{"a":1}` || string(list[1].Body) != `{"b":1}` || list[1].At.Sub(list[0].At) != 1500*time.Millisecond {
		t.Errorf("got %q", list)
	}
}

func TestACaptureGivesItsDocumentsWithoutTimes(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a.ndjson")
	if err := os.WriteFile(path, []byte("{\"a\":1}\n{\"log\":2}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	list, notes, err := recording.Read(t.Context(), path, nil, "", capture.Options{})
	if err != nil || len(list) != 2 || !list[0].At.IsZero() || len(notes) != 0 {
		t.Errorf("got %q, %q, %v", list, notes, err)
	}
}

func TestWhatIsNoRecordingIsRefused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ text, play, want string }{
		"an archive without bodies": {`{"log":{"entries":[]}}`, "", "no request with a body"},
		"an archive that is cut":    {`{"log":{"entries":[`, "", "the HTTP archive is not closed"},
		"a body that is no base64":  {`{"log":{"entries":[{"request":{"postData":{"text":"!","_encoding":"base64"}}}]}}`, "", "-:1 /log/entries/0/request/postData/text: the body of an entry, which is marked as base64"},
		"a play of what has none":   {`{"a":1}`, "some", "no run log"},
		"a run log that is cut":     {`{"kind":"run","format":1}`, "", "run log"},
		"a run log of another time": {`{"kind":"run","format":99}`, "", "run log"},
	} {
		if _, _, err := recording.Read(t.Context(), "-", strings.NewReader(c.text), c.play, capture.Options{}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, _, err := recording.Read(t.Context(), filepath.Join(t.TempDir(), "none"), nil, "", capture.Options{}); err == nil {
		t.Error("a file that is not there was read")
	}
}

func TestEnvelopesAndLogsGiveTheirBodiesInTheOrderOfTheirTimes(t *testing.T) {
	t.Parallel()
	body, err := capture.ParsePointer("/body")
	if err != nil {
		t.Fatal(err)
	}
	at, err := capture.ParsePointer("/ts")
	if err != nil {
		t.Fatal(err)
	}
	line, err := capture.ParseLineFormat(`^(?P<time>\S+) (?P<body>.*)$`)
	if err != nil {
		t.Fatal(err)
	}
	envelope := capture.Options{Envelope: capture.Envelope{Body: body, Time: at}}
	for name, c := range map[string]struct {
		text  string
		opts  capture.Options
		order string
		note  string
	}{
		"envelopes":          {`{"ts":20,"body":"{\"n\":2}"}` + "\n" + `{"ts":10,"body":{"n":1}}`, envelope, `{"n":1}{"n":2}`, ""},
		"lines of a log":     {"20 {\"n\":2}\n10 {\"n\":1}\n", capture.Options{Line: line}, `{"n":1}{"n":2}`, ""},
		"one without a time": {`{"ts":20,"body":"{\"n\":2}"}` + "\n" + `{"ts":"soon","body":{"n":1}}`, envelope, `{"n":2}{"n":1}`, "cannot be read: 1"},
		"of a run log":       {`{"kind":"run","ts":1,"body":{"n":1}}`, envelope, `{"n":1}`, ""},
	} {
		list, notes, err := recording.Read(t.Context(), "-", strings.NewReader(c.text), "", c.opts)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		got := ""
		for _, d := range list {
			got += string(d.Body)
		}
		if got != c.order || strings.Join(notes, "\n") == "" != (c.note == "") || !strings.Contains(strings.Join(notes, "\n"), c.note) {
			t.Errorf("%s: %s, notes %q", name, got, notes)
		}
	}
}

// A run log may have been compressed, as any capture may.
func TestACompressedRunLogIsARunLog(t *testing.T) {
	t.Parallel()
	log := aRunLog(t, 50)
	plain, _, err := recording.Read(t.Context(), "-", bytes.NewReader(log), "", capture.Options{})
	if err != nil || len(plain) != 50 {
		t.Fatalf("%d callbacks, %v", len(plain), err)
	}
	for name, packed := range map[string][]byte{"run.ndjson.gz": gzipped(t, log), "run.ndjson.zst": zstandard(t, log)} {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, packed, 0o600); err != nil {
			t.Fatal(err)
		}
		for from, in := range map[string]io.Reader{path: nil, "-": bytes.NewReader(packed)} {
			list, _, err := recording.Read(t.Context(), from, in, "", capture.Options{})
			if err != nil || !reflect.DeepEqual(list, plain) {
				t.Errorf("%s, read from %s: %d callbacks instead of %d, %v", name, filepath.Base(from), len(list), len(plain), err)
			}
		}
		_, notes, err := recording.Read(t.Context(), "-", bytes.NewReader(packed[:len(packed)/2]), "", capture.Options{})
		if told := fmt.Sprint(notes, err); !strings.Contains(told, "the compressed data ends too early") {
			t.Errorf("half of %s: %s", name, told)
		}
	}
}

// What is compressed and no run log is read as a capture, from the standard input too.
func TestACompressedCaptureIsReadFromTheStandardInput(t *testing.T) {
	t.Parallel()
	packed := gzipped(t, []byte("{\"a\":1}\n{\"b\":2}\n"))
	list, notes, err := recording.Read(t.Context(), "-", bytes.NewReader(packed), "", capture.Options{})
	if err != nil || len(notes) != 0 || len(list) != 2 || string(list[1].Body) != `{"b":2}` {
		t.Errorf("%q, %q, %v", list, notes, err)
	}
}

// aRunLog is the log of one play that delivered so many callbacks.
func aRunLog(t *testing.T, callbacks int) []byte {
	t.Helper()
	began := time.Date(2025, 9, 10, 8, 0, 0, 0, time.UTC)
	play := report.Play{Input: judge.Input{
		Plan: scenarios.Plan{Scenario: scenarios.Ref{ID: "some-scenario"}}, Transcript: emitter.Transcript{Started: began},
	}}
	for i := range callbacks {
		play.Input.Transcript.Deliveries = append(play.Input.Transcript.Deliveries, emitter.Delivery{
			ID: fmt.Sprint("d", i), Attempts: []emitter.Attempt{{
				Number: 1, Of: 1, Reason: "first", Queued: emitter.Offset(i) * emitter.Offset(time.Second),
				Request: emitter.Request{Method: "POST", Body: fmt.Appendf(nil, `{"n":%d}`, i)},
			}},
		})
	}
	var out bytes.Buffer
	if err := report.WriteLog(&out, report.Run{Started: began, Plays: []report.Play{play}}); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func gzipped(t *testing.T, text []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	if _, err := z.Write(text); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func zstandard(t *testing.T, text []byte) []byte {
	t.Helper()
	z, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	return z.EncodeAll(text, nil)
}
