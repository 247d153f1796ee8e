package browser

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/relaycheck/relaycheck/suite/report"
)

// shown counts the scenarios that the filter leaves.
const shown = `Array.from(document.querySelectorAll("details.scenario")).filter(d => !d.hidden).length`

func TestItOpensFromAFileWithoutAWordOrARequest(t *testing.T) {
	for name, page := range map[string]func(*testing.T) string{"passing": passed, "failing": failed} {
		t.Run(name, func(t *testing.T) {
			file := page(t)
			p := open(t, file, setting{})
			p.do(chromedp.Evaluate(`document.querySelectorAll("details").forEach(d => d.open = true)`, nil))
			p.quiet(file)
			if n := eval[int](p, shown); n < 80 {
				t.Errorf("%d scenarios", n)
			}
			want := map[string]string{"passing": "PASS", "failing": "FAIL"}[name]
			if got := eval[string](p, `document.querySelector("h1").innerText`); !strings.Contains(got, want) {
				t.Errorf("the title is %q, want %s in it", got, want)
			}
		})
	}
}

// That the check above can fail: a page that asks for something and throws is found out.
func TestRequestsAndErrorsOfAPageAreHeard(t *testing.T) {
	file := filepath.Join(work, "bad.html")
	if err := os.WriteFile(file, []byte(`<!DOCTYPE html><html lang="en"><title>bad</title><img src="missing.png"><footer class="end"></footer><script>console.error("oh"); nothing()</script>`), 0o600); err != nil {
		t.Fatal(err)
	}
	p := open(t, file, setting{})
	p.waitFor(`performance.getEntriesByType("resource").length > 0 || document.readyState === "complete"`)
	eval[bool](p, "true")
	p.mu.Lock()
	defer p.mu.Unlock()
	if said := strings.Join(p.said, "\n"); !strings.Contains(said, "console.error") || !strings.Contains(said, "exception") {
		t.Errorf("heard %q", said)
	}
	if asked := strings.Join(p.requests, "\n"); !strings.Contains(asked, "missing.png") {
		t.Errorf("heard of requests for %q", asked)
	}
}

func TestTheFirstScreenHasTheVerdictTheMatrixAndWhatToFix(t *testing.T) {
	p := open(t, failed(t), setting{})
	for _, what := range []string{"h1", ".legend", ".matrix .cell.v-broken", "#h-fix", ".fix a"} {
		if top := eval[float64](p, fmt.Sprintf(`document.querySelector(%q).getBoundingClientRect().bottom`, what)); top > 900 {
			t.Errorf("%s ends at %.0f, below the first screen", what, top)
		}
	}
}

func TestScenariosAreFilteredByVerdictRequirementAndText(t *testing.T) {
	file := failed(t)
	p := open(t, file, setting{})
	all := eval[int](p, shown)
	broken := eval[int](p, `document.querySelectorAll('details.scenario[data-verdict="broken"]').length`)
	if broken == 0 || broken == all {
		t.Fatalf("%d of %d scenarios broke: nothing to filter", broken, all)
	}

	p.do(chromedp.Click(`#filter input[value="broken"]`))
	if n := eval[int](p, shown); n != broken {
		t.Errorf("%d scenarios are left of the %d that broke", n, broken)
	}
	if said, want := eval[string](p, `document.getElementById("f-count").textContent`), fmt.Sprintf("%d of %d scenarios", broken, all); said != want {
		t.Errorf("it says %q, want %q", said, want)
	}
	p.do(chromedp.Click(`#filter input[value=""]`), chromedp.SetValue("#f-requirement", "ORD-3"),
		chromedp.Evaluate(`document.getElementById("f-requirement").dispatchEvent(new Event("change", {bubbles: true}))`, nil))
	if wrong := eval[int](p, `Array.from(document.querySelectorAll("details.scenario")).filter(d => d.hidden === d.dataset.requirements.split(" ").includes("ORD-3")).length`); wrong != 0 {
		t.Errorf("by requirement, %d scenarios are shown or hidden wrongly", wrong)
	}
	p.do(chromedp.SendKeys("#f-text", "Late-Restart"))
	if n := eval[int](p, shown); n != 1 {
		t.Errorf("by requirement and text, %d scenarios are left", n)
	}
	p.do(chromedp.SendKeys("#f-text", " and nothing says this"))
	if !eval[bool](p, `!document.getElementById("f-none").hidden`) || eval[int](p, shown) != 0 {
		t.Error("it does not say that nothing fits")
	}
	p.do(chromedp.Click("#f-clear"))
	if n := eval[int](p, shown); n != all {
		t.Errorf("after all is cleared %d of %d scenarios are shown", n, all)
	}
	// A text deep inside, in a body that is folded away.
	p.do(chromedp.SendKeys("#f-text", "write packet error."))
	if n := eval[int](p, shown); n == 0 || n == all {
		t.Errorf("by a text in a body, %d of %d scenarios are left", n, all)
	}
	p.quiet(file)
}

