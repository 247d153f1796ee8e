package validate

import (
	"flag"
	"regexp"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files anew")

// mustMatch holds a whole line against an expression.
func mustMatch(t testing.TB, line, expression string) {
	t.Helper()
	if !regexp.MustCompile("^" + expression + "$").MatchString(line) {
		t.Errorf("%q is not %s", line, expression)
	}
}
