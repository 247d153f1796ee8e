// Command vectors writes schema/testdata/vectors: bodies of relay callbacks, right and wrong in one place each, and the
// verdict that each is due. Other validators may use them; the files are plain JSON.
//
// What is expected is written here by rule, from the tables and samples of the vendor's page "Relay Event Notification"
// (editions 2021-10 to 2025-09), and not taken from a validator: this program imports none.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

//go:generate go run . -out ../../testdata/vectors

func main() {
	out := flag.String("out", "testdata/vectors", "folder to write to")
	flag.Parse()
	for name, list := range groups() {
		if err := write(filepath.Join(*out, name+".json"), list); err != nil {
			fmt.Fprintln(os.Stderr, "vectors:", err)
			os.Exit(1)
		}
	}
}

// A Vector is one body and what is expected of it.
type Vector struct {
	Description string    `json:"description"`
	Edition     string    `json:"edition,omitempty"` // "" takes what fits best
	Reading     string    `json:"reading"`
	Body        string    `json:"body"`
	Verdict     string    `json:"verdict"`
	Fits        []string  `json:"fits"` // editions
	Findings    []Finding `json:"findings"`
}

// A Finding is a code and a place.
type Finding struct {
	Code    string `json:"code"`
	Pointer string `json:"pointer"`
}

func write(path string, list []Vector) error {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(list); err != nil {
		return fmt.Errorf("encode %s: %w", path, err)
	}
	if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil { //nolint:gosec // data for everybody
		return fmt.Errorf("write vectors: %w", err)
	}
	return nil
}

var editions = []string{"2021-10", "2022-01", "2024-04", "2025-09"}

// timed are the editions whose tables have event_time.
var timed = editions[2:]

// A way is how a vector is read. They are taken in turn, so that each rule meets all of them.
type way struct{ edition, reading string }

var ways = func() (all []way) {
	for _, reading := range []string{"wire", "documented"} {
		for _, e := range append([]string{""}, editions...) {
			all = append(all, way{e, reading})
		}
	}
	return all
}()

// An outcome is what a rule expects: nothing, or one finding.
type outcome struct {
	code, pointer string
	severity      string // "", "warning", "error"
	strict        string // in the documented reading, where that differs
}

func fine() outcome                       { return outcome{} }
func broken(code, pointer string) outcome { return outcome{code, pointer, "error", ""} }
func odd(code, pointer string) outcome    { return outcome{code, pointer, "warning", ""} }

// groups are the vectors by file.
func groups() map[string][]Vector {
	all := map[string][]Vector{}
	turn := 0
	for _, event := range events {
		for _, c := range cases(event) {
			w := ways[turn%len(ways)]
			turn++
			all[event.name] = append(all[event.name], vector(event, c, w))
		}
	}
	return all
}

func vector(e event, c testCase, w way) Vector {
	v := Vector{
		Description: e.name + ": " + c.description, Edition: w.edition, Reading: w.reading, Body: c.body.String(),
		Verdict: "ok", Fits: editions, Findings: []Finding{},
	}
	if w.edition != "" {
		v.Fits = []string{w.edition}
	}
	want := c.want
	if c.timed {
		switch {
		case w.edition == "":
			v.Fits = timed
		case !slices.Contains(timed, w.edition):
			// The tables of the edition lack event_time, whatever is in it; a finding about its type is not made then.
			if want.code == "" || c.typed {
				want = odd("RC1403", "/event_time")
			} else {
				v.Findings = append(v.Findings, Finding{"RC1403", "/event_time"})
			}
		}
	}
	if want.code != "" {
		v.Findings = append(v.Findings, Finding{want.code, want.pointer})
		v.Verdict = want.severity
		if w.reading == "documented" && want.strict != "" {
			v.Verdict = want.strict
		}
	}
	if v.Verdict == "error" {
		v.Fits = []string{}
	}
	return v
}
