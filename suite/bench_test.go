package suite

import (
	"flag"
	"strings"
	"testing"
)

// Ginkgo would end the process without a word.
func TestTheBenchIsRefusedWhereGinkgoWouldEndTheProcess(t *testing.T) {
	t.Parallel()
	for args, refused := range map[string]string{
		"":                               "",
		"-test.count=1":                  "",
		"-test.count=3":                  "`go test -count 3`",
		"-test.parallel=2":               "`go test -parallel 2`",
		"-test.count=1 -test.parallel=2": "`go test -parallel 2`",
	} {
		flags := flag.NewFlagSet("test", flag.ContinueOnError)
		flags.Uint("test.count", 1, "")
		flags.Int("test.parallel", 4, "")
		if err := flags.Parse(strings.Fields(args)); err != nil {
			t.Fatal(err)
		}
		if why := benchRefusal(flags); (why == "") != (refused == "") || !strings.Contains(why, refused) {
			t.Errorf("with %q: %q, want %q", args, why, refused)
		}
	}
}
