package scenarios

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/relaycheck/relaycheck/emitter"
	"github.com/relaycheck/relaycheck/internal/strict"
	"github.com/relaycheck/relaycheck/schema"
)

// headKeys are the keys of which a step has exactly one, each with the keys that may stand beside it.
var headKeys = []struct {
	name   string
	beside []string
}{
	{"emit", []string{"after", "at", "file", "msg", "set", "add", "omit", "as", "task", "wire", "sign", "mangle", "means", "expect"}},
	{"sibling", []string{"after", "set", "add", "omit", "as", "task", "wire", "sign", "mangle", "means", "expect"}},
	{"body", []string{"after", "as", "task", "wire", "mangle", "means", "expect"}},
	{"wait", nil},
	{"observe", nil},
	{"restart", nil},
	{"kill", nil},
	{"together", []string{"after"}},
}

func headNames() []string {
	names := make([]string, len(headKeys))
	for i, h := range headKeys {
		names[i] = h.name
	}
	return names
}

// steps resolves the timeline.
func (c *checker) steps() {
	t := &c.s.timeline
	t.names = map[string]int{}
	if c.doc.Timeline != nil && len(c.doc.Timeline) == 0 {
		c.f.Errorf(c.doc.Keys["timeline"].Value, "empty", "the timeline is empty").Hint("add a step such as `- emit: TaskStart`")
		return
	}
	others := map[string]int{}
	for i := range c.doc.Timeline {
		c.step(&c.doc.Timeline[i], others)
	}
	if len(t.events) == 0 && !c.f.Failed() {
		c.f.Errorf(c.doc.Keys["timeline"].Key, "asserts-nothing", "the timeline delivers nothing").Hint("add a step such as `- emit: TaskStart`")
	}
	c.length()
	c.nameEvents()
	c.assignFiles()
}

// maxTimeline is how long a timeline may last: nobody waits longer for a test.
const maxTimeline = 24 * time.Hour

// length refuses a timeline that nobody would wait for.
func (c *checker) length() {
	var total time.Duration
	for _, e := range c.s.timeline.entries {
		total += e.after.Max
		if total > maxTimeline {
			c.f.Errorf(e.step.Pos, "range", "here the timeline lasts longer than a day").Hint("only waits count; the time that an event tells is `at`")
			return
		}
	}
}

// step resolves one step of the timeline.
func (c *checker) step(d *stepDoc, others map[string]int) {
	head := c.headOf(d)
	if head == "" {
		return
	}
	t := &c.s.timeline
	e := entry{step: d}
	if d.After != nil {
		e.after = d.After.Value
	}
	switch head {
	case "emit", "sibling", "body":
		e.events = []int{c.event(d, head)}
	case "together":
		c.together(d, &e)
	case "wait":
		e.kind, e.after = entryWait, d.Wait.Value
		if e.after.Max == 0 && !c.f.Failed() {
			c.f.Errorf(d.Wait.Pos, "range", "a wait of nothing").Hint("write how long, for example 500ms")
		}
	case "observe":
		e.kind = entryObserve
	default:
		e.kind, e.hook = entryHook, head
	}
	if e.kind != entryEvents {
		others[head]++
		e.id = numbered(head, others[head])
	}
	t.entries = append(t.entries, e)
}

// headOf finds the one key that says what a step is, and refuses the keys that do not go with it.
func (c *checker) headOf(d *stepDoc) string {
	var heads []string
	for _, h := range headNames() {
		if d.Keys.Has(h) {
			heads = append(heads, h)
		}
	}
	switch len(heads) {
	case 0:
		if d.Pos.Valid() && d.Keys != nil && !c.misspelt(d.Keys, stepDoc{}) {
			c.f.Errorf(d.Pos, "one-of", "this step does nothing").Hint("it needs one of " + strings.Join(headNames(), ", "))
		}
		return ""
	case 1:
	default:
		c.f.Errorf(d.Keys[heads[1]].Key, "one-of", "this step has both %s and %s", heads[0], heads[1]).Hint("make two steps of it")
		return ""
	}
	head := heads[0]
	i := slices.Index(headNames(), head)
	for key, place := range d.Keys {
		if key != head && !slices.Contains(headKeys[i].beside, key) {
			r := c.f.Errorf(place.Key, "out-of-place", "%s does not go with %s", key, head)
			switch {
			case len(headKeys[i].beside) == 0:
				r.Hint("delete it; " + head + " stands alone")
			case head == "together":
				r.Hint("put it into the steps of together")
			default:
				r.Hint("beside " + head + " go " + strings.Join(headKeys[i].beside, ", "))
			}
		}
	}
	return head
}

