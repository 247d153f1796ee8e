package recording_test

import (
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/relaycheck/relaycheck/internal/capture"
	"github.com/relaycheck/relaycheck/internal/recording"
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
