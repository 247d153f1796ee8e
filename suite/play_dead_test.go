package suite_test

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/relaycheck/relaycheck/emitter"
	"github.com/relaycheck/relaycheck/scenarios"
	"github.com/relaycheck/relaycheck/suite"
	"github.com/relaycheck/relaycheck/suite/judge"
)

const ladders = `title: Two callbacks, each sent again and again
profile: delivery
requires: [RET-3]
timeline:
  - emit: TaskStart
  - emit: TaskExit
delivery:
  - retry: css-subtitle
`

// A tally counts what a play tells.
type tally struct {
	mu    sync.Mutex
	kinds map[emitter.TraceKind]int
}

func (c *tally) hear(ev emitter.TraceEvent) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.kinds[ev.Kind]++
}

// playAt plays a scenario at an address, with its waits shrunk away.
func playAt(t *testing.T, url, text string) (heard map[emitter.TraceKind]int, played int, err error) {
	t.Helper()
	sc, err := scenarios.Parse("ladders.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	told := &tally{kinds: map[emitter.TraceKind]int{}}
	cfg := suite.Config{URL: url, Scenarios: []*scenarios.Scenario{sc}, Seed: 7, TimeScale: 1000, Trace: told.hear}
	err = suite.PlayRounds(t.Context(), cfg, nil, func(judge.Input) error {
		played++
		return nil
	})
	return told.kinds, played, err
}

// nobody is an address at which nobody listens.
func nobody(t *testing.T) string {
	t.Helper()
	l := listen(t)
	defer func() { _ = l.Close() }()
	return "http://" + l.Addr().String() + "/cb"
}

func listen(t *testing.T) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// serveOne answers one request, and before it does nobody listens any more.
func serveOne(l net.Listener) error {
	conn, err := l.Accept()
	if err = errors.Join(err, l.Close()); err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	req, err := http.ReadRequest(bufio.NewReader(conn))
	if err != nil {
		return err
	}
	if _, err := io.Copy(io.Discard, req.Body); err != nil {
		return err
	}
	_, err = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
	return err
}

func TestAPlayAtADeadTargetEndsWithItsFirstAttempt(t *testing.T) {
	t.Parallel()
	heard, played, err := playAt(t, nobody(t), ladders)
	if err == nil || !strings.HasPrefix(err.Error(), "cannot reach the target http://127.0.0.1:") || !strings.Contains(err.Error(), "nobody listens there") {
		t.Errorf("it ends with %v", err)
	}
	// The second callback may be on its way by the time that is known.
	if heard[emitter.TraceSending] > 2 || heard[emitter.TraceFailed] != 1 || heard[emitter.TraceWaiting] > 0 || played != 0 {
		t.Errorf("heard %v, %d plays", heard, played)
	}
}

// A receiver that was there and is gone is what retries are for.
func TestAPlayAtATargetThatDiesGoesOn(t *testing.T) {
	t.Parallel()
	l := listen(t)
	served := make(chan error, 1)
	go func() { served <- serveOne(l) }()
	heard, played, err := playAt(t, "http://"+l.Addr().String(), ladders)
	if err := <-served; err != nil {
		t.Fatal(err)
	}
	if err != nil || played != 1 || heard[emitter.TraceAnswered] != 1 || heard[emitter.TraceFailed] != 3 {
		t.Errorf("heard %v, %d plays, %v", heard, played, err)
	}
}

// Where the scenario itself takes the receiver down, that nobody listens says nothing.
func TestAPlayThatRestartsItsTargetGoesOn(t *testing.T) {
	t.Parallel()
	text := strings.Replace(ladders, "  - emit: TaskExit\n", "  - restart: true\n  - emit: TaskExit\n", 1)
	heard, played, err := playAt(t, nobody(t), text)
	if err != nil || played != 1 || heard[emitter.TraceFailed] != 6 {
		t.Errorf("heard %v, %d plays, %v", heard, played, err)
	}
}
