package browser

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/relaycheck/relaycheck/suite/judge"
	"github.com/relaycheck/relaycheck/suite/report"
)

// work is the folder of this test run: the program, the run logs and the pages.
var work string

func TestMain(m *testing.M) { os.Exit(runAll(m)) }

func runAll(m *testing.M) int {
	dir, err := os.MkdirTemp("", "relaycheck-browser-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	work = dir
	defer func() {
		if browser.end != nil {
			browser.end()
		}
	}()
	return m.Run()
}

// program builds relaycheck.
var program = sync.OnceValues(func() (string, error) {
	path := filepath.Join(work, "relaycheck")
	build := exec.Command("go", "build", "-o", path, "./cmd/relaycheck")
	build.Dir = filepath.Join("..", "..", "..")
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build relaycheck: %w\n%s", err, out)
	}
	return path, nil
})

// mistakes are seeded bugs of the reference receiver, and scenarios that show them: a wrong answer, a wrong state, a
// wrong count of files, a late answer to bad input, and a warning.
var mistakes = map[string][]string{
	"status-202-files":   {"one-file-from-start-to-finish", "running-throughout-a-gap-of-two-seconds"},
	"late-start-revives": {"late-task-start-does-not-revive-the-task", "late-restart-does-not-revive-the-task"},
	"body-ok":            {"answer-has-the-recommended-body"},
	"merged-by-url":      {"one-url-at-two-places-is-two-files"},
	"malformed-500":      {"malformed-json"},
}

// passing is the run of the whole suite against the reference receiver.
var passing = sync.OnceValues(func() (report.Run, error) {
	relaycheck, err := program()
	if err != nil {
		return report.Run{}, err
	}
	dir := filepath.Join(work, "passing")
	out, err := exec.Command(relaycheck, "demo", "--seed", "42", "--report", "ndjson", "--report-dir", dir).CombinedOutput()
	if err != nil {
		return report.Run{}, fmt.Errorf("relaycheck demo: %w\n%s", err, out)
	}
	return readLog(filepath.Join(dir, "run.ndjson"))
})

// failing is the same run with a few mistakes in the receiver: the scenarios that show them were played at a receiver
// that makes them.
var failing = sync.OnceValues(func() (report.Run, error) { return mistaken(mistakes) })

// mistaken takes the passing run and puts the plays at receivers with mistakes into it.
func mistaken(mistakes map[string][]string) (report.Run, error) {
	run, err := passing()
	if err != nil {
		return run, err
	}
	run.Plays = slices.Clone(run.Plays)
	bugs := make([]string, 0, len(mistakes))
	for bug := range mistakes {
		bugs = append(bugs, bug)
	}
	slices.Sort(bugs)
	runs := make([]report.Run, len(bugs))
	errs := make([]error, len(bugs))
	var all sync.WaitGroup
	for i, bug := range bugs {
		all.Go(func() { runs[i], errs[i] = playAt(bug, mistakes[bug]) })
	}
	all.Wait()
	for i := range runs {
		if errs[i] != nil {
			return run, errs[i]
		}
		for _, p := range runs[i].Plays {
			for k := range run.Plays {
				if run.Plays[k].Input.Plan.Scenario.ID == p.Input.Plan.Scenario.ID && worst(p) > worst(run.Plays[k]) {
					run.Plays[k] = p
				}
			}
		}
		run.Receiver = cmp.Or(run.Receiver, runs[i].Receiver)
	}
	return run, nil
}

// worst ranks a play by its worst verdict.
func worst(p report.Play) int {
	rank := map[judge.Verdict]int{judge.Warned: 1, judge.Broken: 2}
	n := 0
	for _, row := range p.Result.Rows {
		n = max(n, rank[row.Verdict])
	}
	return n
}