// misspelt reports whether a mapping has keys that its type does not take, and that were told of.
func (c *checker) misspelt(keys strict.Keys, doc any) bool {
	known := strict.Fields(reflect.TypeOf(doc))
	for key := range keys {
		if !slices.ContainsFunc(known, func(f strict.Field) bool { return f.Name == key }) {
			return true
		}
	}
	return false
}

// together resolves the events that happen at the same moment.
func (c *checker) together(d *stepDoc, e *entry) {
	if len(d.Together) < 2 && d.Together != nil {
		c.f.Errorf(d.Keys["together"].Key, "range", "together needs two steps or more")
	}
	for i := range d.Together {
		inner := &d.Together[i]
		head := c.headOf(inner)
		switch head {
		case "":
			continue
		case "emit", "sibling", "body":
		default:
			c.f.Errorf(inner.Keys[head].Key, "out-of-place", "%s cannot stand in together", head).Hint("only emit, sibling and body can")
			continue
		}
		if inner.After != nil {
			c.f.Errorf(inner.Keys["after"].Key, "out-of-place", "the steps of together happen at the same moment").Hint("put `after` beside `together`")
		}
		e.events = append(e.events, c.event(inner, head))
	}
}

// event resolves an event step and returns its index.
func (c *checker) event(d *stepDoc, head string) int {
	t := &c.s.timeline
	ev := event{step: d, entry: len(t.entries), task: c.taskOf(d, head), file: -1}
	switch head {
	case "emit":
		ev.kind, ev.name = eventEmitted, d.Emit.Value
		c.eventName(d)
		c.members(d)
	case "sibling":
		ev.kind, ev.name = eventSibling, d.Sibling.Value
		if !slices.Contains(schema.Siblings(), d.Sibling.Value) {
			c.f.Errorf(d.Sibling.Pos, "unknown-event", "there is no sibling callback %q", d.Sibling.Value).
				Hint(strict.Suggest(d.Sibling.Value, schema.Siblings()))
		}
		c.paths(d)
	default:
		ev.kind = eventRaw
		if d.Body.Template != nil {
			c.placeholders(*d.Body.Template, bodyPlaceholders, ev.task >= 0)
		}
	}
	c.wire(d.Wire, ev.kind == eventRaw)
	c.mangle(d.Mangle)
	c.answer(d.Expect)
	t.events = append(t.events, ev)
	return len(t.events) - 1
}

// eventName refuses a name that is a slip of a documented one.
func (c *checker) eventName(d *stepDoc) {
	name := d.Emit.Value
	if slices.Contains(schema.Events(), name) {
		return
	}
	for _, known := range schema.Events() {
		if strings.EqualFold(known, name) || strict.Distance(known, name) <= 2 {
			c.f.Errorf(d.Emit.Pos, "unknown-event", "the event %q is not documented", name).Hint("did you mean \"" + known + "\"?")
			return
		}
	}
	if name == "" || strings.ContainsAny(name, "#~ \t\n") {
		c.f.Errorf(d.Emit.Pos, "wrong-name", "%q cannot be the name of an event", name).Hint("write one of " + strings.Join(schema.Events(), ", ") + ", or a new word without # ~ and blanks")
	}
}

// taskOf finds the task that a step belongs to, -1 if to none.
func (c *checker) taskOf(d *stepDoc, head string) int {
	keys := c.taskKeys()
	if d.Task == nil {
		switch {
		case len(keys) == 1:
			return 0
		case head == "emit" && d.Pos.Valid():
			c.f.Errorf(d.Pos, "missing-key", "which task does it belong to?").Hint("add `task: KEY`, one of " + strings.Join(keys, ", "))
		}
		return -1
	}
	i := c.taskIndex(d.Task.Value)
	if i < 0 {
		c.f.Errorf(d.Task.Pos, "unknown-task", "there is no task %q", d.Task.Value).Hint(strict.Suggest(d.Task.Value, keys))
	}
	return i
}

