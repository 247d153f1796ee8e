package receiver_test

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/relaycheck/relaycheck/internal/receiver"
	"github.com/relaycheck/relaycheck/suite"
	"github.com/relaycheck/relaycheck/suite/judge"
	"github.com/relaycheck/relaycheck/suite/target"
)

// host restarts receivers in process.
type host struct {
	cfg  receiver.Config
	addr string
	mu   sync.Mutex
	r    *receiver.Receiver
	stop func()
}

func (h *host) start() error {
	r, err := receiver.Open(h.cfg)
	if err != nil {
		return err
	}
	a := h.addr
	if a == "" {
		a = "127.0.0.1:0"
	}
	l, err := net.Listen("tcp", a)
	if err != nil {
		return err
	}
	h.addr = l.Addr().String()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { r.Serve(ctx, l); close(done) }()
	h.r, h.stop = r, func() { cancel(); <-done }
	return nil
}

func TestMatrix(t *testing.T) {
	want := os.Getenv("ZZ")
	if want == "" {
		t.Skip()
	}
	par := 2
	sem := make(chan struct{}, par)
	var mu sync.Mutex
	var wg sync.WaitGroup
	lines := map[string]string{}
	bugs := append([]receiver.Bug{{}}, receiver.Bugs()...)
	for _, b := range bugs {
		if want != "all" && !strings.Contains(","+want+",", ","+b.ID+",") {
			continue
		}
		if strings.HasPrefix(b.Requirement, "DUR") || strings.HasPrefix(b.Requirement, "LOAD") {
			continue
		}
		wg.Add(1)
		go func() {
			defer wg.Done()
			sem <- struct{}{}
			defer func() { <-sem }()
			h := &host{cfg: receiver.Config{Bug: b.ID, Key: "5d41402abc4b2a76", AnswerLimit: zzl()}}
			if err := h.start(); err != nil {
				t.Error(err)
				return
			}
			defer h.stop()
			tgt, err := target.ForReference("http://" + h.addr)
			if err != nil {
				t.Error(err)
				return
			}
			tgt.Signing.Key = "5d41402abc4b2a76"
			begun := time.Now()
			rep, err := suite.Run(context.Background(), suite.Config{Target: tgt, AnswerWithin: zzl(), Seed: 42, Concurrency: 200})
			if err != nil {
				t.Error(b.ID, err)
			}
			var red, warned []string
			own := "MISSED"
			extra := []string{}
			for _, q := range rep.Requirements {
				switch q.Verdict {
				case judge.Broken:
					red = append(red, q.ID)
				case judge.Warned:
					warned = append(warned, q.ID)
				default:
					continue
				}
				if q.ID == b.Requirement {
					own = "killed"
				} else if !b.Breaks(q.ID) {
					extra = append(extra, q.ID)
				}
			}
			unused := []string{}
			for _, s := range b.SideEffects {
				hit := false
				for _, x := range append(red, warned...) {
					hit = hit || x == s.Requirement
				}
				if !hit && s.Requirement != "*" && !strings.HasPrefix(s.Requirement, "DUR") && !strings.HasPrefix(s.Requirement, "LOAD") {
					unused = append(unused, s.Requirement)
				}
			}
			sort.Strings(red)
			mu.Lock()
			lines[b.ID] = fmt.Sprintf("%-8s %-30s %-7s undeclared=%v unused=%v verdict=%s %s red=%d warned=%v (%.1fs)", own, b.ID, b.Requirement, extra, unused, rep.Verdict, rep.Reason, len(red), warned, time.Since(begun).Seconds())
			if dir := os.Getenv("ZZDIR"); dir != "" {
				var sb strings.Builder
				for _, q := range rep.Requirements {
					for _, f := range q.Findings {
						fmt.Fprintf(&sb, "%s %s %s | %s | want %s | got %s\n", q.ID, f.Scenario, f.Check, f.Message, f.Expected, f.Actual)
					}
				}
				os.WriteFile(filepath.Join(dir, "f-"+b.ID+".txt"), []byte(sb.String()), 0o644)
			}
			mu.Unlock()
		}()
	}
	wg.Wait()
	var keys []string
	for k := range lines {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	for _, k := range keys {
		fmt.Println(lines[k])
	}
}

func zzl() time.Duration {
	d, err := time.ParseDuration(os.Getenv("ZZL"))
	if err != nil {
		return 3 * time.Second
	}
	return d
}
