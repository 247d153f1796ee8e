package judge

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// noticed names, for every check of the judge, a specimen of the corpus whose verdict changes once that check is
// switched off. A check that is not here could be gone without anybody noticing.
func noticed() map[string]string {
	return map[string]string{
		"status":          "a-400-counts-against-what-the-scenario-is-about",
		"status:none":     "an-attempt-that-was-cancelled-says-nothing",
		"status:stated":   "rubbish-must-be-refused-where-the-step-says-so",
		"status:refused":  "rubbish-is-answered-200",
		"refusal":         "rubbish-is-answered-500",
		"refusal:none":    "rubbish-whose-answer-was-not-awaited",
		"time":            "an-answer-after-20-s-breaks-ack-2",
		"time:lag":        "a-late-harness-does-not-judge-time",
		"time:given-up":   "an-answer-that-was-not-awaited-for-20-s-is-not-late",
		"body":            "another-body-is-a-warning",
		"header":          "a-header-must-match",
		"alive":           "the-receiver-dies-of-rubbish",
		"alive:none":      "whether-it-lives-after-rubbish-was-cut-short",
		"fetch":           "a-source-is-fetched",
		"fetch:untold":    "nothing-could-be-fetched",
		"throughout":      "a-phase-is-lost-on-the-way",
		"effect:bound":    "a-double-has-a-second-effect",
		"effect:stated":   "a-stated-count-is-exceeded",
		"effect:unseen":   "an-effect-that-is-not-counted",
		"expr":            "a-check-is-false",
		"expr:unseen":     "a-check-that-nobody-looked-for",
		"expr:too-short":  "a-check-that-was-not-awaited",
		"expr:not-given":  "a-check-fails-without-what-it-rests-on",
		"fact:task":       "a-stated-task-is-not-in-the-plan",
		"fact:unseen":     "the-observer-could-not-look",
		"fact:too-short":  "a-look-that-ended-too-soon",
		"play:aborted":    "a-play-that-was-ended",
		"play:hook":       "a-hook-that-fails-although-nothing-shows-it",
		"play:late":       "a-gap-that-came-out-longer-although-nothing-shows-it",
		"play:pace":       "a-load-that-the-harness-could-not-send",
		"pace":            "a-load-is-refused-though-the-harness-was-late",
		"pace:before":     "a-load-is-refused-before-the-harness-was-late",
		"play:unknown":    "a-delivery-that-no-event-explains",
		"play:unsent":     "a-callback-that-was-never-sent",
		"play:ladder":     "a-retry-before-its-time",
		"spoilt:look":     "a-hook-that-fails",
		"spoilt:answer":   "a-hook-that-fails-leaves-nobody-to-answer",
		"struck":          "a-kill-cuts-off-what-is-under-way",
		"hollow":          "a-callback-that-nobody-acknowledged-proves-nothing",
		"key":             "ruling-without-a-key-a-signature-proves-nothing",
		"hook":            "a-target-without-the-hook",
		"needs":           "a-target-that-shows-nothing",
		"fact:exists":     "a-started-task-is-not-there",
		"fact:phase":      "an-ended-task-is-shown-running",
		"fact:stream_id":  "a-stream-id-is-not-kept",
		"fact:to_url":     "a-push-address-is-not-verbatim",
		"fact:started_at": "a-start-time-is-cut-to-32-bits",
		"fact:exited_at":  "an-exit-time-is-kept-in-seconds",
		"fact:exit_code":  "an-exit-code-loses-its-sign",

		"fact:source_urls":     "source-urls-are-kept-as-raw-text",
		"fact:exit_message":    "an-exit-message-is-trimmed",
		"fact:files":           "a-file-is-lost",
		"fact:files_finished":  "a-finished-file-is-not-counted",
		"fact:alarms":          "an-alarm-is-not-counted",
		"fact:events":          "an-event-is-lost",
		"throughout:too-short": "a-phase-was-not-watched-for-long-enough",
		"effect:too-short":     "a-stated-count-was-not-awaited",
	}
}

func TestEveryCheckIsMissedWhenItIsSwitchedOff(t *testing.T) {
	t.Parallel()
	specimens := map[string]specimen{}
	for _, s := range corpus() {
		specimens[s.name] = s
	}
	for guard, name := range noticed() {
		t.Run(guard, func(t *testing.T) {
			t.Parallel()
			s, ok := specimens[name]
			if !ok {
				t.Fatalf("there is no specimen %s", name)
			}
			off := map[string]bool{guard: true}
			if guard == "fact:exists" {
				off["fact:phase"] = true // what is not there has no phase either, so two checks see it
			}
			if got := summary(judgeWithout(s.input(), testCatalogue(), off)); got == s.want {
				t.Errorf("without the check %s is still judged %s", name, got)
			}
		})
	}
}

// TestEveryGuardIsListed reads the guards from the source: a new check without a specimen fails here.
func TestEveryGuardIsListed(t *testing.T) {
	t.Parallel()
	found := map[string]bool{}
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".go") || strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), e.Name(), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			for _, g := range guardsIn(n) {
				found[g] = true
			}
			return true
		})
	}
	for _, fact := range FactNames() {
		found["fact:"+fact] = true
	}
	got, want := slices.Sorted(maps.Keys(noticed())), slices.Sorted(maps.Keys(found))
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("guards (-in the source +in the table):\n%s", diff)
	}
}

// guardsIn finds the guards that a node of the source names.
func guardsIn(n ast.Node) []string {
	switch n := n.(type) {
	case *ast.KeyValueExpr:
		if key, ok := n.Key.(*ast.Ident); ok && key.Name == "guard" {
			return literal(n.Value)
		}
	case *ast.AssignStmt:
		for i, left := range n.Lhs {
			if sel, ok := left.(*ast.SelectorExpr); ok && sel.Sel.Name == "guard" && i < len(n.Rhs) {
				return literal(n.Rhs[i])
			}
		}
	case *ast.IndexExpr:
		if sel, ok := n.X.(*ast.SelectorExpr); ok && sel.Sel.Name == "off" {
			return literal(n.Index)
		}
	case *ast.CallExpr:
		if sel, ok := n.Fun.(*ast.SelectorExpr); ok && sel.Sel.Name == "cannotPlay" {
			return literal(n.Args[0])
		}
	}
	return nil
}

func literal(e ast.Expr) []string {
	lit, ok := e.(*ast.BasicLit)
	if !ok {
		return nil
	}
	s, err := strconv.Unquote(lit.Value)
	if err != nil {
		return nil
	}
	return []string{s}
}
