package shape

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/relaycheck/relaycheck/internal/figures"
	"github.com/relaycheck/relaycheck/schema"
)

// A FilePatch changes one schema file, or makes a new one.
type FilePatch struct {
	File string `json:"file"`          // below schema/editions
	New  bool   `json:"new,omitempty"` // there is none yet: the patch is of null
	Ops  []Op   `json:"patch"`         // JSON Patch, RFC 6902
}

// An Op is an operation of JSON Patch.
type Op struct {
	Op    string `json:"op"` // add, remove or replace
	Path  string `json:"path"`
	Value any    `json:"value,omitempty"`
}

// Apply makes the patched schema of the embedded one.
func (p FilePatch) Apply() ([]byte, error) {
	text := []byte("null")
	if !p.New {
		parts := strings.Split(strings.TrimSuffix(p.File, ".json"), "/")
		if len(parts) != 3 {
			return nil, fmt.Errorf("there is no schema %s", p.File)
		}
		known, ok := schema.ReadFile(schema.Edition(parts[0]), schema.Reading(parts[1]), parts[2])
		if !ok {
			return nil, fmt.Errorf("there is no schema %s", p.File)
		}
		text = known
	}
	var doc any
	if err := json.Unmarshal(text, &doc); err != nil {
		return nil, fmt.Errorf("read schema %s: %w", p.File, err)
	}
	for _, op := range p.Ops {
		var err error
		if doc, err = op.apply(doc, op.Path); err != nil {
			return nil, fmt.Errorf("patch %s: %s %s: %w", p.File, op.Op, op.Path, err)
		}
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(doc); err != nil {
		return nil, fmt.Errorf("write schema %s: %w", p.File, err)
	}
	return out.Bytes(), nil
}

// apply is a value with the operation done at a path in it.
func (op Op) apply(doc any, path string) (any, error) {
	if path == "" {
		if op.Op == "remove" {
			return nil, nil
		}
		return op.Value, nil
	}
	name, rest, deeper := strings.Cut(path[1:], "/")
	if path = ""; deeper {
		path = "/" + rest
	}
	name = strings.NewReplacer("~1", "/", "~0", "~").Replace(name)
	switch at := doc.(type) {
	case map[string]any:
		old, there := at[name]
		switch {
		case path != "" && !there, path == "" && op.Op != "add" && !there:
			return nil, fmt.Errorf("there is no %q", name)
		case path == "" && op.Op == "remove":
			delete(at, name)
			return at, nil
		}
		changed, err := op.apply(old, path)
		at[name] = changed
		return at, err
	case []any:
		if name == "-" && path == "" && op.Op == "add" {
			return append(at, op.Value), nil
		}
		i, err := strconv.Atoi(name)
		if err != nil || i < 0 || i >= len(at) {
			return nil, fmt.Errorf("there is no entry %q", name)
		}
		switch {
		case path == "" && op.Op == "add":
			return slices.Insert(at, i, op.Value), nil
		case path == "" && op.Op == "remove":
			return slices.Delete(at, i, i+1), nil
		}
		at[i], err = op.apply(at[i], path)
		return at, err
	default:
		return nil, fmt.Errorf("%q is neither in an object nor in a list", name)
	}
}

// A patcher makes the patches for departures.
type patcher struct {
	shape   *Shape
	edition schema.Edition
	reading schema.Reading
	files   map[string]*FilePatch
}

// patches makes what lets the departures pass, and notes in them which it does.
func patches(s *Shape, e schema.Edition, r schema.Reading, all []Departure) []FilePatch {
	p := patcher{shape: s, edition: e, reading: r, files: map[string]*FilePatch{}}
	for i := range all {
		switch d := &all[i]; d.What {
		case whatEvent:
			d.Patched = p.event(d.Detail)
		case whatMember:
			d.Patched = p.member(d)
		case whatValue:
			_, name, _ := strings.Cut(d.Path, "#/")
			p.add(p.file(schema.Documented, "msg."+d.Event), Op{"add", "/properties/" + name + "/enum/-", d.Detail})
			d.Patched = true
		case whatType:
			d.Patched = !p.listed(d) // below, for all types of a place at once
		case whatMissing:
			d.Patched = true // below, for all members of an object at once
		}
	}
	p.types(all)
	p.missing(all)
	out := []FilePatch{}
	for _, name := range slices.Sorted(maps.Keys(p.files)) {
		one := p.files[name]
		slices.SortStableFunc(one.Ops, func(a, b Op) int { return strings.Compare(a.Path, b.Path) })
		out = append(out, *one)
	}
	return out
}

func (p *patcher) file(r schema.Reading, name string) schema.File {
	return schema.File{Edition: p.edition, Reading: r, Name: name}
}

func (p *patcher) add(f schema.File, op Op) *FilePatch {
	one := p.files[f.Path()]
	if one == nil {
		one = &FilePatch{File: f.Path()}
		p.files[f.Path()] = one
	}
	one.Ops = append(one.Ops, op)
	return one
}

// event adds an event to the list of the tables, and makes schemas of its msg.
func (p *patcher) event(name string) bool {
	if strings.HasPrefix(name, "{") {
		return false // it is not one event
	}
	p.add(p.file(schema.Documented, "envelope"), Op{"add", "/properties/callback_event/enum/-", name})
	for _, r := range schema.Readings() {
		f := p.file(r, "msg."+name)
		f.ID = strings.TrimSuffix(schema.Files()[0].ID, schema.Files()[0].Path()) + f.Path()
		doc := map[string]any{}
		if text, ok := p.elsewhere(r, "msg."+name); ok {
			_ = json.Unmarshal(text, &doc) // a test holds that schemas can be read
		} else {
			doc = map[string]any{
				"$schema": "https://json-schema.org/draft/2020-12/schema",
			}
			maps.Copy(doc, p.seen(name, "/msg#"))
			doc["description"] = "The JSON object inside the string msg. In no table; what was seen in production."
		}
		doc["$id"], doc["title"] = f.ID, fmt.Sprintf("Relay callback, content of msg of %s (%s, %s)", name, p.edition, r)
		p.add(f, Op{"add", "", doc}).New = true
	}
	return true
}

// elsewhere is a schema as another edition has it, the newest that does.
func (p *patcher) elsewhere(r schema.Reading, name string) ([]byte, bool) {
	all := schema.Editions()
	for i := range all {
		if text, ok := schema.ReadFile(all[len(all)-1-i], r, name); ok {
			return text, true
		}
	}
	return nil, false
}

// member adds a member, as another edition has it or as it was seen.
func (p *patcher) member(d *Departure) bool {
	part, name := "envelope", strings.TrimPrefix(d.Path, "/")
	if d.Event != "" {
		part, name = "msg."+d.Event, strings.TrimPrefix(d.Path, "/msg#/")
	}
	if strings.HasPrefix(name, "{") {
		return false // it is not one member
	}
	value := p.seen(d.Event, d.Path)
	if text, ok := p.elsewhere(p.reading, part); ok {
		var other struct {
			Properties map[string]map[string]any `json:"properties"`
		}
		if json.Unmarshal(text, &other) == nil && other.Properties[name] != nil {
			value = other.Properties[name]
			value["type"] = oneOrMore(union(value["type"], p.typesOf(d.Event, d.Path)))
		}
	}
	p.add(p.file(p.reading, part), Op{"add", "/properties/" + name, value})
	return true
}

// typesOf are the types that a path was seen with, as JSON Schema names them.
func (p *patcher) typesOf(event, path string) []string {
	var list []string
	for _, f := range p.shape.seen(event, path) {
		for _, t := range f.Types {
			list = append(list, t.Name)
		}
	}
	return union(nil, list)
}

// union is a schema's type with more types, as a list.
func union(old any, more []string) []string {
	list := slices.Clone(more)
	switch old := old.(type) {
	case string:
		list = append(list, old)
	case []any:
		for _, one := range old {
			if text, ok := one.(string); ok {
				list = append(list, text)
			}
		}
	}
	list = sortedSet(list)
	if slices.Contains(list, "number") { // which whole numbers are too
		list = slices.DeleteFunc(list, func(t string) bool { return t == "integer" })
	}
	return list
}

// oneOrMore is a list of types as schemas have it.
func oneOrMore(types []string) any {
	if len(types) == 1 {
		return types[0]
	}
	return types
}

// seen is a schema of what was seen at a path, with what lies in it.
func (p *patcher) seen(event, path string) map[string]any {
	doc := map[string]any{}
	fields := p.shape.seen(event, path)
	documents, of := int64(0), int64(0)
	for i := range p.shape.Kinds {
		if k := &p.shape.Kinds[i]; k.Kind == schema.KindRelay && (event == "" || event == k.Name) {
			of += k.Documents
		}
	}
	for _, f := range fields {
		documents += f.Documents
	}
	doc["description"] = fmt.Sprintf("In no table. Seen in production, in %s of %s.", figures.Percent(documents, of), plural(of, "callback"))
	if types := p.typesOf(event, path); len(types) > 0 {
		doc["type"] = oneOrMore(types)
	}
	properties := map[string]any{}
	for i := range p.shape.Kinds {
		k := &p.shape.Kinds[i]
		if k.Kind != schema.KindRelay || event != "" && event != k.Name {
			continue
		}
		for _, f := range k.Fields {
			name, ok := strings.CutPrefix(f.Path, path+"/")
			switch {
			case !ok || strings.ContainsAny(name, "/#{"):
			case name == "*":
				doc["items"] = p.seen(event, f.Path)
			default:
				properties[name] = p.seen(event, f.Path)
			}
		}
	}
	if len(properties) > 0 {
		doc["properties"] = properties
	}
	return doc
}

// listed reports whether the schema lists the values of a place, so that another type would not help.
func (p *patcher) listed(d *Departure) bool {
	part, name := "envelope", strings.TrimPrefix(d.Path, "/")
	if d.Event != "" {
		part, name = "msg."+d.Event, strings.TrimPrefix(d.Path, "/msg#/")
	}
	return len(pageOf(p.edition, p.reading, part).Properties[name].Enum) > 0
}

// types lets places have the types that they were seen with.
func (p *patcher) types(all []Departure) {
	type place struct{ part, pointer string }
	more := map[place][]string{}
	for _, d := range all {
		if d.What != whatType || !d.Patched {
			continue
		}
		at := place{"envelope", "/properties/" + strings.TrimPrefix(d.Path, "/") + "/type"}
		switch {
		case d.Path == "/source_urls#":
			at = place{"source_urls", "/type"}
		case d.Path == "/source_urls#/*":
			at = place{"source_urls", "/items/type"}
		case d.Path == "/msg#":
			at = place{"msg." + d.Event, "/type"}
		case d.Event != "":
			at = place{"msg." + d.Event, "/properties/" + strings.TrimPrefix(d.Path, "/msg#/") + "/type"}
		}
		more[at] = append(more[at], d.Detail)
	}
	for at, list := range more {
		old := pageOf(p.edition, p.reading, at.part)
		switch at.pointer {
		case "/type":
		case "/items/type":
			old = *old.Items
		default:
			old = old.Properties[strings.Split(at.pointer, "/")[2]]
		}
		p.add(p.file(p.reading, at.part), Op{"replace", at.pointer, oneOrMore(union(nil, append(list, old.Type...)))})
	}
}

// missing lets members be absent that were.
func (p *patcher) missing(all []Departure) {
	gone := map[string][]string{} // by part
	for _, d := range all {
		if d.What != whatMissing {
			continue
		}
		part, name := "envelope", strings.TrimPrefix(d.Path, "/")
		if d.Event != "" {
			part, name = "msg."+d.Event, strings.TrimPrefix(d.Path, "/msg#/")
		}
		gone[part] = append(gone[part], name)
	}
	for part, names := range gone {
		old := pageOf(p.edition, p.reading, part)
		f := p.file(p.reading, part)
		p.without(f, "/required", old.Required, names)
		if old.Then != nil {
			p.without(f, "/then/required", old.Then.Required, names)
		}
		if len(old.AnyOf) > 0 && slices.Contains(names, strings.TrimPrefix(appid, "/")) {
			p.add(f, Op{Op: "remove", Path: "/anyOf"})
		}
	}
}

func (p *patcher) without(f schema.File, path string, required, names []string) {
	kept := slices.DeleteFunc(slices.Clone(required), func(name string) bool { return slices.Contains(names, name) })
	if len(kept) < len(required) {
		p.add(f, Op{"replace", path, kept})
	}
}
