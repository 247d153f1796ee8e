package report

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/relaycheck/relaycheck/emitter"
	"github.com/relaycheck/relaycheck/scenarios"
	"github.com/relaycheck/relaycheck/suite/judge"
)

// An element of a page, as a parser sees it.
type element struct {
	name  string
	attrs map[string]string
}

var ourOwn = regexp.MustCompile(`(?s)<(style|script)>.*?</(style|script)>`)

// parsed reads a page strictly: the template closes every element, so that a text which opens one of its own shows.
func parsed(t rapid.TB, page []byte) []element {
	t.Helper()
	dec := xml.NewDecoder(bytes.NewReader(ourOwn.ReplaceAll(page, []byte("<$1></$1>"))))
	var out []element
	for {
		tok, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatalf("the page is not well-formed: %v", err)
		}
		if s, ok := tok.(xml.StartElement); ok {
			e := element{name: s.Name.Local, attrs: map[string]string{}}
			for _, a := range s.Attr {
				e.attrs[a.Name.Local] = a.Value
			}
			out = append(out, e)
		}
	}
}

func pageOf(t rapid.TB, run Run) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := HTML(&b, Build(run), run); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestThePageAsksForNothing(t *testing.T) {
	t.Parallel()
	page := pageOf(t, fixture())
	for _, e := range parsed(t, page) {
		for _, name := range []string{"src", "srcset", "action", "data", "poster", "background", "formaction"} {
			if v, ok := e.attrs[name]; ok {
				t.Errorf("<%s> has %s=%q", e.name, name, v)
			}
		}
		if v, ok := e.attrs["href"]; ok && !strings.HasPrefix(v, "#") && v != "data:," {
			t.Errorf("<%s> points to %q", e.name, v)
		}
		for _, name := range []string{"iframe", "img", "object", "embed", "base"} {
			if e.name == name {
				t.Errorf("there is a <%s>", name)
			}
		}
	}
	for _, own := range ourOwn.FindAll(page, -1) {
		for _, word := range []string{"url(", "@import", "fetch(", "XMLHttpRequest", "http:", "https:", "//cdn"} {
			if bytes.Contains(own, []byte(word)) {
				t.Errorf("style or script says %q", word)
			}
		}
	}
	if !bytes.Contains(page, []byte(`content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:"`)) {
		t.Error("the page does not forbid requests")
	}
}

func TestEveryLinkLeadsSomewhereAndNoPlaceIsThereTwice(t *testing.T) {
	t.Parallel()
	ids := map[string]int{}
	elements := parsed(t, pageOf(t, fixture()))
	for _, e := range elements {
		if id, ok := e.attrs["id"]; ok {
			ids[id]++
		}
	}
	links := 0
	for _, e := range elements {
		if to, ok := strings.CutPrefix(e.attrs["href"], "#"); ok {
			links++
			if ids[to] != 1 {
				t.Errorf("a link leads to %q, which is there %d times", to, ids[to])
			}
		}
	}
	for id, n := range ids {
		if n != 1 {
			t.Errorf("the id %s is there %d times", id, n)
		}
	}
	if links < 30 {
		t.Errorf("%d links only", links)
	}
}

func TestTheFirstScreenHasTheVerdictTheMatrixAndWhatToFix(t *testing.T) {
	t.Parallel()
	page := string(pageOf(t, fixture()))
	before, _, ok := strings.Cut(page, `id="requirements"`)
	if !ok {
		t.Fatal("there is no list of every requirement")
	}
	for _, text := range []string{
		">FAIL<", "The receiver breaks 3 requirements.", "5 scenarios, 12 requirements: 3 held, 3 broken",
		"TaskStart was answered with status 500 where 200 is expected", "ORD-1", "RET-1", "Remember what you have seen.", "it has scenarios, but none of them ran", "ack-status",
	} {
		if !strings.Contains(before, text) {
			t.Errorf("it does not say %q", text)
		}
	}
	order := []int{strings.Index(page, "<h1>"), strings.Index(page, `id="h-matrix"`), strings.Index(page, `id="h-fix"`), strings.Index(page, `id="h-warned"`), strings.Index(page, `id="h-open"`), strings.Index(page, `id="h-about"`), strings.Index(page, `id="requirements"`), strings.Index(page, `id="scenarios"`)}
	if !slices.IsSorted(order) || order[0] < 0 {
		t.Errorf("the parts come at %v", order)
	}
}

func TestThePageCanBeReadWithoutItsScript(t *testing.T) {
	t.Parallel()
	page := string(ourOwn.ReplaceAll(pageOf(t, fixture()), nil))
	for _, text := range []string{
		"write packet error.", "msg, decoded", "source_urls, decoded", "oops \\x1b[31m\\x00\\xff&lt;b&gt;", "curl -sS -i", "no answer within 20s",
		"我们自己的检查", "the target shows no fact events", "expected", "The body is the same as that of",
	} {
		if !strings.Contains(page, text) {
			t.Errorf("without its script the page does not say %q", text)
		}
	}
	// What only works with the script shows only with it.
	for _, e := range parsed(t, pageOf(t, fixture())) {
		if _, hidden := e.attrs["hidden"]; (e.name == "form" || e.attrs["class"] == "copy") && !hidden {
			t.Errorf("<%s %v> shows without the script", e.name, e.attrs)
		}
	}
}

