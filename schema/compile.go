package schema

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v5"
)

// A set is the schemas of one edition in one reading.
type set struct {
	parts map[string]*part // "envelope", "source_urls", "msg.EVENT"
}

// A part is one schema. It is read and compiled when it is first asked: to compile them all costs more than everything else
// that has to be done before the first body.
type part struct {
	name  string
	class func() (*class, error)
}

// schema is the compiled schema.
func (p *part) schema() (*jsonschema.Schema, error) {
	c, err := p.class()
	if err != nil {
		return nil, err
	}
	return c.schema()
}

// setKey names a set.
type setKey struct {
	edition Edition
	reading Reading
}

// compiled are the sets, each made when it is first asked for, once, whoever asks.
var compiled = func() map[setKey]func() *set {
	m := map[setKey]func() *set{}
	for _, e := range allEditions {
		for _, r := range Readings() {
			m[setKey{e, r}] = sync.OnceValue(func() *set { return newSet(e, r) })
		}
	}
	return m
}()

// schemas is the set of an edition and reading.
func schemas(e Edition, r Reading) (*set, error) {
	get, ok := compiled[setKey{e, r}]
	if !ok {
		return nil, fmt.Errorf("no schemas for edition %q, reading %q", e, r)
	}
	return get(), nil
}

// fetched are the events whose schemas were fetched.
var fetched sync.Map

// fetch reads and compiles the schemas that a body with this event is asked about, all at once: the first body with a finding
// waits for a dozen of them, and with it every worker that meets one meanwhile.
func fetch(event string, editions []Edition) {
	if len(editions) == 0 || !editions[len(editions)-1].Names(event) {
		event = "" // a sender must not fill the memory with names
	}
	if _, done := fetched.LoadOrStore(event, true); done {
		return
	}
	var all sync.WaitGroup
	for _, e := range editions {
		for _, r := range Readings() {
			all.Go(func() {
				s, err := schemas(e, r)
				if err != nil {
					return // whoever asks meets the same error and reports it
				}
				for _, name := range [...]string{"envelope", "msg." + event, "source_urls"} {
					if p, there := s.parts[name]; there {
						_, _ = p.schema() // likewise
					}
				}
			})
		}
	}
	all.Wait()
}

func newSet(e Edition, r Reading) *set {
	s := &set{parts: map[string]*part{}}
	for _, f := range filesOf(e, r) {
		s.parts[f.Name] = &part{name: f.Name, class: sync.OnceValues(func() (*class, error) { return classOf(f) })}
	}
	return s
}

// newCompiler is a compiler that reads nothing but the embedded schemas: left alone it would follow a $ref into the
// file system.
func newCompiler() *jsonschema.Compiler {
	c := jsonschema.NewCompiler()
	c.Draft = jsonschema.Draft2020
	c.AssertFormat = true // off by default where a schema says $schema, on where it does not
	c.LoadURL = func(url string) (io.ReadCloser, error) {
		name, ok := strings.CutPrefix(url, baseURL)
		if !ok {
			return nil, fmt.Errorf("%s is not one of the embedded schemas", url)
		}
		data, err := schemaFiles.ReadFile("editions/" + name)
		if err != nil {
			return nil, fmt.Errorf("%s is not one of the embedded schemas: %w", url, err)
		}
		return io.NopCloser(bytes.NewReader(data)), nil
	}
	return c
}

// A class is all schemas that ask the same: that differ in nothing but annotations. Most editions agree on most parts, so a
// body is checked once for each class instead of once for each edition, and one of the schemas is compiled for all.
type class struct {
	id     int
	asks   map[string]any // the schema without its annotations
	schema func() (*jsonschema.Schema, error)
}

var classes struct {
	sync.Mutex
	known map[string]*class // what a schema asks -> its class
}

// classOf is the class of a schema.
func classOf(f File) (*class, error) {
	data, ok := ReadFile(f.Edition, f.Reading, f.Name)
	if !ok {
		return nil, fmt.Errorf("read schema %s: not embedded", f.Path())
	}
	var doc map[string]any
	if err := json.Unmarshal(data, &doc); err != nil {
		return nil, fmt.Errorf("read schema %s: %w", f.Path(), err)
	}
	asks := dropAnnotations(doc)
	key, err := json.Marshal(asks)
	if err != nil {
		return nil, fmt.Errorf("read schema %s: %w", f.Path(), err)
	}
	classes.Lock()
	defer classes.Unlock()
	if classes.known == nil {
		classes.known = map[string]*class{}
	}
	c, ok := classes.known[string(key)]
	if !ok {
		c = &class{id: len(classes.known), asks: asks, schema: sync.OnceValues(func() (*jsonschema.Schema, error) { return compile(f) })}
		classes.known[string(key)] = c
	}
	return c, nil
}

func compile(f File) (*jsonschema.Schema, error) {
	sch, err := newCompiler().Compile(f.ID)
	if err != nil {
		return nil, fmt.Errorf("compile schema %s: %w", f.Path(), err)
	}
	return sch, nil
}

// dropAnnotations takes away what does not bear on a verdict. Only schema objects have it taken away: a property may
// well be called "title".
func dropAnnotations(schema map[string]any) map[string]any {
	out := map[string]any{}
	for key, v := range schema {
		object, isObject := v.(map[string]any)
		switch key {
		case "$id", "$schema", "$comment", "title", "description", "contentMediaType":
		case "properties":
			kept := map[string]any{}
			for name, p := range object {
				kept[name] = p
				if sub, ok := p.(map[string]any); ok {
					kept[name] = dropAnnotations(sub)
				}
			}
			out[key] = kept
		case "items", "if", "then":
			out[key] = v
			if isObject {
				out[key] = dropAnnotations(object)
			}
		default:
			out[key] = v
		}
	}
	return out
}
