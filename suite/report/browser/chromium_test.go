package browser

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/inspector"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// patience is how long one page may take for all that a test does with it. It ends what hangs; nothing is measured by it.
const patience = 5 * time.Minute

// missing skips the test with the reason, or fails it where everything must be there.
func missing(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("CI_REQUIRE_SERVICES") == "1" {
		t.Fatalf("%s, and CI_REQUIRE_SERVICES=1 asks for it", what)
	}
	t.Skip(what)
}

// chromium finds the browser.
func chromium() (string, error) {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", errors.New("there is no chromium on the PATH")
}

// browser is the one browser of all tests; each has its own page in it.
var browser struct {
	once sync.Once
	ctx  context.Context
	end  func()
	err  error
}

func startBrowser() {
	path, err := chromium()
	if err != nil {
		browser.err = err
		return
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.Flag("disable-component-update", true), chromedp.Flag("hide-scrollbars", true),
		chromedp.WSURLReadTimeout(patience), // a busy machine takes its time to start a browser
	)
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox)
	}
	allocator, endAllocator := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, endBrowser := chromedp.NewContext(allocator)
	browser.ctx = ctx
	browser.end = func() { endBrowser(); endAllocator() }
	browser.err = chromedp.Run(ctx)
}

// An opened is a report that is open in the browser, and what the browser said meanwhile.
type opened struct {
	t   *testing.T
	ctx context.Context

	close func() // early, where many are opened
	crash context.CancelCauseFunc

	mu       sync.Mutex
	said     []string // errors and warnings on the console, exceptions
	requests []string // everything that was asked for
}

// A setting is how a page is opened.
type setting struct {
	dark     bool
	noScript bool
	width    int64 // 0 is 1280
	hash     string
}

// open opens a file in a page of its own and waits until it is loaded.
func open(t *testing.T, file string, s setting) *opened {
	t.Helper()
	browser.once.Do(startBrowser)
	if browser.err != nil {
		missing(t, "Chromium cannot be started: "+browser.err.Error())
	}
	tab, closeTab := chromedp.NewContext(browser.ctx)
	t.Cleanup(closeTab)
	ctx, cancel := context.WithTimeoutCause(tab, patience, fmt.Errorf("it took longer than %s", patience))
	t.Cleanup(cancel)
	ctx, crash := context.WithCancelCause(ctx)
	t.Cleanup(func() { crash(nil) })
	p := &opened{t: t, ctx: ctx, close: closeTab, crash: crash}
	chromedp.ListenTarget(ctx, p.hear)
	scheme := "light"
	if s.dark {
		scheme = "dark"
	}
	width := s.width
	if width == 0 {
		width = 1280
	}
	p.do(
		network.Enable(), log.Enable(), runtime.Enable(), inspector.Enable(), cdppage.BringToFront(),
		emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}),
		emulation.SetScriptExecutionDisabled(s.noScript),
		chromedp.EmulateViewport(width, 900),
		chromedp.Navigate("file://"+file+s.hash),
		chromedp.WaitReady("footer.end"),
	)
	return p
}

// hear keeps what the browser tells.
func (p *opened) hear(event any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch e := event.(type) {
	case *inspector.EventTargetCrashed: // nothing would ever answer again
		p.crash(errors.New("the page crashed"))
	case *network.EventRequestWillBeSent:
		p.requests = append(p.requests, e.Request.URL)
	case *runtime.EventExceptionThrown:
		p.said = append(p.said, "exception: "+e.ExceptionDetails.Error())
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.APITypeError || e.Type == runtime.APITypeWarning {
			p.said = append(p.said, fmt.Sprintf("console.%s: %v", e.Type, e.Args))
		}
	case *log.EventEntryAdded:
		p.said = append(p.said, fmt.Sprintf("%s: %s", e.Entry.Level, e.Entry.Text))
	}
}

func (p *opened) do(actions ...chromedp.Action) {
	p.t.Helper()
	if err := chromedp.Run(p.ctx, actions...); err != nil {
		p.t.Fatalf("%v (%v)", err, context.Cause(p.ctx))
	}
}

// eval returns what an expression is worth in the page.
func eval[T any](p *opened, expression string) T {
	p.t.Helper()
	var out T
	if err := chromedp.Run(p.ctx, chromedp.Evaluate(expression, &out)); err != nil {
		p.t.Fatalf("%v (%v)\nin %s", err, context.Cause(p.ctx), expression)
	}
	return out
}

// waitFor waits until an expression is true.
func (p *opened) waitFor(expression string) {
	p.t.Helper()
	if err := chromedp.Run(p.ctx, chromedp.Poll("!!("+expression+")", nil, chromedp.WithPollingInterval(20*time.Millisecond))); err != nil {
		p.t.Fatalf("%v (%v)\nwaiting for %s", err, context.Cause(p.ctx), expression)
	}
}

// quiet fails the test if the page said or asked for anything.
func (p *opened) quiet(file string) {
	p.t.Helper()
	// A round trip, so that what the page caused has been told.
	eval[bool](p, "true")
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, s := range p.said {
		p.t.Errorf("the page says: %s", s)
	}
	for _, url := range p.requests {
		if bare, _, _ := strings.Cut(url, "#"); bare != "file://"+file && !strings.HasPrefix(url, "data:") {
			p.t.Errorf("the page asks for %s", url)
		}
	}
}

// axe is the source of axe-core.
func axe(t *testing.T) string {
	t.Helper()
	path := filepath.Join("node_modules", "axe-core", "axe.min.js")
	b, err := os.ReadFile(path)
	if err != nil {
		missing(t, "axe-core is not here (npm ci fetches it): "+err.Error())
	}
	return string(b)
}

// barriers fails the test for everything that axe-core finds in the page as it stands.
func (p *opened) barriers(source string) {
	p.t.Helper()
	type violation struct {
		ID    string `json:"id"`
		Help  string `json:"help"`
		Nodes []struct {
			HTML    string `json:"html"`
			Summary string `json:"failureSummary"`
		} `json:"nodes"`
	}
	var violations []violation
	var raw string
	// The page forbids scripts from elsewhere; the browser's driver may still run one in it.
	p.do(chromedp.Evaluate(source, nil), chromedp.Evaluate(
		`axe.run(document, {resultTypes: ["violations"]}).then(function (r) { return JSON.stringify(r.violations); })`, &raw,
		func(e *runtime.EvaluateParams) *runtime.EvaluateParams { return e.WithAwaitPromise(true) }))
	if err := json.Unmarshal([]byte(raw), &violations); err != nil {
		p.t.Fatal(err)
	}
	for _, v := range violations {
		for i, n := range v.Nodes {
			if i == 3 {
				p.t.Errorf("%s: and %d more", v.ID, len(v.Nodes)-i)
				break
			}
			p.t.Errorf("%s: %s\n%s\n%s", v.ID, v.Help, n.HTML, n.Summary)
		}
	}
}