func TestBrokenScenariosStandOpen(t *testing.T) {
	t.Parallel()
	n := 0
	for _, e := range parsed(t, pageOf(t, fixture())) {
		if e.name != "details" || !strings.HasPrefix(e.attrs["class"], "scenario") {
			continue
		}
		n++
		if _, open := e.attrs["open"]; open != (e.attrs["data-verdict"] == "broken") {
			t.Errorf("a scenario that is %s is open: %v", e.attrs["data-verdict"], open)
		}
	}
	if n != 5 {
		t.Errorf("%d scenarios", n)
	}
}

func TestWhatTheReceiverPrintedIsFoldedAway(t *testing.T) {
	t.Parallel()
	page := string(pageOf(t, fixture()))
	_, after, ok := strings.Cut(page, "<summary>The receiver printed 100000 bytes in 2 starts")
	if !ok {
		t.Fatal("it does not say what the receiver printed")
	}
	printed, _, _ := strings.Cut(after, "</details>")
	for _, text := range []string{"listening on :8080", "\\x1b[31mpanic", "&lt;/details&gt;", "are left out"} {
		if !strings.Contains(printed, text) {
			t.Errorf("%q is not in %q", text, printed)
		}
	}
	run := fixture()
	run.Receiver = nil
	if strings.Contains(string(pageOf(t, run)), "printed") {
		t.Error("a receiver that the run did not start is said to have printed something")
	}
}

func TestManyBrokenRequirementsAreFoldedAfterTheFirst(t *testing.T) {
	t.Parallel()
	run := Run{Catalogue: &scenarios.Catalogue{}}
	var rows []judge.Row
	var ids []string
	for i := range maxFix + 3 {
		id := fmt.Sprintf("ENV-%d", i+1)
		ids = append(ids, id)
		run.Catalogue.Requirements = append(run.Catalogue.Requirements, scenarios.Requirement{ID: id, Level: scenarios.Must, Sentence: "Does it."})
		rows = append(rows, row(id, "all", scenarios.Must, judge.Broken, judge.Check{Kind: "expr", Subject: "false", Outcome: judge.Fail}))
	}
	sc := ref("all", ids...)
	run.Selected, run.Plays = []scenarios.Ref{sc}, []Play{play(0, sc, nil, rows...)}
	page := string(pageOf(t, run))
	before, after, ok := strings.Cut(page, "<summary>3 more broken requirements</summary>")
	if !ok || strings.Count(before, `<li class="fix v-broken">`) != maxFix || strings.Count(after, `<li class="fix v-broken">`) != 3 {
		t.Error("they are not folded")
	}
}

func TestARunWithoutPlaysHasAPage(t *testing.T) {
	t.Parallel()
	for _, run := range []Run{{}, {Problem: "the target refuses connections"}, {Catalogue: fixtureCatalogue(), Selected: fixture().Selected}} {
		page := pageOf(t, run)
		parsed(t, page)
		if bytes.Contains(page, []byte("PASS")) {
			t.Error("it says PASS")
		}
	}
}

func TestWildTextsOpenNoElement(t *testing.T) {
	t.Parallel()
	known := map[string]bool{} // the elements that the templates write
	for _, name := range []string{"report", "scenario", "timeline", "icons"} {
		source, err := htmlFiles.ReadFile("html/" + name + ".tmpl")
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`<([a-z0-9]+)`).FindAllSubmatch(source, -1) {
			known[string(m[1])] = true
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		run := wild(t)
		for _, e := range parsed(t, pageOf(t, run)) {
			if !known[e.name] {
				t.Fatalf("there is a <%s>", e.name)
			}
			for name, v := range e.attrs {
				if strings.HasPrefix(strings.ToLower(name), "on") || strings.Contains(strings.ToLower(v), "javascript:") && name == "href" {
					t.Fatalf("<%s %s=%q>", e.name, name, v)
				}
			}
		}
	})
}

