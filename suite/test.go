package suite

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/onsi/ginkgo/v2"

	"github.com/relaycheck/relaycheck/suite/judge"
	"github.com/relaycheck/relaycheck/suite/report"
)

// Test judges a receiver from a Go test: one subtest for each requirement in each scenario, which fails with all
// that was found and is skipped where nothing could be said.
//
//	func TestReceiver(t *testing.T) {
//		server := httptest.NewServer(NewReceiver())
//		defer server.Close()
//		suite.Test(t, suite.Config{URL: server.URL})
//	}
//
// A target that cannot be reached or an observer that cannot be trusted fails the test itself.
func Test(t *testing.T, cfg Config) {
	t.Helper()
	cfg.Bench = false
	rep, err := Run(t.Context(), cfg)
	if err != nil {
		t.Fatalf("relaycheck: %v", err)
	}
	if rep.Verdict == report.Environment || rep.Verdict == report.Inconclusive {
		t.Fatalf("relaycheck: %s: %s", rep.Verdict, rep.Reason)
	}
	for _, sc := range rep.Scenarios {
		for _, row := range sc.Requirements {
			t.Run(row.ID+"/"+sc.ID, func(t *testing.T) {
				switch row.Verdict {
				case judge.Held:
				case judge.Broken, judge.Warned:
					text := findingsText(sc.Findings, row.ID)
					if row.Verdict == judge.Broken {
						t.Error(text)
						return
					}
					t.Log(text)
				default:
					t.Skipf("%s: %s", row.Verdict, row.Reason)
				}
			})
		}
	}
	for _, p := range rep.Baseline.Problems() {
		t.Error(p)
	}
	t.Log(report.Closing(rep))
}

func findingsText(all []report.Finding, id string) string {
	var b strings.Builder
	for _, f := range all {
		if f.Requirement == id {
			fmt.Fprintf(&b, "%s\n  expected %s\n  actual   %s\n  at %s:%d:%d\n  %s\n", f.Message, f.Expected, f.Actual,
				f.Position.File, f.Position.Line, f.Position.Col, f.Hint)
		}
	}
	return b.String()
}

// Specs puts the scenarios into the caller's own Ginkgo tree: call it where a Describe may stand. One It stands for
// each requirement in each scenario; the plays begin with the first of them and run side by side. Bench, Reports and
// ReportDir of the configuration are not used: the caller's bench reports.
func Specs(cfg Config) bool {
	r, err := newRunner(cfg)
	return ginkgo.Describe("Relaycheck", ginkgo.Ordered, ginkgo.ContinueOnFailure, func() {
		if err != nil {
			ginkgo.It("has a usable configuration", func() { ginkgo.Fail(err.Error()) })
			return
		}
		futures := r.futures()
		ctx, cancel := context.WithCancel(context.Background())
		over := make(chan struct{})
		ginkgo.BeforeAll(func() {
			if err := r.prepare(ctx); err != nil {
				close(over)
				ginkgo.Fail(err.Error())
			}
			go func() {
				defer close(over)
				r.playAll(ctx, futures)
			}()
		})
		ginkgo.AfterAll(func() {
			cancel()
			<-over
			r.close()
		})
		describe(ctx, r.rows(futures))
	})
}
