package selftest

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/relaycheck/relaycheck/scenarios"
)

func TestProf(t *testing.T) {
	all, _ := scenarios.Shipped()
	without := strings.Fields(os.Getenv("WITHOUT"))
	all = slices.DeleteFunc(slices.Clone(all), func(s *scenarios.Scenario) bool { return slices.Contains(without, s.ID) })
	c, err := Run(t.Context(), Config{Seed: 3, Concurrency: 6, Bugs: strings.Fields(os.Getenv("BUGS")), Scenarios: all})
	if err != nil {
		t.Fatal(err)
	}
	Text(os.Stdout, c)
}
