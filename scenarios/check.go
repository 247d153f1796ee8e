package scenarios

import (
	"regexp"
	"slices"
	"strings"

	"github.com/relaycheck/relaycheck/internal/strict"
)

// A checker finds what the YAML types cannot say: references to what is not there, contradictions, scenarios that
// assert nothing. On the way it resolves every name.
type checker struct {
	f         *strict.File
	s         *Scenario
	doc       *document
	catalogue *Catalogue

	used map[int]bool // events that a rule refers to by their `as`
	plan Plan         // of a trial
}

func (c *checker) check() {
	c.used = map[int]bool{}
	c.head()
	c.tasks()
	c.steps()
	c.rules()
	c.expectations()
	c.load()
	if c.f.Failed() {
		return
	}
	c.asserts()
	c.trial()
	if !c.f.Failed() {
		c.lint()
	}
}

// head checks title, requires and labels.
func (c *checker) head() {
	if c.doc.Title.Pos.Valid() && strings.TrimSpace(c.doc.Title.Value) == "" {
		c.f.Errorf(c.doc.Title.Pos, "empty", "the title is empty").Hint("say in one line what the scenario shows")
	}
	if c.doc.Keys.Has("requires") && c.doc.Requires != nil && len(c.doc.Requires) == 0 {
		c.f.Errorf(c.doc.Keys["requires"].Value, "empty", "requires names no requirement").
			Hint("name one (`relaycheck list`), or delete the key and let `expect` say what is asked")
	}
	seen := map[string]bool{}
	for _, r := range c.doc.Requires {
		if _, known := c.catalogue.Get(r.Value); !known {
			c.f.Errorf(r.Pos, "unknown-requirement", "there is no requirement %q", r.Value).Hint(c.nearRequirement(r.Value))
		}
		if seen[r.Value] {
			c.f.Errorf(r.Pos, "duplicate", "%s is named twice", r.Value).Hint("delete one")
		}
		seen[r.Value] = true
	}
	if s := c.doc.Scale; s != nil {
		switch {
		case s.Value < 1 || s.Value > maxScale:
			c.f.Errorf(s.Pos, "range", "scale must lie between 1 and %d", maxScale)
		case c.doc.RealTime:
			c.f.Errorf(c.doc.Keys["scale"].Key, "contradiction", "real_time forbids any scale").Hint("delete one of the two")
		}
	}
	c.rounds()
	labels := map[string]bool{}
	for _, l := range c.doc.Labels {
		if l.Value != strings.TrimSpace(l.Value) || l.Value == "" || strings.ContainsAny(l.Value, "&|!,()/:") {
			c.f.Errorf(l.Pos, "wrong-label", "%q cannot be a label", l.Value).Hint("a label is a word without & | ! , ( ) / :")
		}
		if labels[l.Value] {
			c.f.Errorf(l.Pos, "duplicate", "the label %q is there twice", l.Value).Hint("delete one")
		}
		labels[l.Value] = true
	}
}

// nearRequirement suggests ids of the catalogue for one that is not in it.
func (c *checker) nearRequirement(id string) string {
	ids := c.catalogue.IDs()
	group, _, _ := strings.Cut(strings.ToUpper(id), "-")
	var same []string
	for _, known := range ids {
		if strings.HasPrefix(known, group+"-") {
			same = append(same, known)
		}
	}
	if len(same) > 0 {
		if near := strict.Nearest(id, same); near != "" && strings.EqualFold(near, id) {
			return "did you mean \"" + near + "\"?"
		}
		return "the group " + group + " has " + strings.Join(same, ", ")
	}
	if near := strict.Nearest(id, ids); near != "" {
		return "did you mean \"" + near + "\"?"
	}
	return "`relaycheck list` shows them all"
}

// maxScale shrinks the longest documented ladder to less than a second.
const maxScale = 1000

var taskKey = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_-]*$`)

// OneTask is the key of the task of a scenario that has one.
const OneTask = "task"

// tasks resolves task and tasks.
func (c *checker) tasks() {
	t := &c.s.timeline
	if c.doc.Keys.Has("task") && c.doc.Keys.Has("tasks") {
		c.f.Errorf(c.doc.Keys["tasks"].Key, "one-of", "a scenario has task or tasks, not both").Hint("put the task under tasks, too")
	}
	switch {
	case c.doc.Keys.Has("tasks"):
		if len(c.doc.Tasks) == 0 {
			c.f.Errorf(c.doc.Keys["tasks"].Value, "empty", "tasks holds no task")
		}
		for i := range c.doc.Tasks {
			e := &c.doc.Tasks[i]
			if !taskKey.MatchString(e.Key) {
				c.f.Errorf(e.KeyPos, "wrong-name", "%q cannot be the key of a task", e.Key).Hint("a key has letters, digits, - and _, a letter first")
			}
			t.tasks = append(t.tasks, taskSpec{e.Key, &e.Value})
		}
	case c.doc.Task != nil:
		t.tasks = []taskSpec{{OneTask, c.doc.Task}}
	default:
		t.tasks = []taskSpec{{OneTask, &taskDoc{}}}
	}
	for _, spec := range t.tasks {
		c.task(spec)
	}
	c.streamCycles()
}

// The API takes up to 30 source files (CreateLivePullStreamTask, SourceUrls).
const maxFiles = 30

func (c *checker) task(spec taskSpec) {
	d := spec.doc
	if d.Files != nil {
		switch {
		case spec.live():
			c.f.Errorf(d.Files.Pos, "contradiction", "a live task has no files").Hint("delete `files`, or write `source: vod`")
		case d.Files.Value < 1 || d.Files.Value > maxFiles:
			c.f.Errorf(d.Files.Pos, "range", "a task has 1 to %d files", maxFiles)
		case len(d.SourceURLs) > 0 && len(d.SourceURLs) != d.Files.Value:
			c.f.Errorf(d.Files.Pos, "contradiction", "files is %d, but there are %d source_urls", d.Files.Value, len(d.SourceURLs)).Hint("delete `files`")
		}
	}
	if d.Keys.Has("source_urls") && d.SourceURLs != nil && len(d.SourceURLs) == 0 {
		c.f.Errorf(d.Keys["source_urls"].Value, "empty", "source_urls is empty").Hint("name one, or delete the key")
	}
	if spec.live() && len(d.SourceURLs) > 1 {
		c.f.Errorf(d.SourceURLs[1].Pos, "contradiction", "a live task has one source")
	}
	if len(d.SourceURLs) > maxFiles {
		c.f.Errorf(d.SourceURLs[maxFiles].Pos, "range", "a task has 1 to %d source_urls", maxFiles)
	}
	if d.Canary {
		for _, key := range []string{"source_urls", "callback_url"} {
			if d.Keys.Has(key) {
				c.f.Errorf(d.Keys[key].Key, "contradiction", "canary: true makes %s itself", key).Hint("delete one of the two")
			}
		}
	}
	for _, text := range append([]strict.At[string]{deref(d.StreamID), deref(d.ToURL), deref(d.CallbackURL)}, d.SourceURLs...) {
		c.placeholders(text, taskPlaceholders, true)
	}
}

func deref(a *strict.At[string]) strict.At[string] {
	if a == nil {
		return strict.At[string]{}
	}
	return *a
}

func (c *checker) taskIndex(key string) int {
	return slices.IndexFunc(c.s.timeline.tasks, func(t taskSpec) bool { return t.key == key })
}

func (c *checker) taskKeys() []string {
	keys := make([]string, len(c.s.timeline.tasks))
	for i, t := range c.s.timeline.tasks {
		keys[i] = t.key
	}
	return keys
}
