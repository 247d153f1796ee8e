// Package harspec holds HTTP archives against the published rules of HAR 1.2, for tests: what we write is to be read by
// the tools of others, and our own reader would share our mistakes. It is no part of the program.
//
//	err := harspec.Check(archive)
//
// Source: "HAR 1.2 Spec" (http://www.softwareishard.com/blog/har-12-spec/).
package harspec

import (
	"bytes"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"sync"
	"unicode/utf8"

	"github.com/santhosh-tekuri/jsonschema/v5"
)

//go:embed har-1.2.schema.json
var schemaText []byte

const schemaName = "har-1.2.schema.json"

// compiled is the schema: which members there have to be, and of which types.
var compiled = sync.OnceValues(func() (*jsonschema.Schema, error) {
	c := jsonschema.NewCompiler()
	c.AssertFormat = true
	if err := c.AddResource(schemaName, bytes.NewReader(schemaText)); err != nil {
		return nil, fmt.Errorf("read the schema of HTTP archives: %w", err)
	}
	return c.Compile(schemaName)
})

// Check says everything that is wrong with an archive; nil if it is HAR 1.2. Beyond the schema it looks at the encoding of
// the file, at the sums of the timings, at references to pages, and at the sizes of bodies.
func Check(doc []byte) error {
	if !utf8.Valid(doc) {
		return errors.New("the file is not UTF-8")
	}
	schema, err := compiled()
	if err != nil {
		return err
	}
	var tree any
	if err := json.Unmarshal(doc, &tree); err != nil {
		return fmt.Errorf("read the archive: %w", err)
	}
	if err := schema.Validate(tree); err != nil {
		return fmt.Errorf("%#v", err) //nolint:errorlint // the verb gives every cause, which nobody needs to tell apart
	}
	var a archive
	if err := json.Unmarshal(doc, &a); err != nil {
		return fmt.Errorf("read the archive: %w", err)
	}
	return a.check()
}

// archive is as much of one as the rules are about that a schema has no words for.
type archive struct {
	Log struct {
		Pages []struct {
			ID string `json:"id"`
		} `json:"pages"`
		Entries []entry `json:"entries"`
	} `json:"log"`
}

type entry struct {
	Pageref  string             `json:"pageref"`
	Time     float64            `json:"time"`
	Timings  map[string]float64 `json:"timings"`
	Response struct {
		BodySize int     `json:"bodySize"`
		Content  content `json:"content"`
	} `json:"response"`
}

type content struct {
	Size        int    `json:"size"`
	Compression *int   `json:"compression"`
	Text        string `json:"text"`
	Encoding    string `json:"encoding"`
	Comment     string `json:"comment"`
}

func (a archive) check() error {
	var errs []error
	pages := map[string]bool{}
	for _, p := range a.Log.Pages {
		if pages[p.ID] {
			errs = append(errs, fmt.Errorf("two pages have the id %q", p.ID))
		}
		pages[p.ID] = true
	}
	for i, e := range a.Log.Entries {
		if e.Pageref != "" && !pages[e.Pageref] {
			errs = append(errs, fmt.Errorf("entry %d is of page %q, which there is not", i, e.Pageref))
		}
		if err := e.checkTime(); err != nil {
			errs = append(errs, fmt.Errorf("entry %d: %w", i, err))
		}
		if err := e.Response.Content.check(e.Response.BodySize); err != nil {
			errs = append(errs, fmt.Errorf("the content of entry %d: %w", i, err))
		}
	}
	return errors.Join(errs...)
}

// checkTime adds the timings up. That of ssl is part of connect, and what is -1 does not count. A nanosecond is what
// adding decimal fractions may lose.
func (e entry) checkTime() error {
	sum := 0.0
	for name, ms := range e.Timings {
		if name != "ssl" && ms > 0 {
			sum += ms
		}
	}
	if math.Abs(sum-e.Time) > 1e-6 {
		return fmt.Errorf("the time is %g ms, and its timings are %g ms together", e.Time, sum)
	}
	if e.Timings["ssl"] > max(e.Timings["connect"], 0) {
		return fmt.Errorf("ssl takes %g ms of the %g ms for connecting", e.Timings["ssl"], e.Timings["connect"])
	}
	return nil
}

// check compares the size of a body with what is there of it. A text that was cut has to say so.
func (c content) check(bodySize int) error {
	body := []byte(c.Text)
	if c.Encoding != "" {
		var err error
		if body, err = base64.StdEncoding.DecodeString(c.Text); c.Encoding != "base64" || err != nil {
			return fmt.Errorf("it cannot be decoded as %s: %w", c.Encoding, err)
		}
	}
	switch {
	case len(body) > c.Size:
		return fmt.Errorf("it has %d bytes, more than its size, %d", len(body), c.Size)
	case len(body) < c.Size && c.Comment == "":
		return fmt.Errorf("%d of %d bytes are there, and nothing says why", len(body), c.Size)
	case bodySize >= 0 && c.Compression == nil && bodySize != c.Size:
		return fmt.Errorf("its size is %d, and that of the body %d, without compression", c.Size, bodySize)
	}
	return nil
}
