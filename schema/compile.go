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

// A set is the compiled schemas of one edition in one reading.
type set struct {
	edition Edition
	parts   map[string]*part // "envelope", "source_urls", "msg.EVENT"
}

// A part is one compiled schema.
type part struct {
	name   string
	schema *jsonschema.Schema
	// class is the same for schemas that differ in nothing but annotations. Most editions agree on most parts, so a body
	// is checked once for each class instead of once for each edition.
	class int
}

// setKey names a set.
type setKey struct {
	edition Edition
	reading Reading
}

// compiled makes each set when it is first asked for, once, whoever asks.
var compiled = func() map[setKey]func() (*set, error) {
	m := map[setKey]func() (*set, error){}
	for _, e := range allEditions {
		for _, r := range Readings() {
			m[setKey{e, r}] = sync.OnceValues(func() (*set, error) { return compile(e, r) })
		}
	}
	return m
}()

// hasTime reports whether the edition's tables have event_time.
func (s *set) hasTime() bool {
	_, ok := s.parts["envelope"].schema.Properties["event_time"]
	return ok
}

// names reports whether the edition describes the msg of an event.
func (s *set) names(event string) bool {
	_, ok := s.parts["msg."+event]
	return ok
}

// schemas is the compiled set of an edition and reading.
func schemas(e Edition, r Reading) (*set, error) {
	get, ok := compiled[setKey{e, r}]
	if !ok {
		return nil, fmt.Errorf("no schemas for edition %q, reading %q", e, r)
	}
	return get()
}

func compile(e Edition, r Reading) (*set, error) {
	c := newCompiler()
	s := &set{edition: e, parts: map[string]*part{}}
	for _, f := range Files() {
		if f.Edition != e || f.Reading != r {
			continue
		}
		class, err := classOf(f)
		if err != nil {
			return nil, err
		}
		sch, err := class.compiled(c, f)
		if err != nil {
			return nil, err
		}
		s.parts[f.Name] = &part{name: f.Name, schema: sch, class: class.id}
	}
	return s, nil
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

// A class is all schemas that ask the same. The first of them is compiled for all: that costs more than everything else
// that has to be done before the first body.
type class struct {
	id     int
	once   sync.Once
	schema *jsonschema.Schema
	err    error
}

func (c *class) compiled(by *jsonschema.Compiler, f File) (*jsonschema.Schema, error) {
	c.once.Do(func() {
		if c.schema, c.err = by.Compile(f.ID); c.err != nil {
			c.err = fmt.Errorf("compile schema %s: %w", f.Path(), c.err)
		}
	})
	return c.schema, c.err
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
	var doc any
	if err := json.Unmarshal(data, &doc); err != nil {
		return nil, fmt.Errorf("read schema %s: %w", f.Path(), err)
	}
	key, err := json.Marshal(dropAnnotations(doc))
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
		c = &class{id: len(classes.known)}
		classes.known[string(key)] = c
	}
	return c, nil
}

// dropAnnotations takes away what does not bear on a verdict. Only schema objects have it taken away: a property may
// well be called "title".
func dropAnnotations(doc any) any {
	object, ok := doc.(map[string]any)
	if !ok {
		return doc
	}
	out := map[string]any{}
	for k, v := range object {
		switch k {
		case "$id", "$schema", "$comment", "title", "description", "contentMediaType":
		case "properties":
			props, ok := v.(map[string]any)
			if !ok {
				continue
			}
			kept := map[string]any{}
			for name, p := range props {
				kept[name] = dropAnnotations(p)
			}
			out[k] = kept
		case "items", "if", "then":
			out[k] = dropAnnotations(v)
		default:
			out[k] = v
		}
	}
	return out
}
