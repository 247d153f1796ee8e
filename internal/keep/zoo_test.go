package keep

import (
	"context"
	"fmt"
	"net/http/httptest"
	"sort"
	"strings"
	"sync"
	"testing"

	"github.com/relaycheck/relaycheck/internal/receiver"
	"github.com/relaycheck/relaycheck/suite"
	"github.com/relaycheck/relaycheck/suite/target"
)

func TestZoo(t *testing.T) {
	var mu sync.Mutex
	var lines []string
	var wg sync.WaitGroup
	slot := make(chan struct{}, 8)
	for _, b := range receiver.Bugs() {
		slot <- struct{}{}
		wg.Go(func() {
			defer func() { <-slot }()
			rcv, err := receiver.Open(receiver.Config{Bug: b.ID, Key: "zookey"})
			if err != nil {
				t.Error(err)
				return
			}
			defer rcv.Close()
			srv := httptest.NewServer(rcv)
			defer srv.Close()
			tg, _ := target.ForReference(srv.URL)
			tg.Signing.Key = "zookey"
			rep, err := suite.Run(context.Background(), suite.Config{Target: tg, Seed: 42, Selection: suite.Selection{LabelFilter: "!RET-3"}})
			if err != nil {
				t.Error(err)
				return
			}
			var red []string
			hit := false
			for _, r := range rep.Requirements {
				if r.Verdict == "broken" || r.Verdict == "warned" {
					red = append(red, r.ID)
					if r.ID == b.Requirement {
						hit = true
					}
				}
			}
			mu.Lock()
			lines = append(lines, fmt.Sprintf("%-5v %-8s %-34s %s | %s %s", hit, b.Requirement, b.ID, strings.Join(red, " "), rep.Verdict, rep.Reason))
			mu.Unlock()
		})
	}
	wg.Wait()
	sort.Strings(lines)
	fmt.Println(strings.Join(lines, "\n"))
}
