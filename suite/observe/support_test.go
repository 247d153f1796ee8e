package observe_test

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/relaycheck/relaycheck/suite/judge"
	"github.com/relaycheck/relaycheck/suite/observe"
	"github.com/relaycheck/relaycheck/suite/target"
)

var ctx = context.Background()

// one is the identity that most tests look at.
var one = observe.Identity{TaskID: "118148", StreamID: "stream/1"}

// open makes the observers of what stands below `observe:` in a target file.
func open(t *testing.T, section string) *observe.Set {
	t.Helper()
	return openIn(t, t.TempDir(), section)
}

func openIn(t *testing.T, dir, section string) *observe.Set {
	t.Helper()
	src := "url: http://127.0.0.1:1/\nobserve:\n" + indent(section)
	parsed, err := target.Parse("relaycheck.yaml", []byte(src), dir, os.LookupEnv)
	if err != nil {
		t.Fatalf("%s\n%v", src, err)
	}
	set, err := observe.Open(ctx, parsed)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := set.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return set
}

func indent(s string) string {
	return "  " + strings.ReplaceAll(strings.TrimSpace(strings.ReplaceAll(s, "\t", "  ")), "\n", "\n  ") + "\n"
}

// serve answers with a handler until the test is over.
func serve(t *testing.T, h http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.URL
}

// answer serves the same to everybody.
func answer(t *testing.T, status int, contentType, body string) string {
	t.Helper()
	return serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	})
}

// look looks at one and fails on an error.
func look(t *testing.T, set *observe.Set, id observe.Identity) observe.Look {
	t.Helper()
	l, err := set.Look(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func wantFacts(t *testing.T, set *observe.Set, id observe.Identity, want judge.Facts) {
	t.Helper()
	if diff := cmp.Diff(want, look(t, set, id).Facts); diff != "" {
		t.Errorf("facts of %s: want -, got +\n%s", id.TaskID, diff)
	}
}

func wantEffects(t *testing.T, set *observe.Set, id observe.Identity, want map[string]int) {
	t.Helper()
	if diff := cmp.Diff(want, look(t, set, id).Effects); diff != "" {
		t.Errorf("effects of %s: want -, got +\n%s", id.TaskID, diff)
	}
}

// wantError looks, and wants a LookError with the given words, well within the time that a hanging look would take.
func wantError(t *testing.T, set *observe.Set, id observe.Identity, words ...string) {
	t.Helper()
	started := time.Now()
	l, err := set.Look(ctx, id)
	if took := time.Since(started); took > 20*time.Second {
		t.Errorf("it took %s", took)
	}
	if _, ok := errors.AsType[*observe.LookError](err); !ok {
		t.Fatalf("want a LookError, got facts %v, effects %v, error %v", l.Facts, l.Effects, err)
	}
	for _, w := range words {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("want %q in: %v", w, err)
		}
	}
}

// silent listens and accepts, reads, and never says a word.
func silent(t *testing.T) string {
	t.Helper()
	return speak(t, func(c net.Conn) {
		buf := make([]byte, 1024)
		for {
			if _, err := c.Read(buf); err != nil {
				return
			}
		}
	})
}

// speak listens, and lets talk have each connection.
func speak(t *testing.T, talk func(net.Conn)) string {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	over := make(chan struct{})
	go func() {
		defer close(over)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			t.Cleanup(func() { _ = c.Close() })
			go func() {
				talk(c)
				_ = c.Close()
			}()
		}
	}()
	t.Cleanup(func() {
		_ = l.Close()
		<-over
	})
	return l.Addr().String()
}

// hear reads a request, so that what is said next is an answer.
func hear(c net.Conn) {
	buf := make([]byte, 4096)
	_, _ = c.Read(buf)
}

// nobody is an address that nobody listens at.
func nobody(t *testing.T) string {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func number(text string) json.Number { return json.Number(text) }
