package target

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/relaycheck/relaycheck/internal/strict"
)

// The placeholders.
const (
	taskID   = "task_id"
	streamID = "stream_id"
)

// A Template is text with {{task_id}} and {{stream_id}} in it.
type Template struct {
	parts []part
}

// A part is text, or the name of a placeholder.
type part struct {
	text, name string
}

// ParseTemplate reads text with placeholders. One that is not known is an error.
func ParseTemplate(text string) (Template, error) {
	var t Template
	for {
		before, after, found := strings.Cut(text, "{{")
		if !found {
			t.parts = append(t.parts, part{text: text})
			return t, nil
		}
		inner, rest, closed := strings.Cut(after, "}}")
		if !closed {
			return t, fmt.Errorf("{{ without its }}")
		}
		name := strings.TrimSpace(inner)
		if name != taskID && name != streamID {
			msg := fmt.Sprintf("there is no placeholder {{%s}}", name)
			if near := strict.Nearest(name, []string{taskID, streamID}); near != "" {
				return t, fmt.Errorf("%s: did you mean {{%s}}?", msg, near)
			}
			return t, fmt.Errorf("%s: there are {{task_id}} and {{stream_id}}", msg)
		}
		t.parts = append(t.parts, part{text: before}, part{name: name})
		text = rest
	}
}

// Keyed reports whether the template has a placeholder: whether what it names differs from task to task.
func (t Template) Keyed() bool {
	for _, p := range t.parts {
		if p.name != "" {
			return true
		}
	}
	return false
}

// Fill puts the ids in. Escape is applied to each of them; nil leaves them as they are.
func (t Template) Fill(task, stream string, escape func(string) string) string {
	var b strings.Builder
	for _, p := range t.parts {
		id := task
		switch p.name {
		case "":
			b.WriteString(p.text)
			continue
		case streamID:
			id = stream
		}
		if escape != nil {
			id = escape(id)
		}
		b.WriteString(id)
	}
	return b.String()
}

// FillURL puts the ids into a URL: escaped as a segment of the path or, after the question mark, as a value of the
// query.
func (t Template) FillURL(task, stream string) string {
	var b strings.Builder
	for _, p := range t.parts {
		id := task
		switch p.name {
		case "":
			b.WriteString(p.text)
			continue
		case streamID:
			id = stream
		}
		switch {
		case strings.Contains(b.String(), "?"):
			id = url.QueryEscape(id)
		case id == "." || id == "..": // would climb
			id = strings.ReplaceAll(id, ".", "%2E")
		default:
			id = url.PathEscape(id)
		}
		b.WriteString(id)
	}
	return b.String()
}

// String gives the template as it is written.
func (t Template) String() string {
	return t.Fill("{{task_id}}", "{{stream_id}}", nil)
}
