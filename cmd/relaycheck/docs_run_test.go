package main

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"go.yaml.in/yaml/v4"

	"github.com/relaycheck/relaycheck/suite/target"
)

// pages lists the Markdown files of the repository: at its root, in docs and of the examples.
func pages(t *testing.T) []string {
	t.Helper()
	var all []string
	for _, pattern := range []string{"*.md", "docs/*.md", "examples/*/*.md", "examples/*/*/*.md"} {
		found, err := filepath.Glob(filepath.Join(repoRoot, pattern))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, found...)
	}
	if len(all) < 10 {
		t.Fatalf("only %d pages found", len(all))
	}
	return all
}

var (
	fence    = regexp.MustCompile("(?s)```([a-z]*)\n(.*?)```")
	link     = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	heading  = regexp.MustCompile(`(?m)^#{1,6} +(.+)$`)
	noAnchor = regexp.MustCompile(`[^\p{L}\p{N} _-]`)
)

// TestEveryLinkResolves follows every relative link of every page, anchors included.
func TestEveryLinkResolves(t *testing.T) {
	t.Parallel()
	for _, page := range pages(t) {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range link.FindAllStringSubmatch(fence.ReplaceAllString(string(text), ""), -1) {
			u, err := url.Parse(m[1])
			if err != nil || u.Scheme != "" {
				continue
			}
			file := page
			if u.Path != "" {
				file = filepath.Join(filepath.Dir(page), u.Path)
			}
			if _, err := os.Stat(file); err != nil {
				t.Errorf("%s: the link %s leads nowhere", page, m[1])
				continue
			}
			if u.Fragment != "" && strings.HasSuffix(file, ".md") && !anchors(t, file)[u.Fragment] {
				t.Errorf("%s: the link %s has no such heading", page, m[1])
			}
		}
	}
}

// anchors are the headings of a page as GitHub names them.
func anchors(t *testing.T, file string) map[string]bool {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]bool{}
	for _, m := range heading.FindAllStringSubmatch(fence.ReplaceAllString(string(text), ""), -1) {
		out[strings.ReplaceAll(noAnchor.ReplaceAllString(strings.ToLower(strings.TrimSpace(m[1])), ""), " ", "-")] = true
	}
	return out
}

// aCaptureOfADoc is what the documents call capture.ndjson.
const aCaptureOfADoc = `{"appid":4,"callback_event":"TaskStart","event_type":314,"interface":"general_callback","msg":"{\"task_start_time\":1757491200000}","product_name":"pullpush","source_urls":"[\"http://origin.example.com/a.m3u8\"]\n","stream_id":"testvod","task_id":"118148","to_url":"rtmp://push.example.com/live/testvod"}
{"appid":4,"callback_event":"TaskExit","event_type":314,"interface":"general_callback","msg":"{\"message\":\"\",\"code\":0,\"task_exit_time\":1757491201000}","product_name":"pullpush","source_urls":"[\"http://origin.example.com/a.m3u8\"]\n"}
`

// scenarioFile is the name of a scenario file in a command.
var scenarioFile = regexp.MustCompile(`(?:^|\s)([a-z0-9-]+\.yaml)\b`)

// TestEveryCommandOfTheGuidesRuns runs the lines of every sh block, page by page and in order, at a right receiver. They
// are lines of relaycheck or make; those of make are not run, nor are those with the comment "runs until" or "takes
// minutes". A line ends with 0, or says "exits N" in its comment. A block of YAML with a url is the page's target file
// and must load; one with a timeline is the next scenario file that a command names.
func TestEveryCommandOfTheGuidesRuns(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	commands := 0
	for _, page := range pages(t) {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(filepath.ToSlash(page), "/examples/") {
			continue // their own tests start the servers that they are about
		}
		script, n := scriptOf(t, page, string(text))
		commands += n
		if n == 0 {
			continue
		}
		name := strings.TrimSuffix(filepath.Base(page), ".md") + ".txt"
		if err := os.WriteFile(filepath.Join(dir, name), []byte(script), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if commands < 20 {
		t.Fatalf("only %d commands found", commands)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 dir,
		RequireExplicitExec: true,
		Setup:               setupPage,
		Cmds:                map[string]func(*testscript.TestScript, bool, []string){"exits": exits, "mapped": mapped},
	})
}

// setupPage is setup with quick waits, and a folder of captures.
func setupPage(env *testscript.Env) error {
	if err := setup(env); err != nil {
		return err
	}
	env.Setenv("RELAYCHECK_TIME_SCALE", "20")
	if err := os.MkdirAll(filepath.Join(env.WorkDir, "captures"), 0o755); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(env.WorkDir, "captures", "a.ndjson"), []byte(aCaptureOfADoc), 0o600)
}

// mapped is the script command `mapped FILE`: in the file, the address of the documents becomes that of the receiver.
func mapped(ts *testscript.TestScript, _ bool, args []string) {
	text := ts.ReadFile(args[0])
	text = strings.ReplaceAll(text, "http://127.0.0.1:8080", ts.Getenv("BASE"))
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text), 0o600))
}

