package observe_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/relaycheck/relaycheck/suite/judge"
	"github.com/relaycheck/relaycheck/suite/observe"
)

func appendTo(t *testing.T, path, text string) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString(text); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestFileShowsFactsAndEffects(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	set := openIn(t, dir, `
task:
	file: {path: receiver.log, match: 'task=(?P<id>{{task_id}}) state=(?P<state>\w+)'}
	facts: {exists: len(found) > 0, phase: match.groups.state, exit_message: 'lines[0]', events: match.json.n}
effects:
	lines: {file: {path: receiver.log}}
	sent: {file: {path: receiver.log, match: 'sent "{{stream_id}}"'}}
	json: {file: {path: receiver.log, match: '^\{.*"{{task_id}}"'}, count: 'count(found, .json.kind == "x")'}
`)
	log := filepath.Join(dir, "receiver.log")
	wantFacts(t, set, one, judge.Facts{"exists": false}) // no file yet
	write(t, log, "task=118148 state=started\r\ntask=2 state=ended\nnoise\n")
	wantFacts(t, set, one, judge.Facts{"exists": true, "phase": "started", "exit_message": "task=118148 state=started"})
	appendTo(t, log, "sent \"stream/1\"\nsent \"stream/1\"\n{\"id\":\"118148\",\"kind\":\"x\"}\n{\"id\":\"118148\",\"kind\":\"y\"}\ntask=118148 state=en")
	wantFacts(t, set, one, judge.Facts{"exists": true, "phase": "en", "exit_message": "task=118148 state=started"}) // the last line is seen as far as it is written
	wantEffects(t, set, one, map[string]int{"lines": 4, "sent": 2, "json": 1})
	wantEffects(t, set, observe.Identity{TaskID: "11814", StreamID: "strea[m]/."}, map[string]int{"lines": 4, "sent": 0, "json": 0})
}

func TestAFilePerTask(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	set := openIn(t, dir, `
task:
	file: {path: "tasks/{{task_id}}.json"}
	facts: {exists: json != nil, phase: json.phase, exit_code: json.code, exit_message: text}
effects:
	lines: {file: {path: "tasks/{{stream_id}}"}}
`)
	id := observe.Identity{TaskID: "1", StreamID: "s"}
	wantFacts(t, set, id, judge.Facts{"exists": false})
	write(t, filepath.Join(dir, "tasks", "1.json"), "{\n \"phase\": \"running\"}")
	write(t, filepath.Join(dir, "tasks", "s"), "a\nb\nc")
	wantFacts(t, set, id, judge.Facts{"exists": true, "phase": "running", "exit_message": "{\n \"phase\": \"running\"}"})
	wantEffects(t, set, id, map[string]int{"lines": 3})
	write(t, filepath.Join(dir, "tasks", "1.json"), `{"phase":"ended","code":-22}`)
	wantFacts(t, set, id, judge.Facts{"exists": true, "phase": "ended", "exit_code": number("-22"), "exit_message": `{"phase":"ended","code":-22}`})
	wantError(t, set, observe.Identity{TaskID: "../../etc/passwd", StreamID: "s"}, "cannot be part of a file's name")
	wantError(t, set, observe.Identity{TaskID: "1", StreamID: ".."}, `the id ".." cannot be part`)
}

// A log of the size of a disk is neither read into memory nor read again and again from its beginning.
func TestALargeLogIsReadFromWhereItEndedAtTheStart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	log := filepath.Join(dir, "big.log")
	write(t, log, strings.Repeat("task=118148 of an earlier run"+strings.Repeat(".", 8000)+"\n", 2500))
	set := openIn(t, dir, "effects: {n: {timeout: 1m, file: {path: big.log}}}")
	wantEffects(t, set, one, map[string]int{"n": 0})
	appendTo(t, log, "task=118148\n")
	wantEffects(t, set, one, map[string]int{"n": 1})
	// Rotated: another file under the same name.
	if err := os.Rename(log, log+".1"); err != nil {
		t.Fatal(err)
	}
	write(t, log, "task=118148\ntask=118148\n")
	wantEffects(t, set, one, map[string]int{"n": 2})
}

func TestALargeFileThatIsWrittenAnewInPlaceIsReadFromItsBeginning(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	log := filepath.Join(dir, "big.log")
	write(t, log, strings.Repeat("task=118148"+strings.Repeat(".", 8000)+"\n", 2500))
	set := openIn(t, dir, "effects: {n: {timeout: 1m, file: {path: big.log}}}")
	wantEffects(t, set, one, map[string]int{"n": 0})
	write(t, log, "task=118148\n"+strings.Repeat("task=2"+strings.Repeat("-", 9000)+"\n", 2500))
	wantEffects(t, set, one, map[string]int{"n": 1})
}

func TestLinesWithoutEndAreCut(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, filepath.Join(dir, "a.log"), "118148 "+strings.Repeat("x", 3<<20)+" LATE\nEARLY 118148\n"+strings.Repeat("118148\n", 2000))
	set := openIn(t, dir, `
effects:
	all: {timeout: 1m, file: {path: a.log}}
	late: {timeout: 1m, file: {path: a.log, match: "{{task_id}}.*LATE"}}
	early: {timeout: 1m, file: {path: a.log, match: "EARLY {{task_id}}"}}
	kept: {timeout: 1m, file: {path: a.log}, count: len(lines)}
`)
	wantEffects(t, set, one, map[string]int{"all": 2002, "late": 0, "early": 1, "kept": 1000})
}

func TestAFileThatCannotBeRead(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "log"), 0o700); err != nil {
		t.Fatal(err)
	}
	wantError(t, openIn(t, dir, "effects: {n: {file: {path: log}}}"), one, "log is no regular file")
	write(t, filepath.Join(dir, "file"), "x")
	wantError(t, openIn(t, dir, "effects: {n: {file: {path: file/log}}}"), one, "not a directory")
}
