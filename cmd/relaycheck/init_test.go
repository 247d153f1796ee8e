package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/relaycheck/relaycheck/suite/target"
)

func TestInitAsksForWhatNoFlagSays(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, input string
		given       string // the flag that was given
		want        target.ScaffoldFor
		asked       int
	}{
		{"everything", "node\nredis\nhttp://localhost:9/cb\n", "", target.ScaffoldFor{Language: "node", Observer: "redis", URL: "http://localhost:9/cb"}, 3},
		{"what is in brackets", "\n\n\n", "", target.ScaffoldFor{Language: "other", Observer: "http", URL: "http://x/"}, 3},
		{"again after a slip", "nodejs\nnode\n\n\n", "", target.ScaffoldFor{Language: "node", Observer: "http", URL: "http://x/"}, 4},
		{"but not for what is given", "php\n\n", "observer", target.ScaffoldFor{Language: "php", Observer: "http", URL: "http://x/"}, 2},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got := target.ScaffoldFor{Language: "other", Observer: "http", URL: "http://x/"}
			var out bytes.Buffer
			if err := askForStart(strings.NewReader(tc.input), &out, &got, func(flag string) bool { return flag == tc.given }); err != nil {
				t.Fatal(err)
			}
			if got != tc.want || strings.Count(out.String(), "? ") != tc.asked {
				t.Errorf("got %+v after\n%s", got, out.String())
			}
		})
	}
	var start target.ScaffoldFor
	if err := askForStart(strings.NewReader("go\n"), &bytes.Buffer{}, &start, func(string) bool { return false }); err == nil {
		t.Error("answers that end early are taken")
	}
}