// playAt plays scenarios (none: all of them) at a receiver with a mistake.
func playAt(bug string, ids []string) (report.Run, error) {
	relaycheck, err := program()
	if err != nil {
		return report.Run{}, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	receiver := exec.CommandContext(ctx, relaycheck, "receiver", "--bug", bug, "--listen", "127.0.0.1:0")
	out, err := receiver.StdoutPipe()
	if err != nil {
		return report.Run{}, err
	}
	receiver.Stderr = receiver.Stdout
	if err := receiver.Start(); err != nil {
		return report.Run{}, err
	}
	defer func() { cancel(); _ = receiver.Wait() }() // it was killed: what else should it say
	base, err := listensOn(out)
	if err != nil {
		return report.Run{}, fmt.Errorf("receiver with %s: %w", bug, err)
	}
	go func() { _, _ = io.Copy(io.Discard, out) }() // until the receiver has ended

	dir := filepath.Join(work, bug)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return report.Run{}, err
	}
	config := filepath.Join(dir, "relaycheck.yaml")
	target := "url: " + base + "/callbacks/relay\nobserve:\n  within: 500ms\n  task:\n    http: {url: \"" + base + "/tasks/{{task_id}}\"}\n"
	if err := os.WriteFile(config, []byte(target), 0o600); err != nil {
		return report.Run{}, err
	}
	args := append([]string{"run", "-c", config, "--seed", "42", "--report", "ndjson", "--report-dir", dir}, ids...)
	said, err := exec.Command(relaycheck, args...).CombinedOutput()
	if run := (*exec.ExitError)(nil); err != nil && !asExit(err, &run) {
		return report.Run{}, fmt.Errorf("relaycheck run: %w\n%s", err, said)
	}
	run, err := readLog(filepath.Join(dir, "run.ndjson"))
	if err != nil {
		return run, fmt.Errorf("%w\n%s", err, said)
	}
	return run, nil
}

func asExit(err error, to **exec.ExitError) bool {
	e, ok := err.(*exec.ExitError) //nolint:errorlint // it is not wrapped
	*to = e
	return ok && e.ExitCode() == 1
}

// listensOn reads the receiver's own words until they have its address in them.
func listensOn(out io.Reader) (string, error) {
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if _, rest, ok := strings.Cut(lines.Text(), "http://"); ok {
			host, _, _ := strings.Cut(strings.Fields(rest)[0], "/")
			base := "http://" + host
			answer, err := http.Get(base + "/healthz")
			if err != nil {
				return "", err
			}
			return base, answer.Body.Close()
		}
	}
	return "", fmt.Errorf("it ended without saying where it listens: %w", cmp.Or(lines.Err(), io.EOF))
}

func readLog(path string) (report.Run, error) {
	f, err := os.Open(path)
	if err != nil {
		return report.Run{}, err
	}
	defer f.Close()
	return report.ReadLog(f)
}

// rendered writes the page of a run and returns its path and size.
func rendered(t *testing.T, name string, run report.Run, err error) (string, int) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := report.HTML(&b, report.Build(run), run); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(work, name+".html")
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path, b.Len()
}

// passed and failed are the pages of the two runs. Each test writes its own file: tests run side by side.
func passed(t *testing.T) string {
	t.Helper()
	run, err := passing()
	path, _ := rendered(t, "passed-"+fileName(t), run, err)
	return path
}

func failed(t *testing.T) string {
	t.Helper()
	run, err := failing()
	path, _ := rendered(t, "failed-"+fileName(t), run, err)
	return path
}

func fileName(t *testing.T) string {
	return strings.NewReplacer("/", "-", " ", "-", ",", "").Replace(t.Name())
}

// fewer leaves n plays of a run, those that broke first.
func fewer(n int, run report.Run, err error) (report.Run, error) {
	if err != nil {
		return run, err
	}
	run.Plays = slices.Clone(run.Plays)
	slices.SortStableFunc(run.Plays, func(a, b report.Play) int { return worst(b) - worst(a) })
	run.Plays = run.Plays[:min(n, len(run.Plays))]
	run.Selected = nil
	for _, p := range run.Plays {
		run.Selected = append(run.Selected, p.Input.Plan.Scenario)
	}
	return run, nil
}

// many is a run of n scenarios: those of a run again and again, under names of their own.
func many(n int, run report.Run, err error) (report.Run, error) {
	if err != nil {
		return run, err
	}
	plays := run.Plays
	run.Plays, run.Selected = nil, nil
	for i := range n {
		p := plays[i%len(plays)]
		id := p.Input.Plan.Scenario.ID
		if round := i / len(plays); round > 0 {
			id = fmt.Sprintf("%s-%d", id, round+1)
		}
		p.Input.Plan.Scenario.ID, p.Input.Plan.Play, p.Result.Scenario = id, i, id
		rows := slices.Clone(p.Result.Rows)
		for k := range rows {
			rows[k].Scenario = id
		}
		p.Result.Rows = rows
		run.Plays = append(run.Plays, p)
		run.Selected = append(run.Selected, p.Input.Plan.Scenario)
	}
	return run, nil
}
