package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

const (
	taskStart = `{"appid":4,"callback_event":"TaskStart","event_type":314,"msg":"{\"task_start_time\":%d}","source_urls":"[\"http://origin.invalid/a\"]\n","stream_id":"s","task_id":"a","to_url":"rtmp://x/s"}`
	taskExit  = `{"appid":4,"callback_event":"TaskExit","event_type":314,"msg":"{\"code\":-22,\"message\":\"write packet error.\",\"task_exit_time\":%d}","source_urls":"[\"http://origin.invalid/a\"]\n"}`
)

func serve(t *testing.T, path, key string) (post func(body string) int, look func() string, stop func()) {
	t.Helper()
	j, err := openJournal(path)
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(routes(j, key))
	ask := func(method, path, body string) (int, string) {
		req, err := http.NewRequestWithContext(t.Context(), method, srv.URL+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Error(err)
			return 0, ""
		}
		defer res.Body.Close()
		text, _ := io.ReadAll(res.Body)
		return res.StatusCode, string(text)
	}
	return func(body string) int { status, _ := ask(http.MethodPost, "/callbacks/relay", body); return status },
		func() string { _, text := ask(http.MethodGet, "/tasks/a", ""); return text },
		func() { srv.Close(); j.close() }
}

func state(t *testing.T, text string) task {
	t.Helper()
	var got task
	if err := json.Unmarshal([]byte(text), &got); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return got
}

func TestCopiesAtTheSameMomentAreKeptOnceAndSurviveARestart(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "journal")
	post, look, stop := serve(t, path, "")
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			for _, body := range []string{fmt.Sprintf(taskExit, 2000), fmt.Sprintf(taskStart, 1000)} {
				if status := post(body); status != http.StatusOK {
					t.Errorf("status %d", status)
				}
			}
		})
	}
	wg.Wait()
	before := look()
	if got := state(t, before); got.State != "STOP" || got.Kept != 2 || fmt.Sprint(got.Exit.Code) != "-22" {
		t.Error(before)
	}
	stop()
	// The process may have been killed while it wrote a line.
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString(`{"key":"half`); err != nil {
		t.Fatal(err)
	}
	_ = f.Close()
	post, look, stop = serve(t, path, "")
	defer stop()
	if after := look(); after != before {
		t.Errorf("before: %s\nafter: %s", before, after)
	}
	post(fmt.Sprintf(taskStart, 3000))
	if got := state(t, look()); got.State != "RUN" || got.Kept != 3 {
		t.Error(look())
	}
}

func TestRubbishIsRefusedWithoutEffect(t *testing.T) {
	t.Parallel()
	post, look, stop := serve(t, filepath.Join(t.TempDir(), "journal"), "key")
	defer stop()
	post(fmt.Sprintf(taskStart, 1000))
	exit := strings.Replace(fmt.Sprintf(taskExit, 2000), `"event_type"`, `"task_id":"a","event_type"`, 1)
	for body, want := range map[string]int{
		"": 400, "null": 400, "[]": 400, "{}": 400, exit[:100]: 400, exit + "}": 400, "\ufeff" + exit: 400,
		strings.Replace(exit, "314", "null", 1):                      400,
		strings.Replace(exit, "314", `"314"`, 1):                     400,
		strings.Replace(exit, "write", "wr\xffite", 1):               400,
		strings.Replace(exit, `\"code\"`, `code`, 1):                 400,
		strings.Replace(exit, `"task_id":"a"`, `"task_id":{}`, 1):    400,
		strings.Replace(exit, "{", `{"sign":"x","t":4102444800,`, 1): 403,
		strings.Repeat("[", 100_000):                                 400,
		strings.Repeat("x", 2*maxBody):                               413,
		strings.Replace(exit, "314", "0", 1):                         200,
	} {
		if status := post(body); status != want {
			t.Errorf("%.80q: status %d, want %d", body, status, want)
		}
	}
	if got := state(t, look()); got.State != "RUN" || got.Kept != 1 {
		t.Error(look())
	}
}

func TestClosedJournalTakesNothing(t *testing.T) {
	t.Parallel()
	j, err := openJournal(filepath.Join(t.TempDir(), "journal"))
	if err != nil {
		t.Fatal(err)
	}
	j.close()
	if err := j.add(context.Background(), &event{Key: "k", Name: "TaskStart"}); err == nil {
		t.Error("no error")
	}
}
