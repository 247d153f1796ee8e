package sequence

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/relaycheck/relaycheck/schema"
)

// own is a copy of what was read, with nothing told apart from empty.
func (m *members) own() []string {
	var out []string
	for _, b := range [][]byte{m.eventType, m.event, m.appID, m.taskID, m.eventTime, m.sources, m.start, m.exit, m.url, m.index} {
		out = append(out, string(b))
	}
	return out
}

// alike holds the quick reading against the slow one, for bodies that the quick one is for.
func alike(t *testing.T, body []byte) (quickly bool) {
	t.Helper()
	if schema.Validate(body, schema.Options{}).Verdict == schema.Error {
		return false
	}
	var quick, slow reader
	if !quick.quick(body) {
		return false
	}
	if !slow.slow(body) {
		t.Fatalf("read quickly, and is no object: %s", body)
	}
	if diff := cmp.Diff(slow.own(), quick.own()); diff != "" {
		t.Fatalf("read slowly (-), quickly (+):\n%s\n%s", diff, body)
	}
	return true
}

// bodies are samples, vectors and callbacks of the tests.
func bodies(t testing.TB) (all [][]byte) {
	t.Helper()
	for _, pattern := range []string{"../../schema/samples/*/*.json", "../../schema/testdata/vectors/*.json"} {
		names, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			body, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, body)
		}
	}
	for _, cb := range []callback{start("1"), fileStart("1", 3).on(9), moved(fileFinish("1", 0)), exit("1", -22).anonymous(), other("1", "TaskAlarm")} {
		all = append(all, cb.body())
	}
	for _, body := range []string{
		`{"event_type":314,"callback_event":"TaskStart","appId":4,"task_id":"\u0031\/","stream_id":"s","to_url":"u","msg":"{\"task_start_time\":7}","source_urls":"[ \"a\" ]\n"}`,
		`{"event_type":314.0,"callback_event":"TaskStart","appid":4,"task_id":"1","stream_id":"s","to_url":"u","msg":"{\"task_start_time\":1e3}","source_urls":"[]"}`,
		`{ "appid" : 4 , "event_type" : 314 , "callback_event":"VodSourceFileStart","task_id":"1","stream_id":"s","to_url":"u","msg":"{\"url\":\"http:\\/\\/a\\u0026\",\"index\":\"0\",\"duration\":9}","source_urls":"[]", "x": true }`,
	} {
		all = append(all, []byte(body))
	}
	return all
}

func TestTheQuickReadingIsTheSameAsTheSlowOne(t *testing.T) {
	t.Parallel()
	quickly := 0
	for _, body := range bodies(t) {
		if alike(t, body) {
			quickly++
		}
	}
	if quickly < 12 {
		t.Errorf("only %d of the bodies are read quickly", quickly)
	}
}

func FuzzTheQuickReading(f *testing.F) {
	for _, body := range bodies(f) {
		f.Add(slices.Clone(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) { alike(t, body) })
}
