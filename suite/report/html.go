package report

import (
	"bufio"
	"embed"
	"fmt"
	"html/template"
	"io"
	"strings"
	"sync"
)

//go:embed html/*.tmpl html/*.css html/*.js
var htmlFiles embed.FS

// What report.html may take, in bytes of the file. Some hundred scenarios then stay under 10 MB, which a browser opens at
// once and a CI server keeps. Findings come before exchanges, and what broke before what held.
const (
	maxHTML      = 9 << 20
	maxReproduce = 2 << 20 // of it for the commands that bring findings about again
)

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
	return template.New("report.tmpl").Funcs(drawing).ParseFS(htmlFiles, "html/*.tmpl")
})

// drawing is the arithmetic of the timeline's template.
var drawing = template.FuncMap{
	"plus":  func(a, b int) int { return a + b },
	"minus": func(a, b int) int { return a - b },
	"head": func(from, to, y int) string {
		back := 7
		if from > to {
			back = -7
		}
		return fmt.Sprintf("M%d %dL%d %dL%d %d", to-back, y-4, to, y, to-back, y+4)
	},
	"cross": func(x, y int) string { return fmt.Sprintf("M%d %dl8 8m0 -8l-8 8", x-4, y-4) },
	// bow is a way back to the line of CSS, from the end of one attempt to the next.
	"bow": func(x, y1, y2 int) string {
		return fmt.Sprintf("M%d %dC%d %d %d %d %d %dm-7 -3l7 3l-5 6", x-4, y1, x-30, y1, x-30, y2, x-4, y2)
	},
}

// statics are files of ours that go into the page as they are, but for the blanks at the ends of their lines.
func statics(names ...string) (string, error) {
	var out strings.Builder
	for _, name := range names {
		b, err := htmlFiles.ReadFile("html/" + name)
		if err != nil {
			return "", fmt.Errorf("read the built-in file %s: %w", name, err)
		}
		for line := range strings.Lines(string(b)) {
			out.WriteString(strings.TrimSpace(line) + "\n")
		}
	}
	return out.String(), nil
}
