package selftest

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/relaycheck/relaycheck/internal/receiver"
)

const startOfA = `{"appid":4,"callback_event":"TaskStart","event_type":314,"task_id":"a","stream_id":"s","to_url":"rtmp://x/live/s",` +
	`"source_urls":"[\"http://origin.invalid/a\"]","msg":"{\"task_start_time\":1700000000000}"}`

// visit asks something of a host on a connection of its own.
func visit(t *testing.T, method, url, body string) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	tr := &http.Transport{DisableKeepAlives: true}
	defer tr.CloseIdleConnections()
	resp, err := (&http.Client{Transport: tr}).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("%s %s: %s: %s", method, url, resp.Status, text)
	}
	return string(text)
}

func TestHostRestartsItsReceiverInPlace(t *testing.T) {
	t.Parallel()
	for _, hook := range []string{"restart", "kill"} {
		for bug, kept := range map[string]bool{"": true, "memory-only": false} {
			t.Run(hook+" "+bug, func(t *testing.T) {
				t.Parallel()
				h, err := openHost(receiver.Config{Bug: bug}, true)
				if err != nil {
					t.Fatal(err)
				}
				visit(t, http.MethodPost, h.door.base()+receiver.Path, startOfA)
				visit(t, http.MethodPost, h.hooksAt+"/"+hook, "")
				req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, h.door.base()+"/tasks/a", http.NoBody)
				if err != nil {
					t.Fatal(err)
				}
				resp, err := http.DefaultTransport.RoundTrip(req)
				if err != nil {
					t.Fatal(err)
				}
				resp.Body.Close()
				if got := resp.StatusCode == http.StatusOK; got != kept {
					t.Errorf("after the %s the task is there: %v, want %v", hook, got, kept)
				}
				dir := h.dir
				if err := h.close(); err != nil {
					t.Error(err)
				}
				if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
					t.Errorf("the store is left behind: %v", err)
				}
			})
		}
	}
}

func TestKillCutsEveryConnection(t *testing.T) {
	t.Parallel()
	h, err := openHost(receiver.Config{}, true)
	if err != nil {
		t.Fatal(err)
	}
	defer h.close()
	c, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", strings.TrimPrefix(h.door.base(), "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	// An answer shows that the connection has come in.
	if _, err := io.WriteString(c, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, 4096)
	if _, err := c.Read(buf); err != nil {
		t.Fatal(err)
	}
	visit(t, http.MethodPost, h.hooksAt+"/kill", "")
	if err := c.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Read(buf); err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("the connection lives on: %v", err)
	}
}

// Who knocks between two lives is let in by the second.
func TestDoorStaysOpenBetweenTwoLives(t *testing.T) {
	t.Parallel()
	d, err := openDoor()
	if err != nil {
		t.Fatal(err)
	}
	first := d.lease()
	first.drop()
	if _, err := first.Accept(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("a lease that is over lets somebody in: %v", err)
	}
	c, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", d.l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	in, err := d.lease().Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	if in.RemoteAddr().String() != c.LocalAddr().String() {
		t.Errorf("somebody else was let in: %s", in.RemoteAddr())
	}
	if err := d.close(); err != nil {
		t.Error(err)
	}
	if _, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", d.l.Addr().String()); err == nil {
		t.Error("a closed door still opens")
	}
}

func TestPulseFeelsAStall(t *testing.T) {
	t.Parallel()
	p := &pulse{}
	now := time.Now()
	p.beats = []beat{{now.Add(-3 * time.Second), time.Second}, {now.Add(-time.Second), 20 * time.Millisecond}, {now, time.Millisecond}}
	if got := p.worst(now.Add(-2 * time.Second)); got != 20*time.Millisecond {
		t.Errorf("the worst of two seconds is %s", got)
	}
	if got := p.worst(now.Add(-4 * time.Second)); got != time.Second {
		t.Errorf("the worst of four seconds is %s", got)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	p.ease(ctx) // comes back at once
}
