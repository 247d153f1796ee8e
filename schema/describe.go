package schema

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/relaycheck/relaycheck/schema/internal/jsonscan"
)

// shown are the fields whose text may be quoted in a message. URLs may carry a txSecret, sign is a signature, ids and
// unknown members are the user's: of those only the length is told.
var shown = setOf("callback_event", "code", "event_time", "event_type", "index", "interface", "product_name", "type")

// maxShown is how many characters of a value a message quotes.
const maxShown = 40

// describe says what a value is, without telling what may be secret.
func describe(doc *jsonscan.Doc, v jsonscan.Value, field string) string {
	switch v.Kind {
	case jsonscan.Null:
		return "null"
	case jsonscan.Bool:
		return string(doc.Src[v.Start:v.End])
	case jsonscan.Number:
		return "the number " + shorten(string(doc.Src[v.Start:min(v.End, v.Start+8*maxShown)])) // long enough to be cut
	case jsonscan.Array:
		return "an array"
	case jsonscan.Object:
		return "an object"
	default:
		text := doc.Text(v)
		if shown[field] {
			return "the text " + quote(string(text.Bytes))
		}
		return fmt.Sprintf("text of %s", characters(utf8.RuneCount(text.Bytes)))
	}
}

func characters(n int) string {
	if n == 1 {
		return "1 character"
	}
	return fmt.Sprintf("%d characters", n)
}

// quote is a text in quotation marks, cut, with everything escaped that a terminal would act on.
func quote(s string) string { return fmt.Sprintf("%q", shorten(s)) }

func shorten(s string) string {
	if len(s) <= 4*maxShown && utf8.RuneCountInString(s) <= maxShown { // a character has at most four bytes
		return s
	}
	runes := []rune(strings.ToValidUTF8(s[:min(len(s), 4*maxShown)], "\uFFFD"))
	return string(runes[:min(len(runes), maxShown)]) + "…"
}
