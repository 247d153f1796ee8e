package emitter_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/relaycheck/relaycheck/emitter"
	"github.com/relaycheck/relaycheck/schema"
)

// FuzzParse: what Parse takes is JSON to encoding/json as well, comes out with the same meaning, and stays the same
// from then on, whatever the encoding in between.
func FuzzParse(f *testing.F) {
	for _, event := range schema.Events() {
		if sample, ok := schema.Sample(schema.Edition2022_01, event); ok {
			f.Add(sample, int64(1))
		}
	}
	for _, name := range schema.Siblings() {
		sample, _ := schema.Sibling(name)
		f.Add(sample, int64(2))
	}
	f.Add([]byte(`{"msg":"{\"a\":\"\\u0000\\ud83d\\ude00\"}\n","source_urls":" [1e400] "}`), int64(3))
	f.Fuzz(func(t *testing.T, body []byte, seed int64) {
		c, err := emitter.Parse(body)
		if err != nil {
			return
		}
		plain := c.Bytes()
		if !bytes.Equal(plain, mustParse(t, plain).Bytes()) {
			t.Fatalf("%q is not stable", plain)
		}
		var want, got any
		if json.Unmarshal(body, &want) == nil {
			if err := json.Unmarshal(plain, &got); err != nil || !equalJSON(t, want, got) {
				t.Fatalf("%q became %q (%v)", body, plain, err)
			}
		}
		e := emitter.Encoding{KeyOrder: emitter.OrderShuffled, Whitespace: emitter.SpaceWild, Escapes: emitter.EscapeUnicode, Seed: seed}
		if wild := c.Encode(e); !json.Valid(wild) {
			t.Fatalf("%q became %q", body, wild)
		}
	})
}

func mustParse(t *testing.T, body []byte) *emitter.Callback {
	t.Helper()
	c, err := emitter.Parse(body)
	if err != nil {
		t.Fatalf("%q: %v", body, err)
	}
	return c
}

// equalJSON compares as encoding/json prints: keys sorted.
func equalJSON(t *testing.T, a, b any) bool {
	t.Helper()
	x, err := json.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	y, err := json.Marshal(b)
	if err != nil {
		t.Fatal(err)
	}
	return bytes.Equal(x, y)
}
