package browser

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"github.com/relaycheck/relaycheck/suite/report"
)

// TestScreenshots writes pictures of the report into the folder that RELAYCHECK_SCREENSHOTS names, to be looked at by
// people. Where pdftoppm is there, the printed pages are pictures, too.
func TestScreenshots(t *testing.T) {
	folder := os.Getenv("RELAYCHECK_SCREENSHOTS")
	if folder == "" {
		t.Skip("RELAYCHECK_SCREENSHOTS names no folder to write pictures into")
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	run, err := failing()
	huge, err := many(500, run, err)
	hugePage, _ := rendered(t, "huge", huge, err)
	foul, err := playAt("status-201", nil)
	foulPage, _ := rendered(t, "foul", foul, err)
	strange, err := failing()
	strangePage, _ := rendered(t, "strange", strangeNames(strange), err)

	// What is inside of the first scenarios that broke, all of it.
	const inside = `document.querySelectorAll("details.scenario[open]").forEach((d, i) => { d.open = i < 2; d.querySelectorAll("details").forEach(x => x.open = true); })`
	const sequences = `document.querySelectorAll("details.scenario").forEach(d => { d.open = /reset-in|overtakes|gap-of|same-moment|fetched/.test(d.textContent.slice(0, 200)); d.hidden = !d.open; })`
	for _, shot := range []struct {
		name, file string
		setting    setting
		first      string // what is done before
		from       string // the element that the picture begins with; "" is the top
		height     float64
	}{
		{"passing", passed(t), setting{}, "", "", 1500},
		{"failing", failed(t), setting{}, "", "", 3000},
		{"failing-dark", failed(t), setting{dark: true}, "", "", 2400},
		{"failing-narrow", failed(t), setting{width: 380}, "", "", 3600},
		{"requirements", failed(t), setting{hash: "#requirements"}, "", "#requirements", 1400},
		{"exchanges", failed(t), setting{}, inside, "#filter", 3000},
		{"exchanges-dark", failed(t), setting{dark: true, width: 1000}, inside, "#filter", 3000},
		{"sequences", passed(t), setting{}, sequences, "#filter", 4500},
		{"nearly-all-broken", foulPage, setting{}, "", "", 2600},
		{"strange-names", strangePage, setting{}, "", "", 2000},
		{"strange-names-narrow", strangePage, setting{width: 380}, "", "#scenarios", 2500},
		{"five-hundred", hugePage, setting{}, "", "", 1500},
	} {
		p := open(t, shot.file, shot.setting)
		if shot.first != "" {
			p.do(chromedp.Evaluate(shot.first, nil))
		}
		if err := os.WriteFile(filepath.Join(folder, shot.name+".png"), p.picture(shot.from, shot.height), 0o644); err != nil {
			t.Fatal(err)
		}
		p.close()
	}

	pdf := filepath.Join(folder, "printed.pdf")
	if err := os.WriteFile(pdf, open(t, failed(t), setting{}).print(), 0o644); err != nil {
		t.Fatal(err)
	}
	if pdftoppm, err := exec.LookPath("pdftoppm"); err == nil {
		if out, err := exec.CommandContext(t.Context(), pdftoppm, "-png", "-r", "70", pdf, filepath.Join(folder, "printed")).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
	}
}

// picture is the page from an element on, so many pixels high.
func (p *opened) picture(from string, height float64) []byte {
	p.t.Helper()
	top := 0.0
	if from != "" {
		top = eval[float64](p, fmt.Sprintf("document.querySelector(%q).getBoundingClientRect().top + scrollY", from))
	}
	width := eval[float64](p, "innerWidth")
	left := eval[float64](p, "document.documentElement.scrollHeight") - top
	var png []byte
	p.do(chromedp.ActionFunc(func(ctx context.Context) error {
		var err error
		png, err = page.CaptureScreenshot().WithCaptureBeyondViewport(true).
			WithClip(&page.Viewport{Y: top, Width: width, Height: min(height, left), Scale: 1}).Do(ctx)
		return err
	}))
	return png
}

// print returns the page as PDF, as the browser's own print command makes it.
func (p *opened) print() []byte {
	p.t.Helper()
	var pdf []byte
	p.do(chromedp.ActionFunc(func(ctx context.Context) error {
		var err error
		pdf, _, err = page.PrintToPDF().WithPreferCSSPageSize(true).WithPaperWidth(8.27).WithPaperHeight(11.69).Do(ctx)
		return err
	}))
	return pdf
}

// strangeNames gives scenarios ids and titles that are long, Chinese, or look like markup.
func strangeNames(run report.Run) report.Run {
	names := []struct{ id, title string }{
		{"a-scenario-whose-name-was-made-by-a-generator-and-has-no-end-0123456789-0123456789-0123456789-0123456789-0123456789", "A title that goes on and on, as titles do that were written by someone who wanted to be quite sure that nobody misunderstands it"},
		{"直播转推任务-先收到文件事件-再收到任务开始", "文件事件先于任务开始到达：接收端应当先建立任务，再处理随后到达的开始事件，不得丢失任何事件"},
		{"markup", `<b>not bold</b> & "quoted" <script>alert(1)</script>`},
	}
	run.Plays, run.Selected = slices.Clone(run.Plays), slices.Clone(run.Selected)
	for i := range run.Plays {
		if i < len(names) {
			p := &run.Plays[i]
			p.Input.Plan.Scenario.Title = names[i].title
			old := p.Input.Plan.Scenario.ID
			p.Input.Plan.Scenario.ID, p.Result.Scenario = names[i].id, names[i].id
			for k := range run.Selected {
				if run.Selected[k].ID == old {
					run.Selected[k] = p.Input.Plan.Scenario
				}
			}
		}
	}
	return run
}
