// Command plainv5 validates a capture the plain way, for comparison: encoding/json and jsonschema/v5 on all
// processors, each body and each nested text decoded and validated once, against the wire reading of 2025-09.
//
//	go run ./bench/plainv5 [-workers N] capture.ndjson
//
// It prints one JSON line: {"valid": …, "invalid": …, "seconds": …}.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v5"
	"golang.org/x/sync/errgroup"

	"github.com/relaycheck/relaycheck/schema"
)

func main() {
	workers := flag.Int("workers", runtime.GOMAXPROCS(0), "at the same time")
	flag.Parse()
	if err := run(flag.Arg(0), *workers); err != nil {
		fmt.Fprintln(os.Stderr, "plainv5:", err)
		os.Exit(1)
	}
}

type schemas struct {
	envelope, urls *jsonschema.Schema
	msg            map[string]*jsonschema.Schema
}

func compile() (*schemas, error) {
	c := jsonschema.NewCompiler()
	s := &schemas{msg: map[string]*jsonschema.Schema{}}
	for _, f := range schema.Files() {
		if f.Edition != schema.Edition2025_09 || f.Reading != schema.Wire {
			continue
		}
		data, _ := schema.ReadFile(f.Edition, f.Reading, f.Name)
		if err := c.AddResource(f.ID, bytes.NewReader(data)); err != nil {
			return nil, fmt.Errorf("read schema %s: %w", f.Path(), err)
		}
		sch, err := c.Compile(f.ID)
		if err != nil {
			return nil, fmt.Errorf("compile schema %s: %w", f.Path(), err)
		}
		switch event, isMsg := strings.CutPrefix(f.Name, "msg."); {
		case isMsg:
			s.msg[event] = sch
		case f.Name == "envelope":
			s.envelope = sch
		default:
			s.urls = sch
		}
	}
	return s, nil
}

// valid validates one body.
func (s *schemas) valid(body []byte) bool {
	var doc any
	if json.Unmarshal(body, &doc) != nil || s.envelope.Validate(doc) != nil {
		return false
	}
	outer, _ := doc.(map[string]any)
	nested := func(name string, sch *jsonschema.Schema) bool {
		text, _ := outer[name].(string)
		var v any
		return json.Unmarshal([]byte(text), &v) == nil && (sch == nil || sch.Validate(v) == nil)
	}
	event, _ := outer["callback_event"].(string)
	return nested("msg", s.msg[event]) && nested("source_urls", s.urls)
}

// run splits the file into chunks of whole lines and validates them.
func run(path string, workers int) error {
	s, err := compile()
	if err != nil {
		return err
	}
	begin := time.Now()
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("open the capture: %w", err)
	}
	defer func() { _ = f.Close() }() // it was only read
	chunks := make(chan []byte, workers)
	counts := make([][2]int, workers)
	var group errgroup.Group
	for i := range workers {
		group.Go(func() error {
			for chunk := range chunks {
				for line := range bytes.SplitSeq(chunk, []byte("\n")) {
					switch {
					case len(line) == 0:
					case s.valid(line):
						counts[i][0]++
					default:
						counts[i][1]++
					}
				}
			}
			return nil
		})
	}
	var rest []byte
	for {
		chunk := make([]byte, len(rest)+(1<<20))
		copy(chunk, rest)
		n, err := io.ReadFull(f, chunk[len(rest):])
		chunk = chunk[:len(rest)+n]
		if err == nil {
			end := bytes.LastIndexByte(chunk, '\n') + 1
			rest = chunk[end:]
			chunk = chunk[:end]
		}
		chunks <- chunk
		if err != nil {
			close(chunks)
			_ = group.Wait() // the workers do not fail
			if !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
				return fmt.Errorf("read the capture: %w", err)
			}
			break
		}
	}
	valid, invalid := 0, 0
	for _, c := range counts {
		valid, invalid = valid+c[0], invalid+c[1]
	}
	fmt.Printf("{\"valid\":%d,\"invalid\":%d,\"seconds\":%.3f}\n", valid, invalid, time.Since(begin).Seconds())
	return nil
}
