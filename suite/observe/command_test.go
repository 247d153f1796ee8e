//go:build unix

package observe_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/relaycheck/relaycheck/suite/judge"
	"github.com/relaycheck/relaycheck/suite/observe"
)

func script(t *testing.T, dir, name, text string) {
	t.Helper()
	write(t, filepath.Join(dir, name), "#!/bin/sh\n"+text)
	if err := os.Chmod(filepath.Join(dir, name), 0o700); err != nil {
		t.Fatal(err)
	}
}

func TestCommandShowsFactsAndEffects(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	script(t, dir, "show-task", `
[ "$1" = 118148 ] || { echo "no task $1" >&2; exit 4; }
[ "$RELAYCHECK_TASK_ID/$RELAYCHECK_STREAM_ID/$LEVEL" = "118148/stream/1/high" ] || exit 5
printf '{"state":"RUN","code":9007199254740993}\n'`)
	script(t, dir, "count", `[ "$2" = 118148 ] && echo 3 || echo 0`)
	set := openIn(t, dir, `
task:
	command: {argv: [./show-task, "{{task_id}}"], env: {LEVEL: high}}
	facts: {exists: exit == 0, phase: 'json.state == "RUN" ? "running" : "ended"', exit_code: json?.code, exit_message: 'lines[0]'}
effects:
	sent: {command: [./count, of, "{{task_id}}"]}
	lines: {command: {argv: [sh, -c, 'printf "$RELAYCHECK_TASK_ID\n\nb\n"; echo {{task_id}} >&2; exit 7']}, count: len(lines) + exit}
`)
	wantFacts(t, set, one, judge.Facts{"exists": true, "phase": "running", "exit_code": number("9007199254740993"), "exit_message": `{"state":"RUN","code":9007199254740993}`})
	wantFacts(t, set, observe.Identity{TaskID: "2"}, judge.Facts{"exists": false})
	wantEffects(t, set, one, map[string]int{"sent": 3, "lines": 10})
}

func TestIdsReachNoShell(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	hostile := observe.Identity{TaskID: "1; touch owned", StreamID: "$(touch owned) `touch owned` '"}
	script(t, dir, "echo", `printf '%s' "$1$2"`)
	plain := openIn(t, dir, `task: {command: [./echo, "{{task_id}}", "{{stream_id}}"], facts: {stream_id: stdout}}`)
	wantFacts(t, plain, hostile, judge.Facts{"stream_id": hostile.TaskID + hostile.StreamID})

	pasted := openIn(t, dir, `task: {command: [sh, -ec, "printf '%s' {{stream_id}}"], facts: {stream_id: stdout}}`)
	wantFacts(t, pasted, one, judge.Facts{"stream_id": "stream/1"})
	wantError(t, pasted, hostile, "may not be put into a shell script", `"$RELAYCHECK_STREAM_ID"`)

	named := openIn(t, dir, `task: {command: [sh, -c, 'printf %s "$RELAYCHECK_STREAM_ID"'], facts: {stream_id: stdout}}`)
	wantFacts(t, named, hostile, judge.Facts{"stream_id": hostile.StreamID})
	if _, err := os.Stat(filepath.Join(dir, "owned")); !os.IsNotExist(err) {
		t.Error("a shell read an id")
	}
}

func TestACommandInTrouble(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, argv, limit, want string }{
		{"that is not there", `[no-such-program-here]`, "1m", "start no-such-program-here: executable file not found"},
		{"that hangs", `[sh, -c, "echo wait >&2; sleep 600 & sleep 600"]`, "300ms", "no whole answer within 300ms"},
		{"that prints without end", `[yes]`, "1m", "yes printed more than 1048576 bytes"},
		{"that fails", `[sh, -c, "echo 3; echo broken >&2; exit 2"]`, "1m", "sh: exit code 2: broken"},
		{"that prints words", `[echo, many]`, "1m", `a count is a whole number from 0 up, not "many"; print a number`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			wantError(t, open(t, "effects: {n: {timeout: "+tt.limit+", command: "+tt.argv+"}}"), one, tt.want)
		})
	}
}