func TestScenariosOpenAndCloseTogether(t *testing.T) {
	p := open(t, passed(t), setting{})
	if n := eval[int](p, `document.querySelectorAll("details.scenario[open]").length`); n != 0 {
		t.Errorf("%d scenarios that held stand open", n)
	}
	p.do(chromedp.Click("#f-open"))
	if n := eval[int](p, `document.querySelectorAll("details.scenario:not([open])").length`); n != 0 {
		t.Errorf("%d scenarios stay closed", n)
	}
	p.do(chromedp.Click("#f-close"))
	if n := eval[int](p, `document.querySelectorAll("details.scenario[open]").length`); n != 0 {
		t.Errorf("%d scenarios stay open", n)
	}
}

// reached is whether the element that the address names is one that a reader sees.
const reached = `(() => { const e = document.querySelector(location.hash); const r = e.getBoundingClientRect(); return e.checkVisibility({contentVisibilityAuto: true}) && r.height > 0 && r.top < innerHeight && r.bottom > 0; })()`

func TestAnArrowOpensItsExchange(t *testing.T) {
	for name, s := range map[string]setting{"with its script": {}, "without": {noScript: true}} {
		t.Run(name, func(t *testing.T) {
			file := failed(t)
			p := open(t, file, s)
			arrow := `details.scenario[open] svg a[href*="-x"]`
			to := eval[string](p, fmt.Sprintf(`document.querySelector('%s').getAttribute("href")`, arrow))
			if eval[bool](p, fmt.Sprintf(`document.querySelector(%q).checkVisibility({contentVisibilityAuto: true})`, to)) {
				t.Fatal("the exchange shows before it is opened")
			}
			p.do(chromedp.ScrollIntoView(arrow), chromedp.Click(arrow+" .send text:last-child"))
			p.waitFor(fmt.Sprintf("location.hash === %q", to))
			p.waitFor(reached)
			text := eval[string](p, fmt.Sprintf(`document.querySelector(%q).innerText`, to))
			for _, part := range []string{"POST http://", "Content-Type: application/json", `"callback_event"`, "msg, decoded", "HTTP/1.1 ", "planned", "sent"} {
				if !strings.Contains(text, part) {
					t.Errorf("the exchange does not show %q:\n%s", part, text)
				}
			}
			p.quiet(file)
		})
	}
}

func TestAWrongAnswerIsComparedWithTheExpectedOne(t *testing.T) {
	p := open(t, failed(t), setting{})
	p.do(chromedp.Evaluate(`document.querySelectorAll(".x-bad, .x-bad details").forEach(d => d.open = true)`, nil))
	text := eval[string](p, `document.querySelector(".x-bad .compare").innerText`)
	if !strings.Contains(text, "expected") || !strings.Contains(text, "observed") {
		t.Errorf("got %q", text)
	}
	if n := eval[int](p, `document.querySelectorAll(".compare del, .compare ins").length`); n == 0 {
		t.Error("nowhere is it marked what differs")
	}
}

func TestALinkFromOutsideLeadsIntoAClosedScenario(t *testing.T) {
	file := passed(t)
	p := open(t, file, setting{hash: "#s7-p0-x0"})
	p.waitFor(reached)
	p = open(t, file, setting{hash: "#r20"})
	p.waitFor(reached)
}

func TestTheKeyboardLeadsEverywhere(t *testing.T) {
	p := open(t, failed(t), setting{})
	at := func(want string) {
		t.Helper()
		p.waitFor(fmt.Sprintf("document.activeElement.matches(%q)", want))
	}
	// The browser moves the focus to where a link leads, and the page does so again when it is told of it. Who types before that
	// is faster than people are.
	eval[bool](p, `(addEventListener("hashchange", () => { window.led = true }), true)`)
	p.do(chromedp.KeyEvent(kb.Tab))
	at("a.skip")
	p.do(chromedp.KeyEvent(kb.Enter))
	p.waitFor("window.led")
	at("#scenarios")
	p.do(chromedp.KeyEvent("/"))
	at("#f-text")
	p.do(chromedp.KeyEvent("late-restart"))
	p.waitFor(shown + " === 1")
	p.do(chromedp.KeyEvent(kb.Escape))
	p.waitFor(shown + " > 1")
	p.do(chromedp.KeyEvent(kb.Tab))
	at("#f-requirement")
	p.do(chromedp.KeyEvent(kb.Tab))
	at(`input[name="verdict"]`)
	p.do(chromedp.KeyEvent(kb.ArrowRight), chromedp.KeyEvent(kb.ArrowRight))
	at(`input[value="broken"]`)
	p.waitFor(shown + ` === document.querySelectorAll('details.scenario[data-verdict="broken"]').length`)
	p.do(chromedp.KeyEvent(kb.Tab), chromedp.KeyEvent(kb.Tab), chromedp.KeyEvent(kb.Tab))
	at("details.scenario > summary")
	p.do(chromedp.KeyEvent(kb.Enter))
	p.waitFor("!document.activeElement.parentElement.open")
	p.do(chromedp.KeyEvent(" "))
	p.waitFor("document.activeElement.parentElement.open")
	// On to the first arrow of its sequence; each exchange is passed once.
	for range 30 {
		if eval[bool](p, `document.activeElement.matches("svg a")`) {
			break
		}
		p.do(chromedp.KeyEvent(kb.Tab))
	}
	at(`svg a[href*="-x"]`)
	if outline := eval[string](p, `getComputedStyle(document.activeElement).outlineStyle`); outline == "none" {
		t.Error("an arrow does not show that it has the focus")
	}
	p.do(chromedp.KeyEvent(kb.Enter))
	p.waitFor(`document.activeElement.matches(".exchange[open] > .inside")`)
	p.waitFor(reached)
}

