package main

import (
	"bytes"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/relaycheck/relaycheck/internal/harspec"
)

// isHAR is the script command `is-har FILE TEXT`: the file is HAR 1.2 by the published rules, and has the text in it, which
// shows that there is more than the frame.
func isHAR(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: is-har FILE TEXT")
	}
	doc := []byte(ts.ReadFile(args[0]))
	ts.Check(harspec.Check(doc))
	if !bytes.Contains(doc, []byte(args[1])) {
		ts.Fatalf("%s: no %s in %d bytes", args[0], args[1], len(doc))
	}
}
