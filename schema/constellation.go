package schema

import (
	"math/big"
	"math/bits"

	"github.com/relaycheck/relaycheck/schema/internal/jsonscan"
)

// What the schemas have against a body depends on little: which of the known members are there, of which type each is,
// and for three of them on the value. That is the body's constellation. Captures repeat the same few, so the library is
// asked once for each, about every edition, and what came of it is kept, in words as far as they are the same for all
// bodies of a constellation. What a finding tells of a value, and where it stands, is taken from the body.

// valued are the members of whose value a schema asks more than its type. A test holds them, and the keywords below
// which the constellation says enough, against the schema files.
var valued = []string{"event_type", "callback_event", "type"}

// valuedTexts are the texts that schemas tell from others.
var valuedTexts = append(Events(), "PullFileUnstable", "PushStreamUnstable", "PullFileFailed", "PushStreamFailed", "FileEndEarly")

// constellation appends all that the schemas can tell about a body.
func (s *subject) constellation(key []byte) []byte {
	for _, part := range [...]string{"envelope", "msg", "source_urls"} {
		if s.readable(part) {
			key = s.partConstellation(append(key, part...), part)
		}
	}
	return key
}

// partConstellation appends all that the schemas can tell about a part of a body that can be read.
func (s *subject) partConstellation(key []byte, part string) []byte {
	switch part {
	case "msg":
		if s.msg.object.doc != nil {
			return s.msg.object.constellation(append(key, '{'))
		}
		return append(key, typeCode(&s.msg.doc, s.msg.doc.Root))
	case "source_urls":
		doc := &s.urls.doc
		key = append(key, typeCode(doc, doc.Root))
		for kind, first := range kindsOf(doc) {
			if first > 0 {
				key = append(key, '0'+byte(kind))
			}
		}
		return key
	default:
		return s.envelope.constellation(key)
	}
}

// constellation appends all that a schema can tell about the object.
func (o *object) constellation(key []byte) []byte {
	key = append(key, byte(o.has>>8), byte(o.has)) //nolint:gosec // its two halves
	for left := o.has; left != 0; left &= left - 1 {
		bit := bits.TrailingZeros16(left)
		v := o.member(bit).Value
		if v.Kind == jsonscan.String && o.names.valued&(1<<bit) != 0 {
			key = append(key, textCode(o.doc.Content(v)))
		} else {
			key = append(key, typeCode(o.doc, v))
		}
	}
	return key
}

// textCode is one byte for all texts that no schema tells apart.
func textCode(text []byte) byte {
	const firstText = 0x80
	for i, known := range valuedTexts {
		if string(text) == known {
			return firstText + byte(i)
		}
	}
	return typeCodes[jsonscan.String]
}

// typeCodes is one byte for each type.
const typeCodes = "nb0sao" // null, Bool, Number, String, Array, Object

// typeCode is one byte for all values that no schema tells apart; of a text that is its type.
func typeCode(doc *jsonscan.Doc, v jsonscan.Value) byte {
	if v.Kind == jsonscan.Number {
		return numberCode(doc, v)
	}
	return typeCodes[v.Kind]
}

// numberCode tells whole numbers from others, and the event_type of relay callbacks from other whole ones.
func numberCode(doc *jsonscan.Doc, v jsonscan.Value) byte {
	token := doc.Src[v.Start:v.End]
	if isSigned(token) {
		if string(token) == "314" {
			return '3'
		}
		return 'i'
	}
	r, ok := new(big.Rat).SetString(number(doc, v).String())
	switch {
	case !ok || !r.IsInt():
		return 'f'
	case r.Num().IsInt64() && r.Num().Int64() == EventType:
		return '3'
	default:
		return 'i'
	}
}
