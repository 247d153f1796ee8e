package main

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"github.com/relaycheck/relaycheck/schema"
)

// execute runs one subcommand and returns its exit code, what it printed and what it complained of.
func execute(t *testing.T, command func(*app) *cobra.Command, in io.Reader, args ...string) (code int, out, complaint string) {
	t.Helper()
	var b bytes.Buffer
	cmd := command(&app{in: in, out: &b, err: io.Discard, env: func(string) (string, bool) { return "", false }})
	cmd.SilenceErrors, cmd.SilenceUsage = true, true
	cmd.SetArgs(args)
	err := cmd.ExecuteContext(t.Context())
	var ee *exitError
	switch {
	case err == nil:
		return exitOK, b.String(), ""
	case errors.As(err, &ee):
		if ee.err != nil {
			complaint = ee.err.Error()
		}
		return ee.code, b.String(), complaint
	default:
		return exitUsage, b.String(), err.Error() // as main has it
	}
}

func TestValidateEndsWithTheExitCodeOfTheWorstDocument(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	sample, _ := schema.Sample(schema.Edition2022_01, schema.TaskStart)
	timed := strings.Replace(string(sample), `"appid"`, `"event_time": "1712893433", "appid"`, 1)
	path := func(name, content string) string {
		name = filepath.Join(dir, name)
		if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return name
	}
	fine := path("fine.json", string(sample))
	unknown := path("unknown.json", strings.Replace(string(sample), `"appid"`, `"nonce": 1, "appid"`, 1))
	broken := path("broken.json", strings.Replace(string(sample), "118148\"", "118148\", \"task_id\": \"1\"", 1))
	cut := path("cut.json", string(sample[:100]))
	number := path("number.json", strings.Replace(timed, `"1712893433"`, `1712893433`, 1))
	sibling := path("sibling.json", `{"event_type":1}`)
	empty := path("empty.json", "")
	early := path("timed.json", timed)
	for _, c := range []struct {
		name string
		args []string
		code int
		out  string // part of what is printed
		err  string // part of the complaint
	}{
		{"a sample is fine", []string{fine}, 0, "1 document: 1 ok", ""},
		{"a warning is allowed", []string{unknown}, 0, "unknown.json:2: warning RC1401 /nonce: ", ""},
		{"an error is not", []string{fine, broken}, 1, "broken.json:10: error RC1008 /task_id: ", ""},
		{"what is no JSON is not", []string{cut}, 1, "1 unreadable", ""},
		{"a sibling is neither", []string{sibling}, 0, "1 sibling", ""},
		{"a sibling is an error where it is asked for", []string{"--only-relay", sibling}, 1, "RC1104", ""},
		{"an empty file is a finding", []string{empty}, 1, "RC1001", ""},
		{"the edition counts", []string{"--edition", "2022-01", early}, 0, "RC1403", ""},
		{"and is found where none is given", []string{early}, 0, "1 ok", ""},
		{"the reading counts", []string{"--reading", "documented", number}, 1, "error RC1405", ""},
		{"the wire reading is the default", []string{number}, 0, "warning RC1405", ""},
		{"all lists what is fine", []string{"--all", fine}, 0, "fine.json:1: ok TaskStart (2021-10, 2022-01, 2024-04, 2025-09)", ""},
		{"a limit of bytes", []string{"--max-bytes", "10", fine}, 1, "RC1002", ""},
		{"no limit of bytes", []string{"--max-bytes", "0", fine}, 0, "1 ok", ""},
		{"a limit of lines", []string{"--max-line", "10", fine}, 1, "RC2001", ""},
		{"JSON", []string{"--format", "json", fine}, 0, `{"documents":[],"summary":{"documents":1,"ok":1,`, ""},
		{"NDJSON", []string{"--format", "ndjson", broken}, 1, `"verdict":"error","kind":"relay","event":"TaskStart","editions":[],"violations":[{"code":"RC1008"`, ""},
		{"findings are cut", []string{"--max-errors", "1", cut, broken}, 1, "… and 1 more", ""},
		{"a path that is not there", []string{fine, filepath.Join(dir, "nowhere")}, 2, "", "nowhere: no such file"},
		{"an edition that is not there", []string{"--edition", "2023-10", fine}, 2, "", "--edition: no edition \"2023-10\": there are 2021-10,"},
		{"a reading that is not there", []string{"--reading", "loose", fine}, 2, "", "--reading: no reading \"loose\""},
		{"a format that is not there", []string{"--format", "xml", fine}, 2, "", "--format: no format \"xml\""},
		{"a negative number", []string{"--max-errors", "-1", fine}, 2, "", "--max-errors: -1 is negative"},
		{"another", []string{"--max-bytes", "-1", fine}, 2, "", "--max-bytes: -1 is negative"},
		{"a limit of nothing", []string{"--max-line", "0", fine}, 2, "", "--max-line: it has to be at least 1"},
		{"a flag that is not there", []string{"--strict", fine}, 2, "", "unknown flag"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			code, out, complaint := execute(t, newValidateCommand, strings.NewReader(""), c.args...)
			if code != c.code || !strings.Contains(out, c.out) || !strings.Contains(complaint, c.err) || c.err == "" && complaint != "" {
				t.Errorf("exit code %d, complaint %q, output\n%s", code, complaint, out)
			}
			if c.code == exitUsage && out != "" {
				t.Errorf("usage is wrong, and still it printed %q", out)
			}
		})
	}
}

