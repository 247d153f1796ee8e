package target_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"github.com/relaycheck/relaycheck/internal/strict"
	"github.com/relaycheck/relaycheck/suite/target"
)

// complete is a target file with every key that there is.
const complete = `url: https://127.0.0.1:8443/callbacks/relay
signing: {key: Kq8fRz2LmX0aVb7T, required: true}
tls: {ca: ca.pem, cert: cert.pem, key: key.pem, server_name: receiver.test}
headers: {X-Gateway: relaycheck}
answer_within: 10s
observe:
  within: 5s
  task:
    http:
      url: "https://127.0.0.1:8443/tasks/{{task_id}}"
      headers: {Authorization: Bearer token}
      tls: {insecure: true}
    timeout: 2s
    facts: {exists: status == 200, phase: body.state}
  effects:
    rows:
      sql: {driver: postgres, dsn: "postgres://app@127.0.0.1/app?sslmode=disable", query: "select count(*) from t where id = $1", args: ["{{task_id}}"]}
      canary: true
    sent: {redis: {url: "rediss://127.0.0.1:6379", command: [GET, "sent:{{task_id}}"], tls: {insecure: true}}}
    mails: {command: {argv: [count, "{{task_id}}"], env: {LOG_LEVEL: error}, dir: .}}
    lines: {file: {path: receiver.log, match: 'task={{task_id}} '}, count: len(found)}
    calls:
      sink: {listen: "127.0.0.1:0", answer: {status: 200, headers: {X-A: b}, body: "{}", delay: 1s}}
      task_id: body.task_id
hooks:
  ready: {http: "https://127.0.0.1:8443/healthz", timeout: 30s, tls: {insecure: true}}
  restart: {command: [./restart], timeout: 10s, env: {A: b}, dir: .}
`

func completeDir(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	cert, key := selfSigned(t)
	for name, text := range map[string]string{"ca.pem": cert, "cert.pem": cert, "key.pem": key} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// A place is a key of the file, with the way to it.
type place struct {
	path  string
	key   *yaml.Node
	value *yaml.Node
}

func places(n *yaml.Node, path string) []place {
	var out []place
	if n.Kind == yaml.MappingNode {
		for i := 0; i+1 < len(n.Content); i += 2 {
			p := strings.TrimPrefix(path+"."+n.Content[i].Value, ".")
			out = append(append(out, place{p, n.Content[i], n.Content[i+1]}), places(n.Content[i+1], p)...)
		}
	}
	return out
}

// own tells the names that are the author's: of effects, header lines and variables. The names of facts are the language's.
func own(path string) bool {
	parts := strings.Split(path, ".")
	if len(parts) < 2 {
		return false
	}
	return slices.Contains([]string{"headers", "env", "effects"}, parts[len(parts)-2])
}

func changed(src string, n *yaml.Node, from, to string) string {
	lines := strings.SplitAfter(src, "\n")
	l := lines[n.Line-1]
	lines[n.Line-1] = l[:n.Column-1] + to + strings.TrimPrefix(l[n.Column-1:], from)
	return strings.Join(lines, "")
}

func TestEverySlipInATargetFileIsRefused(t *testing.T) {
	t.Parallel()
	dir := completeDir(t)
	parse := func(src string) error { _, err := target.Parse("relaycheck.yaml", []byte(src), dir, nil); return err }
	if err := parse(complete); err != nil {
		t.Fatal(err)
	}
	var doc yaml.Node
	if err := yaml.Load([]byte(complete), &doc); err != nil {
		t.Fatal(err)
	}
	all := places(doc.Content[0], "")
	slips, values := 0, 0
	said := func(what string, err error, line int) string {
		var problems strict.Problems
		if !errors.As(err, &problems) {
			t.Errorf("%s: %v", what, err)
			return ""
		}
		text := ""
		for _, p := range problems {
			if p.Line == line && p.Col > 0 {
				text += p.Error() + "\n"
			}
		}
		if text == "" {
			t.Errorf("%s: nothing is said of line %d: %v", what, line, err)
		}
		return text
	}
	for i, p := range all {
		right := p.key.Value
		if own(p.path) {
			continue
		}
		for k, wrong := range []string{right[:i%len(right)] + right[i%len(right)+1:], right + right[len(right)-1:], right[:len(right)/2] + "x" + right[len(right)/2+1:]} {
			if k == 0 && len(right) == 2 { // one letter is near to nothing
				continue
			}
			slips++
			text := said(p.path+" written "+wrong, parse(changed(complete, p.key, right, wrong)), p.key.Line)
			if text != "" && !strings.Contains(text, "did you mean") && !strings.Contains(text, right) {
				t.Errorf("%s written %s: nothing is suggested: %s", p.path, wrong, text)
			}
		}
	}
	for i, p := range all {
		if p.value.Kind != yaml.ScalarNode || p.value.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0 {
			continue
		}
		for _, wrong := range []string{"{zzz: 1}", "[[zzz]]", "~"} {
			values++
			said(p.path+" as "+wrong, parse(changed(complete, p.value, p.value.Value, wrong)), all[i].value.Line)
		}
	}
	t.Logf("%d slips, %d values", slips, values)
	if slips < 130 || values < 60 {
		t.Errorf("only %d slips and %d values were tried", slips, values)
	}
}

// A target file that is cut off after a line is refused, or is the beginning of the whole: the same URL, and so many of the
// observers and hooks. It cannot know what stood behind.
func TestATargetFileThatIsCutOffIsRefusedOrABeginning(t *testing.T) {
	t.Parallel()
	dir := completeDir(t)
	lines := strings.SplitAfter(complete, "\n")
	refused := 0
	for n := range lines[:len(lines)-1] {
		cut := strings.Join(lines[:n], "")
		got, err := target.Parse("relaycheck.yaml", []byte(cut), dir, nil)
		if err != nil {
			refused++
			continue
		}
		if got.URL != "https://127.0.0.1:8443/callbacks/relay" {
			t.Errorf("cut after line %d the url is %q", n, got.URL)
		}
		if strings.HasSuffix(cut, ":\n") {
			t.Errorf("cut after line %d a key has no value, and it loads:\n%s", n, cut)
		}
	}
	if refused < 5 {
		t.Errorf("only %d cuts are refused", refused)
	}
}
