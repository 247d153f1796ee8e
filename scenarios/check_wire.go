package scenarios

import (
	"regexp"
	"slices"
	"strings"

	"github.com/relaycheck/relaycheck/internal/strict"
)

// shapeKeys are the keys of wire that change how JSON is written, and so mean nothing for raw bytes.
var shapeKeys = []string{"key_order", "whitespace", "escapes", "appid", "numbers", "msg", "event_time"}

var (
	methodPattern = regexp.MustCompile(`^[A-Za-z]{1,32}$`)
	headerPattern = regexp.MustCompile("^[-!#$%&'*+.^_`|~0-9A-Za-z]+$") // a token of RFC 9110
)

// wire checks how requests are to be written.
func (c *checker) wire(d *wireDoc, raw bool) {
	if d == nil {
		return
	}
	if len(d.Keys) == 0 && d.Pos.Valid() && d.Keys != nil {
		c.f.Errorf(d.Pos, "empty", "wire says nothing").Hint("delete it")
	}
	if raw {
		for _, key := range shapeKeys {
			if place, ok := d.Keys[key]; ok {
				c.f.Errorf(place.Key, "out-of-place", "%s changes how JSON is written, and these bytes are sent as they are", key).Hint("delete it")
			}
		}
	}
	if d.Method != nil && !methodPattern.MatchString(d.Method.Value) {
		c.f.Errorf(d.Method.Pos, "wrong-name", "%q cannot be a method", d.Method.Value).Hint("write GET, PUT, post …")
	}
	if d.ContentType != nil && strings.ContainsAny(d.ContentType.Value, "\r\n\x00") {
		c.f.Errorf(d.ContentType.Pos, "wrong-value", "a header has no line breaks")
	}
	for _, h := range d.Headers {
		c.header(h)
	}
	if d.ChunkSize != nil {
		c.positive(d.ChunkSize)
		if d.Chunked == nil || !*d.Chunked {
			c.f.Errorf(d.Keys["chunk_size"].Key, "contradiction", "chunk_size says nothing where the body is not chunked").Hint("add `chunked: true`")
		}
	}
	if d.WriteSize != nil {
		c.positive(d.WriteSize)
	}
	if d.WritePause != nil && d.WriteSize == nil {
		c.f.Errorf(d.Keys["write_pause"].Key, "contradiction", "there is no pause in a single write").Hint("add `write_size:`")
	}
}

// ownHeaders are written by the program, and told by other keys where a scenario may change them.
var ownHeaders = map[string]string{
	"content-type": "use content_type", "content-length": "it follows from the body", "transfer-encoding": "use chunked: true",
	"host": "it follows from the target", "connection": "use fresh: true",
}

func (c *checker) header(h strict.Entry[string]) {
	if hint, own := ownHeaders[strings.ToLower(h.Key)]; own {
		c.f.Errorf(h.KeyPos, "out-of-place", "the header %s is not added by hand", h.Key).Hint(hint)
		return
	}
	if !headerPattern.MatchString(h.Key) {
		c.f.Errorf(h.KeyPos, "wrong-name", "%q cannot be the name of a header", h.Key)
	}
	if strings.ContainsAny(h.Value, "\r\n\x00") {
		c.f.Errorf(h.ValuePos, "wrong-value", "a header has no line breaks")
	}
}

// mangle checks the damage that is asked for.
func (c *checker) mangle(d *mangleDoc) {
	if d == nil {
		return
	}
	if len(d.Keys) == 0 && d.Pos.Valid() && d.Keys != nil {
		c.f.Errorf(d.Pos, "empty", "mangle says nothing").Hint("delete it")
	}
	if d.Nest != nil && (d.Nest.Value < 1 || d.Nest.Value > maxBody/2) {
		c.f.Errorf(d.Nest.Pos, "range", "nest must lie between 1 and %d", maxBody/2)
	}
	if d.Pad != nil && (d.Pad.Value < 1 || d.Pad.Value > maxBody) {
		c.f.Errorf(d.Pad.Pos, "range", "a body may have 1 to %d bytes", maxBody)
	}
	if d.Replace != nil && d.Replace.From.Value == "" && d.Replace.From.Pos.Valid() {
		c.f.Errorf(d.Replace.From.Pos, "empty", "what is to be replaced?").Hint("write a text that the body contains")
	}
	if d.Cut != nil && d.Cut.Value.Share && d.Cut.Value.Percent >= 100 {
		c.f.Errorf(d.Cut.Pos, "range", "a cut at 100%% cuts nothing off")
	}
}

// answer checks what an answer must be.
func (c *checker) answer(d *answerDoc) {
	if d == nil {
		return
	}
	if len(d.Keys) == 0 && d.Pos.Valid() && d.Keys != nil {
		c.f.Errorf(d.Pos, "asserts-nothing", "nothing is asked of the answer").Hint("add status, within, body or header, or delete it")
	}
	for i, s := range d.Status {
		for _, other := range d.Status[:i] {
			if s.Value == "!"+other.Value || other.Value == "!"+s.Value {
				c.f.Errorf(s.Pos, "contradiction", "every status is %s or %s", other.Value, s.Value)
			}
			if s.Value == other.Value {
				c.f.Errorf(s.Pos, "duplicate", "%s is there twice", s.Value).Hint("delete one")
			}
		}
	}
	if d.Within != nil && d.Within.Value == 0 {
		c.f.Errorf(d.Within.Pos, "range", "no receiver answers in no time")
	}
	for _, h := range d.Header {
		if !headerPattern.MatchString(h.Key) {
			c.f.Errorf(h.KeyPos, "wrong-name", "%q cannot be the name of a header", h.Key)
		}
		if _, err := regexp.Compile(h.Value); err != nil {
			c.f.Errorf(h.ValuePos, "wrong-value", "this is no regular expression: %s", strings.TrimPrefix(err.Error(), "error parsing regexp: "))
		}
	}
}

// asserted reports whether an answer is asked to be anything.
func (d *answerDoc) asserted() bool {
	return d != nil && slices.ContainsFunc([]string{"status", "within", "body", "header"}, d.Keys.Has)
}