// Whoever names or pipes a capture means that there is a callback in it; what is gathered from a folder, an archive or a
// run log may well be nothing. The help says which is which, so it is held against the behaviour here.
func TestValidateTellsAnEmptyBodyFromNoDocument(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	folder := filepath.Join(dir, "folder")
	if err := os.Mkdir(folder, 0o750); err != nil {
		t.Fatal(err)
	}
	file := func(name, text string) string {
		name = filepath.Join(dir, name)
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return name
	}
	file("folder/empty.ndjson", "")
	for _, c := range []struct {
		name, stdin string
		args        []string
		code        int
	}{
		{"a piped input with nothing in it", "", nil, exitBroken},
		{"a piped input of white space", " \n\n", []string{"-"}, exitBroken},
		{"a named file with nothing in it", "", []string{file("empty.json", "")}, exitBroken},
		{"a folder without a document", "", []string{folder}, exitInconclusive},
		{"an archive without a body", "", []string{file("none.har", `{"log":{"entries":[{"request":{"method":"GET"}}]}}`)}, exitInconclusive},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			code, out, complaint := execute(t, newValidateCommand, strings.NewReader(c.stdin), c.args...)
			if finding := strings.Contains(out, "RC1001"); code != c.code || finding != (code == exitBroken) {
				t.Errorf("exit code %d, want %d; complaint %q, output\n%s", code, c.code, complaint, out)
			}
			if none := strings.Contains(complaint, "there was no document"); none != (code == exitInconclusive) {
				t.Errorf("exit code %d with the complaint %q", code, complaint)
			}
		})
	}
	if help := strings.Join(strings.Fields(newValidateCommand(&app{}).Long), " "); !strings.Contains(help, "with nothing in it, which is an empty body (RC1001)") {
		t.Error("the help does not say what an empty input is")
	}
}

func TestValidateReadsTheStandardInputWithoutAPath(t *testing.T) {
	t.Parallel()
	sample, _ := schema.Sample(schema.Edition2025_09, schema.TaskExit)
	for _, args := range [][]string{nil, {"-"}} {
		code, out, complaint := execute(t, newValidateCommand, bytes.NewReader(sample), append(args, "--all")...)
		if code != exitOK || !strings.HasPrefix(out, "-:1: ok TaskExit") {
			t.Errorf("%q: exit code %d, complaint %q, output %s", args, code, complaint, out)
		}
	}
}

func TestSchemaListsAndPrints(t *testing.T) {
	t.Parallel()
	_, out, _ := execute(t, newSchemaCommand, nil, "list")
	if n := strings.Count(out, "\n"); n != 1+len(schema.Files()) {
		t.Errorf("%d lines:\n%s", n, out)
	}
	_, out, _ = execute(t, newSchemaCommand, nil, "list", "--json")
	if !strings.HasPrefix(out, `{"schemas":[{"edition":"2021-10","reading":"documented","name":"envelope","id":"https://`) {
		t.Errorf("got %.100s", out)
	}
	for _, c := range []struct {
		args []string
		id   string
	}{
		{[]string{"print"}, "2025-09/wire/envelope.json"},
		{[]string{"print", "TaskAlarm"}, "2025-09/wire/msg.TaskAlarm.json"},
		{[]string{"print", "msg.TaskExit", "--edition", "2022-01", "--reading", "documented"}, "2022-01/documented/msg.TaskExit.json"},
	} {
		code, out, complaint := execute(t, newSchemaCommand, nil, c.args...)
		if code != exitOK || !strings.Contains(out, c.id) {
			t.Errorf("%q: exit code %d, %s, %.200s", c.args, code, complaint, out)
		}
	}
	for _, args := range [][]string{{"print", "TaskAlarm", "--edition", "2022-01"}, {"print", "x"}, {"print", "--edition", "x"}, {"print", "--reading", "x"}, {"print", "a", "b"}} {
		if code, out, _ := execute(t, newSchemaCommand, nil, args...); code != exitUsage || out != "" {
			t.Errorf("%q: exit code %d, %s", args, code, out)
		}
	}
}