// msgMembers are the members of msg that some edition documents.
func msgMembers() []string {
	var names []string
	for _, p := range emitter.KnownPaths() {
		if m, ok := strings.CutPrefix(p, "msg."); ok {
			names = append(names, m)
		}
	}
	return names
}

// members checks msg, file and the paths of an emitted event.
func (c *checker) members(d *stepDoc) {
	for _, m := range d.Msg {
		if !slices.Contains(msgMembers(), m.Key) {
			c.f.Errorf(m.KeyPos, "unknown-path", "msg has no member %q in any edition", m.Key).
				Hint(orAdd(strict.Suggest(m.Key, msgMembers()), "msg."+m.Key))
		}
	}
	if d.File != nil && d.Emit.Value != schema.VodSourceFileStart && d.Emit.Value != schema.VodSourceFileFinish {
		c.f.Errorf(d.Keys["file"].Key, "out-of-place", "%s tells of no file", d.Emit.Value).Hint("only VodSourceFileStart and VodSourceFileFinish do")
	}
	c.paths(d)
}

func orAdd(hint, path string) string {
	if hint != "" && !strings.HasSuffix(hint, "?") {
		hint += "; "
	} else if hint != "" {
		hint += " "
	}
	return hint + fmt.Sprintf("(to send an undocumented member: `add: {%s: …}`)", path)
}

// paths checks set, add and omit, and that no member is asked to be two things.
func (c *checker) paths(d *stepDoc) {
	sibling := d.Sibling != nil
	first := map[string]string{}
	for _, m := range d.Msg {
		first["msg."+m.Key] = "msg"
	}
	note := func(path, key string, at strict.Pos) {
		for _, p := range []string{path, "msg"} {
			by, twice := first[p]
			if twice && (p == path || strings.HasPrefix(path, "msg.")) {
				c.f.Errorf(at, "contradiction", "%s is changed by %s already", path, by).Hint("delete one of the two")
				return
			}
		}
		if path == "msg" {
			for _, p := range slices.Sorted(maps.Keys(first)) {
				if strings.HasPrefix(p, "msg.") {
					c.f.Errorf(at, "contradiction", "%s of the whole msg undoes %s of %s", key, first[p], p).Hint("delete one of the two")
					return
				}
			}
		}
		first[path] = key
	}
	for _, m := range d.Set {
		if !sibling && !slices.Contains(emitter.KnownPaths(), m.Key) {
			c.f.Errorf(m.KeyPos, "unknown-path", "set knows no member %q", m.Key).Hint(orAdd(suggestPath(m.Key), m.Key))
		}
		note(m.Key, "set", m.KeyPos)
	}
	for _, m := range d.Add {
		c.addedPath(m, sibling)
		note(m.Key, "add", m.KeyPos)
	}
	for _, p := range d.Omit {
		if !sibling && !slices.Contains(emitter.KnownPaths(), p.Value) {
			c.f.Errorf(p.Pos, "unknown-path", "omit knows no member %q", p.Value).Hint(suggestPath(p.Value))
		}
		note(p.Value, "omit", p.Pos)
	}
}

func (c *checker) addedPath(m strict.Entry[any], sibling bool) {
	outer, inner, dotted := strings.Cut(m.Key, ".")
	switch {
	case outer == "" || dotted && (outer != "msg" || inner == "" || strings.Contains(inner, ".")):
		c.f.Errorf(m.KeyPos, "unknown-path", "%q is no path", m.Key).Hint("write a name, or msg. before a name")
	case !sibling && slices.Contains(emitter.KnownPaths(), m.Key):
		c.f.Errorf(m.KeyPos, "out-of-place", "%s is a documented member", m.Key).Hint("use `set` for it")
	}
}

// suggestPath finds the path that was meant: a member of msg may have been written without "msg.".
func suggestPath(path string) string {
	if slices.Contains(msgMembers(), path) {
		return "did you mean \"msg." + path + "\"?"
	}
	if near := strict.Nearest(path, emitter.KnownPaths()); near != "" {
		return "did you mean \"" + near + "\"?"
	}
	if near := strict.Nearest(path, msgMembers()); near != "" {
		return "did you mean \"msg." + near + "\"?"
	}
	return "known are " + strings.Join(emitter.KnownPaths(), ", ")
}

func numbered(name string, n int) string {
	if n == 1 {
		return name
	}
	return fmt.Sprintf("%s#%d", name, n)
}