// scriptOf makes a script of the blocks of a page.
func scriptOf(t *testing.T, page, text string) (script string, commands int) {
	t.Helper()
	var steps, files strings.Builder
	fmt.Fprintf(&files, "-- capture.ndjson --\n%s", aCaptureOfADoc)
	scenario := ""
	for _, at := range fence.FindAllStringSubmatchIndex(text, -1) {
		kind, block := text[at[2]:at[3]], text[at[4]:at[5]]
		line := 1 + strings.Count(text[:at[0]], "\n")
		switch kind {
		case "yaml":
			if strings.HasPrefix(block, "url:") || strings.Contains(block, "\nurl:") {
				checkTarget(t, fmt.Sprintf("%s:%d", page, line), block)
			}
			if strings.Contains(block, "\ntimeline:") && strings.Contains(block, "title:") {
				scenario = block
			}
		case "sh":
			for i, l := range strings.Split(strings.TrimRight(block, "\n"), "\n") {
				if l = strings.TrimSpace(l); l == "" || strings.HasPrefix(l, "#") || strings.HasPrefix(l, "make ") {
					continue
				}
				if !strings.HasPrefix(l, "relaycheck ") {
					t.Errorf("%s:%d: %q is no command of relaycheck or make; use ```text", page, line+1+i, l)
					continue
				}
				if strings.Contains(l, "# runs until") || strings.Contains(l, "# takes minutes") {
					continue
				}
				if m := scenarioFile.FindStringSubmatch(l); m != nil && scenario != "" && m[1] != "relaycheck.yaml" {
					fmt.Fprintf(&files, "-- %s --\n%s", m[1], scenario)
					scenario = ""
				}
				commands++
				code := 0
				if _, comment, has := strings.Cut(l, "# exits "); has {
					_, _ = fmt.Sscanf(comment, "%d", &code)
				}
				name := fmt.Sprintf("line-%d.sh", line+1+i)
				fmt.Fprintf(&files, "-- %s --\n%s\n", name, l)
				fmt.Fprintf(&steps, "# %s\nmapped %s\nexits %d sh %s\n", strings.ReplaceAll(l, "\n", " "), name, code, name)
			}
		}
	}
	return steps.String() + files.String(), commands
}

// checkTarget loads a target file of the documents.
func checkTarget(t *testing.T, where, block string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "relaycheck.yaml")
	if err := os.WriteFile(file, []byte(block), 0o600); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(block, "certs/") {
		return // files that a page only talks about
	}
	_, err := target.Load(file, func(name string) (string, bool) {
		if name == "DATABASE_URL" {
			return "postgres://receiver@127.0.0.1:5432/receiver?sslmode=disable", true
		}
		return "value-of-" + strings.ToLower(name), true
	})
	if err != nil {
		t.Errorf("%s: the target file does not load:\n%v", where, err)
	}
}

// TestTheFilesForOtherToolsAreYAML parses what continuous integration and packaging read.
func TestTheFilesForOtherToolsAreYAML(t *testing.T) {
	t.Parallel()
	for name, keys := range map[string][]string{
		"action.yml":             {"name", "description", "inputs", "outputs", "runs"},
		".goreleaser.yaml":       {"version", "builds", "archives"},
		".pre-commit-hooks.yaml": nil,
	} {
		text, err := os.ReadFile(filepath.Join(repoRoot, name))
		if err != nil {
			t.Fatal(err)
		}
		var doc any
		if err := yaml.Load(text, &doc); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for _, k := range keys {
			if m, ok := doc.(map[string]any); !ok || m[k] == nil {
				t.Errorf("%s: no key %s", name, k)
			}
		}
		if hooks, isList := doc.([]any); keys == nil {
			if !isList || len(hooks) < 2 {
				t.Errorf("%s: %d hooks", name, len(hooks))
			}
			for _, h := range hooks {
				m, _ := h.(map[string]any)
				entry, _ := m["entry"].(string)
				words := strings.Fields(entry)
				root := newRootCommand(&app{})
				if len(words) != 2 || words[0] != "relaycheck" {
					t.Errorf("%s: entry %q", name, entry)
				} else if c, _, err := root.Find(words[1:]); err != nil || c == root {
					t.Errorf("%s: there is no command %q", name, entry)
				}
				if files, _ := m["files"].(string); regexp.MustCompile(files) == nil || m["id"] == nil || m["language"] != "golang" {
					t.Errorf("%s: %v", name, m)
				}
			}
		}
	}
	page, err := os.ReadFile(filepath.Join(repoRoot, "docs", "ci.md"))
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, m := range fence.FindAllStringSubmatch(string(page), -1) {
		if m[1] != "yaml" && m[1] != "json" {
			continue
		}
		n++
		var doc map[string]any
		if err := yaml.Load([]byte(m[2]), &doc); err != nil || len(doc) == 0 {
			t.Errorf("docs/ci.md: %v in\n%s", err, m[2])
		}
	}
	if n < 4 {
		t.Errorf("docs/ci.md has %d snippets", n)
	}
}
