package report

import (
	"bufio"
	"embed"
	"fmt"
	"html/template"
	"io"
	"sync"
)

//go:embed html/report.tmpl html/timeline.tmpl html/style.css html/script.js
var htmlFiles embed.FS

// maxHTML is what the bodies in report.html may take together, in bytes of the file. Some hundred scenarios then stay
// under 10 MB, which a browser opens at once and a CI server keeps.
const maxHTML = 6 << 20

// HTML writes report.html: one file that asks for nothing else, readable without JavaScript, on paper and by a screen
// reader. It begins with the verdict, the requirements and what to fix first; each scenario follows with its sequence
// and every exchange of it. Where the bodies would take too much room, those of scenarios that held are left out first,
// and the report says so.
func HTML(w io.Writer, r Report, run Run) error {
	page, err := newPage(r, run.cleaned())
	if err != nil {
		return fmt.Errorf("write the HTML report: %w", err)
	}
	t, err := pageTemplate()
	if err != nil {
		return fmt.Errorf("write the HTML report: %w", err)
	}
	b := bufio.NewWriter(w)
	if err := t.Execute(b, page); err != nil {
		return fmt.Errorf("write the HTML report: %w", err)
	}
	if err := b.Flush(); err != nil {
		return fmt.Errorf("write the HTML report: %w", err)
	}
	return nil
}

// pageTemplate parses the page once: that takes longer than filling it.
var pageTemplate = sync.OnceValues(func() (*template.Template, error) {
	return template.New("report.tmpl").Funcs(drawing).ParseFS(htmlFiles, "html/report.tmpl", "html/timeline.tmpl")
})

// drawing is the arithmetic of the timeline's template.
var drawing = template.FuncMap{
	"text":   func(y int) int { return y + 4 },
	"under":  func(y int) int { return y + 15 },
	"above":  func(y int) int { return y - 3 },
	"top":    func(y int) int { return y - 10 },
	"left":   func(x int) int { return x - 56 },
	"height": func(y1, y2 int) int { return y2 - y1 },
	"head": func(from, to, y int) string {
		back := 7
		if from > to {
			back = -7
		}
		return fmt.Sprintf("M%d %dL%d %dL%d %d", to-back, y-4, to, y, to-back, y+4)
	},
	"cross": func(x, y int) string { return fmt.Sprintf("M%d %dl8 8m0 -8l-8 8", x-4, y-4) },
}

// static is a file of ours that goes into the page as it is.
func static(name string) (string, error) {
	b, err := htmlFiles.ReadFile("html/" + name)
	if err != nil {
		return "", fmt.Errorf("read the built-in file %s: %w", name, err)
	}
	return string(b), nil
}
