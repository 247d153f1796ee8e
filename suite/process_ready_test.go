//go:build unix

package suite_test

import (
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/relaycheck/relaycheck/suite"
	"github.com/relaycheck/relaycheck/suite/report"
	"github.com/relaycheck/relaycheck/suite/target"
)

// A receiver that starts may take a connection and lose it: the next question is answered.
func TestAQuestionThatIsLostIsAskedAgain(t *testing.T) {
	t.Parallel()
	var asked atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet && asked.Add(1) == 1 {
			<-r.Context().Done()
		}
		_, _ = w.Write([]byte(`{"code":0}`))
	}))
	t.Cleanup(server.Close)
	file := "url: " + server.URL + "/\nhooks:\n  start: {http: '" + server.URL + "/start'}\n  ready: {http: '" + server.URL + "/ready', timeout: 1m}\n"
	tgt, err := target.Parse("relaycheck.yaml", []byte(file), t.TempDir(), os.LookupEnv)
	if err != nil {
		t.Fatal(err)
	}
	rep := run(t, suite.Config{Target: tgt, Selection: quick})
	if rep.Verdict == report.Environment || asked.Load() < 2 {
		t.Errorf("verdict %s, reason %q, asked %d times", rep.Verdict, rep.Reason, asked.Load())
	}
}

func TestAReceiverThatEndsWhileItIsAskedIsNotAwaited(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	// The test binary listens and never says that it is ready; the script goes on beside it and ends.
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	file := `url: http://127.0.0.1:${PORT}/callbacks/relay
hooks:
  start: {command: [sh, -c, '"$0" & while ! [ -e asked ]; do sleep 0.05; done; echo the pool is broken; echo giving up; exit 3', ` + exe + `], port: auto, dir: ` + dir + `, env: {SUITE_TEST_RECEIVER: "1", STATE: state.db}}
  ready: {command: [sh, -c, 'touch asked; exit 1'], timeout: 10m, dir: ` + dir + `}
`
	tgt, err := target.Parse("relaycheck.yaml", []byte(file), dir, os.LookupEnv)
	if err != nil {
		t.Fatal(err)
	}
	rep := run(t, suite.Config{Target: tgt, Selection: quick})
	if rep.Verdict != report.Environment || !strings.Contains(rep.Reason, "exit status 3") || !strings.Contains(rep.Reason, "the pool is broken | giving up") {
		t.Errorf("verdict %s, reason %q", rep.Verdict, rep.Reason)
	}
}

// Who takes the receiver's port before it does is not taken for it: it is said who that is.
func TestAStrangerOnThePortIsNotTakenForTheReceiver(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("who listens stands in /proc")
	}
	dir := t.TempDir()
	started := filepath.Join(dir, "started")
	// It tells that it was started, waits until this test listens in its place, and ends as a server does then.
	tgt := scripted(t, dir, "touch "+started+"; while ! [ -e "+filepath.Join(dir, "taken")+" ]; do sleep 0.05; done; echo Traceback; echo address already in use; exit 1")
	tgt.Hooks.Start.Timeout = time.Hour
	done := make(chan suite.Report, 1)
	go func() { done <- run(t, suite.Config{Target: tgt, Selection: quick}) }()
	eventually(t, "the receiver was started", func() bool { _, err := os.Stat(started); return err == nil })
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(tgt.Hooks.Start.Port)))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if err := os.WriteFile(filepath.Join(dir, "taken"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	rep := <-done
	want := "process " + strconv.Itoa(os.Getpid())
	if rep.Verdict != report.Environment || !strings.Contains(rep.Reason, want) || !strings.Contains(rep.Reason, "Traceback | address already in use") {
		t.Errorf("verdict %s, reason %q, want %q in it", rep.Verdict, rep.Reason, want)
	}
}
