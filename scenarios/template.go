package scenarios

import (
	"regexp"
	"slices"
	"strings"

	"github.com/relaycheck/relaycheck/internal/strict"
)

// placeholder is {{name}} or {{KEY.name}}. Anything else between double braces, {{7*7}} for one, is plain text.
var placeholder = regexp.MustCompile(`\{\{ *((?:[A-Za-z][A-Za-z0-9_-]*\.)?[A-Za-z][A-Za-z0-9_]*) *\}\}`)

// What can be filled in where: a task's own fields know the ids, a body template more.
var (
	taskPlaceholders = []string{"task_id", "stream_id", "appid"}
	bodyPlaceholders = []string{"task_id", "stream_id", "to_url", "callback_url", "source_url", "appid", "now_ms", "now_s"}
)

// placeholdersIn lists the placeholders of a text.
func placeholdersIn(text string) []string {
	var names []string
	for _, m := range placeholder.FindAllStringSubmatch(text, -1) {
		names = append(names, m[1])
	}
	return names
}

// placeholders refuses what cannot be filled in. A bare name stands for the text's own task, if it has one.
func (c *checker) placeholders(text strict.At[string], known []string, hasTask bool) {
	for _, name := range placeholdersIn(text.Value) {
		key, bare, dotted := strings.Cut(name, ".")
		if !dotted {
			bare = key
		}
		switch {
		case dotted && c.taskIndex(key) < 0:
			c.f.Errorf(text.Pos, "unknown-task", "there is no task %q to fill in {{%s}}", key, name).Hint(strict.Suggest(key, c.taskKeys()))
		case !slices.Contains(known, bare):
			c.f.Errorf(text.Pos, "unknown-placeholder", "nothing is known to fill in {{%s}}", name).Hint(strict.Suggest(bare, known))
		case !dotted && !hasTask && !strings.HasPrefix(bare, "now_"):
			c.f.Errorf(text.Pos, "unknown-task", "{{%s}} of which task?", name).Hint("write {{" + c.taskKeys()[0] + "." + name + "}}, or say `task:`")
		}
	}
}

// streamCycles refuses stream_ids that are made of each other.
func (c *checker) streamCycles() {
	tasks := c.s.timeline.tasks
	state := make([]int, len(tasks)) // 1: being followed, 2: done
	var follow func(i int) bool
	follow = func(i int) bool {
		if state[i] != 0 {
			return state[i] == 2
		}
		state[i] = 1
		defer func() { state[i] = 2 }()
		text := deref(tasks[i].doc.StreamID).Value
		for _, name := range placeholdersIn(text) {
			next := i
			key, bare, dotted := strings.Cut(name, ".")
			if dotted {
				next = c.taskIndex(key)
			} else {
				bare = key
			}
			if bare == "stream_id" && next >= 0 && !follow(next) {
				return false
			}
		}
		return true
	}
	for i, t := range tasks {
		if state[i] == 0 && !follow(i) {
			c.f.Errorf(t.doc.StreamID.Pos, "cycle", "the stream_id of %s is made of itself", t.key)
		}
	}
}

// fill replaces the placeholders of a text. What cannot be filled in stays.
func fill(text string, value func(key, name string) (string, bool)) string {
	return placeholder.ReplaceAllStringFunc(text, func(m string) string {
		name := placeholder.FindStringSubmatch(m)[1]
		key, bare, dotted := strings.Cut(name, ".")
		if !dotted {
			key, bare = "", name
		}
		if v, ok := value(key, bare); ok {
			return v
		}
		return m
	})
}
