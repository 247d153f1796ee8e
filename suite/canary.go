package suite

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/relaycheck/relaycheck/emitter"
	"github.com/relaycheck/relaycheck/suite/judge"
)

// A canaryListener stands behind the URLs that scenarios with `canary: true` tell the receiver. Nobody has a
// reason to ask for them, so any request is a finding of SEC-6.
//
// Its paths are /<task id>/<which>…, where which is source_urls, callback_url, msg.url or to_url.
type canaryListener struct {
	base   string // http://127.0.0.1:PORT
	server *http.Server
	done   chan struct{}

	mu      sync.Mutex
	fetches []canaryFetch
}

type canaryFetch struct {
	at                         time.Time
	method, path, task, member string
}

// maxCanaryFetches bounds what a receiver that fetches in a loop can make us remember: one is a finding already.
const maxCanaryFetches = 1000

func openCanary() (*canaryListener, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // listening takes no time
	if err != nil {
		return nil, fmt.Errorf("open the canary listener: %w", err)
	}
	c := &canaryListener{base: "http://" + l.Addr().String(), done: make(chan struct{})}
	c.server = &http.Server{
		Handler:           http.HandlerFunc(c.serve),
		ReadHeaderTimeout: 5 * time.Second, // nobody honest is slower on loopback
		MaxHeaderBytes:    8 << 10,         // the path of a fetch is remembered; ours have some hundred bytes
	}
	go func() {
		defer close(c.done)
		_ = c.server.Serve(l) // ends by Close
	}()
	return c, nil
}

func (c *canaryListener) serve(w http.ResponseWriter, r *http.Request) {
	parts := strings.SplitN(strings.TrimPrefix(r.URL.Path, "/"), "/", 3)
	f := canaryFetch{at: time.Now(), method: r.Method, path: r.URL.Path, task: parts[0], member: "source_urls"}
	if len(parts) > 1 {
		f.member = parts[1]
	}
	c.mu.Lock()
	if len(c.fetches) < maxCanaryFetches {
		c.fetches = append(c.fetches, f)
	}
	c.mu.Unlock()
	http.NotFound(w, r)
}

// fetchesOf returns the requests for URLs of the given tasks (task id -> key), with times since started.
func (c *canaryListener) fetchesOf(tasks map[string]string, started time.Time) []judge.Fetch {
	c.mu.Lock()
	defer c.mu.Unlock()
	var out []judge.Fetch
	for _, f := range c.fetches {
		if key, ok := tasks[f.task]; ok {
			out = append(out, judge.Fetch{
				At: emitter.Offset(f.at.Sub(started)), Method: f.method, Path: f.path, Task: key, Which: f.member,
			})
		}
	}
	return out
}

func (c *canaryListener) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	err := c.server.Shutdown(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		err = c.server.Close()
	}
	<-c.done
	return err
}
