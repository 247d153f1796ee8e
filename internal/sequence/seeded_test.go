package sequence_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/relaycheck/relaycheck/internal/sequence"
	"github.com/relaycheck/relaycheck/internal/sequence/seeded"
)

// TestEverySeededFaultIsFoundAndNoneIsInvented is the same at a smaller scale as bench/livesgen at a large one.
func TestEverySeededFaultIsFoundAndNoneIsInvented(t *testing.T) {
	t.Parallel()
	for _, stamped := range []bool{false, true} {
		for _, memory := range []int{0, 256 << 10} {
			t.Run(fmt.Sprintf("stamped %v, memory %d", stamped, memory), func(t *testing.T) {
				t.Parallel()
				tasks := 500
				if !stamped && memory == 0 {
					tasks = 2000
				}
				var text bytes.Buffer
				want, err := seeded.Write(&text, seeded.Options{Tasks: tasks, Faults: 100, Seed: 7, Stamped: stamped})
				if err != nil {
					t.Fatal(err)
				}
				if len(want.Faults) != seeded.Kinds() {
					t.Errorf("kinds: %v", want.Faults)
				}
				c := sequence.NewChecker(sequence.Options{Memory: memory, Dir: t.TempDir()})
				b := sequence.NewBatch()
				for i, line := range slices.Collect(bytes.Lines(text.Bytes())) {
					p := sequence.Place{Source: "c", Line: i + 1}
					body := bytes.TrimSuffix(line, []byte("\n"))
					if stamped {
						var e struct {
							Time time.Time
							Body json.RawMessage
						}
						if err := json.Unmarshal(line, &e); err != nil {
							t.Fatal(err)
						}
						p.Time, body = e.Time, e.Body
					}
					if b.AddClean(body, p); i%500 == 0 {
						if err := c.Take(b); err != nil {
							t.Fatal(err)
						}
						b = sequence.NewBatch()
					}
				}
				if err := c.Take(b); err != nil {
					t.Fatal(err)
				}
				sum, err := c.End()
				if err != nil {
					t.Fatal(err)
				}
				if err := c.Close(); err != nil {
					t.Fatal(err)
				}
				got := map[string][]string{}
				for _, f := range sum.Findings {
					got[f.Task] = append(got[f.Task], f.Code)
				}
				for _, codes := range maps.All(got) {
					slices.Sort(codes)
				}
				if diff := cmp.Diff(want.Codes, got); diff != "" {
					t.Errorf("seeded (-), found (+):\n%s", diff)
				}
				if sum.Tasks != want.Tasks || sum.UnmatchedExits != want.Unmatched || sum.Events != want.Callbacks || sum.ByArrival != stamped || (sum.Spilled > 0) != (memory > 0) {
					t.Errorf("%+v, want %d tasks, %d unmatched exits, %d callbacks", sum, want.Tasks, want.Unmatched, want.Callbacks)
				}
			})
		}
	}
}
