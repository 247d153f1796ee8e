package capture

import (
	"strings"
	"testing"
)

// A value ends before the ~, or is broken at the line end that stands in a string.
func TestWhereAValueEndsDoesNotDependOnThePieces(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		`{"a":"\"}","b":1}~`, `{"a":"\\"}~`, `{"\\\"}":[1,"]"]}~`, `{"1234567890123456789012\"}":"12345678"}~`, "[\"\t\x00\"]~",
		"{\"a\":\"\\\n\"}~", "{\"a\":\"12\n\"}~", "{\"a\":\"123456789\\\n\"}~",
	} {
		broken := strings.Contains(text, "\n")
		want := strings.IndexAny(text, "~\n")
		if broken {
			want++
		}
		for cut := range want {
			var b balance
			end := b.feed([]byte(text[:cut]))
			if end == cut {
				end += b.feed([]byte(text[cut:]))
			}
			if end != want || b.broken != broken || b.done() == broken {
				t.Errorf("%q cut at %d ends at %d, %+v; want %d", text, cut, end, b, want)
			}
		}
	}
}