func TestAxeFindsNoBarrier(t *testing.T) {
	source := axe(t)
	for _, tc := range []struct {
		name    string
		run     func() (report.Run, error)
		setting setting
		first   string
	}{
		{"passing, light", passing, setting{}, ""},
		{"passing, dark", passing, setting{dark: true}, ""},
		{"failing, light", failing, setting{}, ""},
		{"failing, dark", failing, setting{dark: true}, ""},
		{"failing, narrow", failing, setting{width: 380}, ""},
		{"all open, light", failing, setting{}, openAll},
		{"all open, dark", failing, setting{dark: true}, openAll},
		{"filtered to nothing", failing, setting{}, `(() => { const f = document.getElementById("f-text"); f.value = "no such text"; f.dispatchEvent(new Event("input")); })()`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			// Scenarios are all built the same, and axe takes its time for each: a dozen of them say as much as a hundred.
			run, err := tc.run()
			run, err = fewer(12, run, err)
			file, _ := rendered(t, fileName(t), run, err)
			p := open(t, file, tc.setting)
			if tc.first != "" {
				p.do(chromedp.Evaluate(tc.first, nil))
			}
			p.barriers(source)
		})
	}
}

const openAll = `document.querySelectorAll("details").forEach(d => d.open = true)`

// openBroken opens all of the scenarios that broke, all requirements and all that is folded in the first screen.
const openBroken = `document.querySelectorAll("details").forEach(d => { if (!d.closest('.scenario:not([data-verdict="broken"])')) d.open = true; })`

// That the check above can fail.
func TestAxeSeesABarrier(t *testing.T) {
	source := axe(t)
	file := filepath.Join(work, "barrier.html")
	if err := os.WriteFile(file, []byte(`<!DOCTYPE html><html lang="en"><title>t</title><main><h1>h</h1><p style="color:#ccc;background:#fff">pale</p></main><footer class="end"></footer>`), 0o600); err != nil {
		t.Fatal(err)
	}
	p := open(t, file, setting{})
	p.do(chromedp.Evaluate(source, nil))
	eval[bool](p, `(window.found = undefined, axe.run(document).then(r => { window.found = r.violations.some(v => v.id === "color-contrast"); }), true)`)
	p.waitFor("window.found !== undefined")
	if !eval[bool](p, "window.found") {
		t.Error("it does not see pale text")
	}
}

func TestEverythingIsThereWithoutItsScript(t *testing.T) {
	file := failed(t)
	with := open(t, file, setting{})
	without := open(t, file, setting{noScript: true})
	const words = `document.querySelector("main").textContent.replace(/\d+ of \d+ scenarios/, "").replace(/\s+/g, " ").length`
	if a, b := eval[int](with, words), eval[int](without, words); a != b {
		t.Errorf("with the script the page has %d characters, without %d", a, b)
	}
	if eval[bool](without, `document.getElementById("filter").checkVisibility()`) {
		t.Error("a filter that does nothing shows")
	}
	if eval[bool](without, `Array.from(document.querySelectorAll("button")).some(b => b.checkVisibility())`) {
		t.Error("a button that does nothing shows")
	}
	without.do(chromedp.Click("details.scenario:not([open]) > summary .id"))
	without.waitFor(`document.querySelectorAll("details.scenario[open]").length > 0`)
	without.do(chromedp.Click(".matrix .cell.v-broken"))
	without.waitFor(reached)
	without.quiet(file)
}

