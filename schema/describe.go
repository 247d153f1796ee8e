package schema

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/relaycheck/relaycheck/schema/internal/jsonscan"
)

// shown are the fields whose text may be quoted in a message. URLs may carry a txSecret, sign is a signature, ids and
// unknown members are the user's: of those only the length is told.
var shown = setOf("callback_event", "code", "event_time", "event_type", "index", "interface", "product_name", "type")

// maxShown is how many characters of a value a message quotes.
const maxShown = 40

// describe appends what a value is, without telling what may be secret: a text is quoted only if that is said to be fine.
func describe(to []byte, doc *jsonscan.Doc, v jsonscan.Value, quoted bool) []byte {
	switch v.Kind {
	case jsonscan.Null:
		return append(to, "null"...)
	case jsonscan.Bool:
		return append(to, doc.Src[v.Start:v.End]...)
	case jsonscan.Number:
		to = append(to, "the number "...)
		if v.End-v.Start <= maxShown {
			return append(to, doc.Src[v.Start:v.End]...)
		}
		return append(to, shorten(string(doc.Src[v.Start:min(v.End, v.Start+8*maxShown)]))...) // long enough to be cut
	case jsonscan.Array:
		return append(to, "an array"...)
	case jsonscan.Object:
		return append(to, "an object"...)
	default:
		text := doc.Content(v)
		if len(text) == 0 {
			return append(to, "empty text"...)
		}
		if quoted {
			return appendQuoted(append(to, "the text "...), text)
		}
		return characters(append(to, "text of "...), utf8.RuneCount(text))
	}
}

// characters appends how many characters there are.
func characters(to []byte, n int) []byte {
	if n == 1 {
		return append(to, "1 character"...)
	}
	return append(strconv.AppendInt(to, int64(n), 10), " characters"...)
}

// quote is a text in quotation marks, cut, with everything escaped that a terminal would act on.
func quote(s string) string { return string(appendQuoted(nil, s)) }

func appendQuoted[T string | []byte](to []byte, text T) []byte {
	if len(text) <= maxShown { // and so it has at most as many characters
		return strconv.AppendQuote(to, string(text))
	}
	return strconv.AppendQuote(to, shorten(string(text)))
}

func shorten(s string) string {
	if len(s) <= 4*maxShown && utf8.RuneCountInString(s) <= maxShown { // a character has at most four bytes
		return s
	}
	runes := []rune(strings.ToValidUTF8(s[:min(len(s), 4*maxShown)], "\uFFFD"))
	return string(runes[:min(len(runes), maxShown)]) + "…"
}
