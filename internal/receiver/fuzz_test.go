package receiver

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Whatever comes is answered, never with a server error, and what was answered 200 does not spoil the look at a task.
func FuzzReceiver(f *testing.F) {
	for _, body := range []string{
		start("a", t1), begin("a", 0), finish("a", 0), exit("a", t2), exit("a", t2, noIDs), alarm("a", "PullFileFailed"), sibling(0),
		start("a", 0, with{"event_time": "1712893433"}), start("a", t1, signedUntil(4102444800)),
		"", "null", "[]", "{}", `{"event_type":314}`, `{"event_type":1e400}`, "\ufeff{}", exit("a", t2)[:100], exitMsg("a", "\x00'\u2028"),
		`{"event_type":314,"callback_event":"TaskExit","msg":"{\"code\":1e999999999}","source_urls":"[]"}`,
		`{"event_type":314,"callback_event":"TaskExit","msg":"{\"message\":\"\\ud800\"}","source_urls":"[\"\\udfff\"]","task_id":"a"}`,
		strings.Repeat("[", 20_000),
	} {
		f.Add([]byte(body))
	}
	samples, err := filepath.Glob("testdata/samples/*.json")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range samples {
		body, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		// Without SQLite, which fuzzing makes a hundred times slower by counting its branches. The detour through JSON
		// is what a store does to an event.
		r := &Receiver{cfg: Config{Key: testKey, Now: time.Now, MaxBody: DefaultMaxBody}, log: slog.New(slog.DiscardHandler)}
		r.stages = r.reference()
		var kept []event
		r.keep = func(_ context.Context, e event) error {
			text, err := json.Marshal(e)
			if err != nil {
				return err
			}
			var again event
			if err := json.Unmarshal(text, &again); err != nil {
				return err
			}
			kept = append(kept, again)
			_ = r.identity(e)
			return nil
		}
		r.load = func(context.Context, string) ([]event, error) { return kept, nil }
		rec := httptest.NewRecorder()
		r.ServeHTTP(rec, request(http.MethodPost, Path, bytes.NewReader(body)))
		if rec.Code != http.StatusOK && (rec.Code < 400 || rec.Code > 499) {
			t.Errorf("status %d: %s", rec.Code, rec.Body)
		}
		rec = httptest.NewRecorder()
		r.ServeHTTP(rec, request(http.MethodGet, "/tasks/a", nil))
		if rec.Code != http.StatusOK && rec.Code != http.StatusNotFound {
			t.Errorf("look: status %d: %s", rec.Code, rec.Body)
		}
	})
}