func TestNothingSticksOutOfANarrowWindow(t *testing.T) {
	for _, width := range []int64{320, 380, 768, 1024} {
		p := open(t, failed(t), setting{width: width})
		p.do(chromedp.Evaluate(openBroken, nil))
		if wide := eval[int64](p, "document.documentElement.scrollWidth"); wide > width {
			out := eval[string](p, fmt.Sprintf(`(() => { const out = []; for (const e of document.querySelectorAll("main *, header *")) { if (out.length < 5 && e.getBoundingClientRect().right > %d && !e.closest(".timeline, .hide")) out.push(e.outerHTML.slice(0, 120)); } return out.join("\n"); })()`, width))
			t.Errorf("at %d pixels the page is %d wide:\n%s", width, wide, out)
		}
		p.close()
	}
}

func TestThePrintedPageHasWhatBroke(t *testing.T) {
	p := open(t, failed(t), setting{dark: true})
	pdf := p.print()
	if pages := bytes.Count(pdf, []byte("/Type /Page\n")); !bytes.HasPrefix(pdf, []byte("%PDF-")) || pages < 3 || pages > 60 {
		t.Errorf("%d bytes with %d pages", len(pdf), pages)
	}
	// The same in the window, where it can be asked.
	p.do(emulation.SetEmulatedMedia().WithMedia("print"))
	if eval[bool](p, `document.getElementById("filter").checkVisibility()`) {
		t.Error("the filter is printed")
	}
	hidden := eval[int](p, `Array.from(document.querySelectorAll('.scenario[data-verdict="broken"] .finding, .scenario[data-verdict="broken"] figure svg, #requirements .requirement')).filter(e => !e.checkVisibility({contentVisibilityAuto: true})).length`)
	if hidden != 0 {
		t.Errorf("%d findings and requirements are not printed", hidden)
	}
	if paper := eval[string](p, `getComputedStyle(document.body).backgroundColor`); paper != "rgb(255, 255, 255)" {
		t.Errorf("the paper is %s", paper)
	}
	pdftotext, err := exec.LookPath("pdftotext")
	if err != nil {
		return // the rest reads the PDF itself, which needs a program that not everybody has
	}
	file := filepath.Join(work, "printed.pdf")
	if err := os.WriteFile(file, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	text, err := exec.CommandContext(t.Context(), pdftotext, file, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{"What to fix first", "ORD-3", "late-restart-does-not-revive-the-task", "TaskStart#2", "Sequence", "LOAD-2"} {
		if !bytes.Contains(text, []byte(part)) {
			t.Errorf("%q is not printed", part)
		}
	}
}

// Five hundred scenarios stay small, open and filter. How long that takes is written down, not judged: a machine that is
// busy takes as long as it takes.
func TestFiveHundredScenarios(t *testing.T) {
	run, err := failing()
	run, err = many(500, run, err)
	file, size := rendered(t, "five-hundred", run, err)
	if size > 10_000_000 {
		t.Errorf("the file has %d bytes", size)
	}
	began := time.Now()
	p := open(t, file, setting{})
	opened := time.Since(began)
	if n := eval[int](p, shown); n != 500 {
		t.Fatalf("%d scenarios", n)
	}
	// Each is measured in the page, from the input to the end of the layout that it causes.
	timed := func(what string) float64 {
		return eval[float64](p, `(() => { const t = performance.now(); `+what+`; document.body.getBoundingClientRect(); return performance.now() - t; })()`)
	}
	pick := func(verdict string) string {
		return `(() => { const i = document.querySelector('#filter input[value="` + verdict + `"]'); i.checked = true; i.dispatchEvent(new Event("change", {bubbles: true})); })()`
	}
	write := func(text string) string {
		return `(() => { const i = document.getElementById("f-text"); i.value = "` + text + `"; i.dispatchEvent(new Event("input", {bubbles: true})); })()`
	}
	byVerdict := timed(pick("broken"))
	if n := eval[int](p, shown); n == 0 || n == 500 {
		t.Errorf("%d scenarios are left", n)
	}
	back := timed(pick(""))
	first := timed(write("packet"))
	next := timed(write("packet error"))
	if n := eval[int](p, shown); n == 0 || n == 500 {
		t.Errorf("%d scenarios are left", n)
	}
	eval[float64](p, `(() => { `+write("")+`; return 0; })()`)
	all := timed(`document.getElementById("f-open").click()`)
	t.Logf("500 scenarios: %.1f MB; parsed and ready in %.0f ms (%.0f ms with a new window); filtered by verdict in %.0f ms, back in %.0f ms, by text in %.0f ms the first time and %.0f ms then; all opened in %.0f ms",
		float64(size)/1e6, eval[float64](p, `performance.getEntriesByType("navigation")[0].domContentLoadedEventEnd`),
		float64(opened.Milliseconds()), byVerdict, back, first, next, all)
}
