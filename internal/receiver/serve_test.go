package receiver

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

// patience bounds waits for what should come at once. A test that needs it has failed.
const patience = 30 * time.Second

func post(t *testing.T, base, body string) int {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, base+Path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Error(err)
		return 0
	}
	defer res.Body.Close()
	_, _ = io.Copy(io.Discard, res.Body)
	return res.StatusCode
}

// serve runs a receiver on a free port until the test is over.
func serve(t *testing.T, cfg Config) (r *Receiver, base string) {
	t.Helper()
	r, err := Open(cfg)
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- r.Serve(ctx, l) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Errorf("serve: %v", err)
		}
		if err := r.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return r, "http://" + l.Addr().String()
}

func TestManyTasksAtOnceOverHTTP(t *testing.T) {
	t.Parallel()
	for name, cfg := range map[string]Config{"in memory": {}, "in a file": inFile(t, Config{})} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, base := serve(t, cfg)
			const tasks = 50
			var wg sync.WaitGroup
			for i := range tasks {
				wg.Go(func() {
					id := fmt.Sprint("task-", i)
					for _, body := range []string{start(id, t1), begin(id, 0), finish(id, 0), finish(id, 0), exit(id, t2)} {
						if status := post(t, base, body); status != http.StatusOK {
							t.Errorf("%s: %d", id, status)
						}
					}
				})
			}
			wg.Wait()
			for i := range tasks {
				events, err := r.store.load(t.Context(), fmt.Sprint("task-", i))
				if err != nil || len(events) != 4 {
					t.Errorf("task-%d: %d events, %v", i, len(events), err)
				}
			}
		})
	}
}

func TestTenMegabytesAreAnswered413AndTheSenderReadsIt(t *testing.T) {
	t.Parallel()
	_, base := serve(t, Config{})
	if status := post(t, base, strings.Repeat("x", 10<<20)); status != http.StatusRequestEntityTooLarge {
		t.Errorf("status %d", status)
	}
	if status := post(t, base, start("a", t1)); status != http.StatusOK {
		t.Errorf("afterwards: status %d", status)
	}
}

func TestServeEndsWhileASenderIsSlow(t *testing.T) {
	t.Parallel()
	r, err := Open(Config{})
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	reading := make(chan struct{})
	read := r.read
	r.read = func(w http.ResponseWriter, req *http.Request) ([]byte, error) {
		close(reading)
		return read(w, req)
	}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- r.Serve(ctx, l) }()
	conn, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, "POST "+Path+" HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{"); err != nil {
		t.Fatal(err)
	}
	<-reading
	stop()
	select {
	case err := <-done:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(patience):
		t.Error("still serving")
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
}

func TestServeSaysThatItsListenerIsClosed(t *testing.T) {
	t.Parallel()
	r, err := Open(Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = l.Close()
	if err := r.Serve(t.Context(), l); err == nil || !strings.Contains(err.Error(), "serve on 127.0.0.1:") {
		t.Error(err)
	}
}

func TestSeededFetchersFetchAndTheReferenceDoesNot(t *testing.T) {
	t.Parallel()
	for _, bug := range append([]string{""}, fetchers...) {
		t.Run("bug "+bug, func(t *testing.T) {
			t.Parallel()
			asked := make(chan string, 100)
			canary := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, req *http.Request) { asked <- req.URL.Path }))
			t.Cleanup(canary.Close)
			r, err := Open(Config{Bug: bug})
			if err != nil {
				t.Fatal(err)
			}
			told := with{
				"source_urls": listOf(canary.URL + "/source"), "callback_url": canary.URL + "/callback", "to_url": canary.URL + "/to",
				"msg": plain(map[string]any{"url": canary.URL + "/file", "index": 0, "task_start_time": t1}),
			}
			for _, body := range []string{start("a", t1, told), begin("a", 0, told)} {
				rec := httptest.NewRecorder()
				r.ServeHTTP(rec, request(http.MethodPost, Path, bytes.NewReader([]byte(body))))
				if rec.Code != http.StatusOK {
					t.Errorf("status %d: %s", rec.Code, rec.Body)
				}
			}
			if bug != "" {
				want := map[string]string{"probes-sources": "/source", "previews-files": "/file", "confirms-to-callback-url": "/callback"}[bug]
				select {
				case path := <-asked:
					if path != want {
						t.Errorf("%s was fetched, want %s", path, want)
					}
				case <-time.After(patience):
					t.Error("nothing was fetched")
				}
			}
			if err := r.Close(); err != nil { // waits for what is done in the background
				t.Error(err)
			}
			if bug == "" && len(asked) > 0 {
				t.Errorf("%s was fetched", <-asked)
			}
		})
	}
}

func TestSeededFetchersReachThisMachineOnly(t *testing.T) {
	t.Parallel()
	r, err := Open(Config{Bug: "probes-sources"})
	if err != nil {
		t.Fatal(err)
	}
	rec := httptest.NewRecorder()
	// 192.0.2.0/24 is for documentation (RFC 5737): a connection would hang until the client's limit.
	r.ServeHTTP(rec, request(http.MethodPost, Path, strings.NewReader(start("a", t1, with{"source_urls": listOf("http://192.0.2.1/x", "http://origin.invalid/x", "::")}))))
	if rec.Code != http.StatusOK {
		t.Errorf("status %d", rec.Code)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
}