// manyScenarios is a run of n scenarios with eight exchanges each, of which every 50th broke.
func manyScenarios(n int) Run {
	run := Run{Catalogue: fixtureCatalogue(), Target: Target{URL: target, Capabilities: capabilities()}, Seed: 1}
	for i := range n {
		sc := ref(fmt.Sprintf("scenario-%03d", i), "ACK-1")
		var sends []sent
		for k, event := range []string{"TaskStart", "VodSourceFileStart", "VodSourceFileFinish", "VodSourceFileStart#2", "VodSourceFileFinish#2", "TaskExit", "TaskStart#2", "TaskExit#2"} {
			msg := fmt.Sprintf(`{"url":"http://origin.relaycheck.invalid/%d/file-%d.m3u8?a=b&c=d","index":%d,"duration":14920,"task_exit_time":%d}`, i, k, k, i)
			sends = append(sends, sent{event: event, body: body(event, msg), at: 100 * k, answers: []*emitter.Answer{ok()}})
		}
		r := row("ACK-1", sc.ID, scenarios.Must, judge.Held, pass("status", "TaskStart"))
		if i%50 == 0 {
			r = row("ACK-1", sc.ID, scenarios.Must, judge.Broken, judge.Check{Kind: "fact", Subject: "task.phase", Step: judge.Final, Outcome: judge.Fail, Expected: `"ended"`, Actual: `"running"`})
		}
		run.Selected = append(run.Selected, sc)
		run.Plays = append(run.Plays, play(i, sc, sends, r))
	}
	return run
}

func TestFiveHundredScenariosStayUnderTenMegabytes(t *testing.T) {
	t.Parallel()
	if page := pageOf(t, manyScenarios(500)); len(page) > 10_000_000 || len(page) < 2_000_000 {
		t.Errorf("the page has %d bytes", len(page))
	}
}

func TestWhatDoesNotFitIsLeftOutAndSaidSo(t *testing.T) {
	t.Parallel()
	page := pageOf(t, manyScenarios(1200))
	if len(page) > 10_000_000 {
		t.Errorf("the page has %d bytes", len(page))
	}
	if !bytes.Contains(page, []byte("scenarios were left out, to keep this file small")) {
		t.Error("it does not say that something was left out")
	}
	// The room goes to those that broke first, wherever they stand.
	for _, id := range []string{"scenario-000", "scenario-1150"} {
		_, after, _ := bytes.Cut(page, []byte(`<b class="id">`+id+"</b>"))
		scenario, _, _ := bytes.Cut(after, []byte(`<b class="id">`))
		if !bytes.Contains(scenario, []byte("<figure")) || !bytes.Contains(scenario, []byte("msg, decoded")) {
			t.Errorf("%s broke, and its exchanges are left out", id)
		}
	}
}

func TestFiveHundredBrokenScenariosStayUnderTenMegabytes(t *testing.T) {
	t.Parallel()
	run := manyScenarios(500)
	wrong := strings.Repeat(`{"index": 1, "url": "http://origin.relaycheck.invalid/x"}, `, 20)
	for i := range run.Plays {
		p := &run.Plays[i]
		var checks []judge.Check
		for k := range 45 {
			checks = append(checks, judge.Check{Kind: "fact", Subject: fmt.Sprintf("task.f%d", k), Step: judge.Final, Outcome: judge.Fail, Expected: wrong, Actual: strings.ReplaceAll(wrong, "1", "2")})
		}
		p.Result.Rows = []judge.Row{row("ACK-1", p.Input.Plan.Scenario.ID, scenarios.Must, judge.Broken, checks[:1+44*(i%25/24)]...)}
	}
	page := pageOf(t, run)
	if len(page) > 10_000_000 {
		t.Errorf("the page has %d bytes", len(page))
	}
	for _, text := range []string{"5 more findings are in report.json", "The commands that bring it about again are left out"} {
		if !bytes.Contains(page, []byte(text)) {
			t.Errorf("it does not say %q", text)
		}
	}
}

// The estimate that decides what is left out is near the truth, and not below it.
func TestTheRoomThatAPlayTakesIsKnown(t *testing.T) {
	t.Parallel()
	few, many := manyScenarios(100), manyScenarios(200)
	estimated := 0
	for i, p := range many.Plays[100:] {
		estimated += playOf(p, fmt.Sprint("s", 100+i, "-p0"), target).size()
	}
	real := len(pageOf(t, many)) - len(pageOf(t, few))
	if share := float64(estimated) / float64(real); share < 0.85 || share > 1.3 {
		t.Errorf("estimated %d bytes, took %d", estimated, real)
	}
}

func TestThousandsOfDeliveriesAreNotAllDrawn(t *testing.T) {
	t.Parallel()
	sc := ref("burst", "ACK-1")
	var sends []sent
	for i := range 2000 {
		sends = append(sends, sent{event: fmt.Sprintf("TaskStart#%d", i), body: body("TaskStart", fmt.Sprint(i)), at: i, answers: []*emitter.Answer{ok()}})
	}
	run := Run{Plays: []Play{play(0, sc, sends, row("ACK-1", sc.ID, scenarios.Must, judge.Held, pass("status", "x")))}}
	page := pageOf(t, run)
	if len(page) > 1_000_000 {
		t.Errorf("%d bytes", len(page))
	}
	for _, text := range []string{"1940 more exchanges are in the run log", "3880 more arrows are not drawn"} {
		if !bytes.Contains(page, []byte(text)) {
			t.Errorf("it does not say %q", text)
		}
	}
}
