package schema

import (
	"math/big"
	"slices"
	"strconv"
	"sync"

	"github.com/relaycheck/relaycheck/schema/internal/jsonscan"
)

// What the schemas have against a part of a body depends on little: which of the known members are there, of which
// type each is, and for three of them on the value. Captures repeat the same mistake, so the library is asked once for
// each such constellation and its answer is kept. Only pointers, keywords and types are kept; what a finding says of the
// body is taken from the body.

// valued are the members of whose value a schema asks more than its type. A test holds them, and the keywords below
// which the constellation says enough, against the schema files.
var valued = []string{"event_type", "callback_event", "type"}

// valuedTexts are the texts that schemas tell from others.
var valuedTexts = append(Events(), "PullFileUnstable", "PushStreamUnstable", "PullFileFailed", "PushStreamFailed", "FileEndEarly")

// maxAnswers bounds the memory: far more constellations than honest senders produce. When it is full nothing more is
// kept, and the library is asked.
const maxAnswers = 4096

var answers struct {
	sync.RWMutex
	kept map[string][]deviation
}

// ask is check on a part of the body, with the answers that the library gave before.
func (e *exam) ask(name string, p *part) ([]deviation, error) {
	var space [64]byte
	key, keep := space[:0], false
	if !e.opts.NoFastPath {
		key, keep = e.subj.constellation(strconv.AppendInt(key, int64(p.class), 10), name)
	}
	if keep {
		answers.RLock()
		found, known := answers.kept[string(key)]
		answers.RUnlock()
		if known {
			return found, nil
		}
	}
	value, there := e.value(name)
	if !there {
		return nil, nil
	}
	found, err := p.check(value)
	if err != nil || !keep {
		return found, err
	}
	answers.Lock()
	defer answers.Unlock()
	if answers.kept == nil {
		answers.kept = map[string][]deviation{}
	}
	if len(answers.kept) < maxAnswers {
		answers.kept[string(key)] = found
	}
	return found, nil
}

// readable reports whether a part of the body is there and can be read, so that there is something to ask about.
func (s *subject) readable(part string) bool {
	switch part {
	case "msg":
		return s.msg != nil && s.msg.err == nil
	case "source_urls":
		return s.urls != nil && s.urls.err == nil
	default:
		return true
	}
}

// constellation appends all that a schema can tell about a part of the body; false for what is not worth keeping.
func (s *subject) constellation(key []byte, part string) ([]byte, bool) {
	o := &s.envelope
	switch part {
	case "msg":
		if o = &s.msg.object; o.doc == nil {
			return nil, false // no object
		}
	case "source_urls":
		doc := &s.urls.doc
		if doc.Root.Kind != jsonscan.Array {
			return nil, false
		}
		for _, item := range doc.Items {
			if item.Kind != jsonscan.String {
				return nil, false // it matters which one
			}
		}
		return append(key, "[]"...), true
	}
	key = append(key, ':')
	for _, name := range constellationNames {
		code := byte('-')
		if m, there := o.known[name]; there {
			code = typeCode(name, o.doc, m.Value)
		}
		key = append(key, code)
	}
	return key, true
}

// constellationNames are all members that any schema asks about.
var constellationNames = func() []string {
	names := slices.Clone(outerKeys)
	for name := range knownMember {
		names = append(names, name)
	}
	slices.Sort(names)
	return slices.Compact(names)
}()

// typeCode is one byte for all values that no schema tells apart.
func typeCode(name string, doc *jsonscan.Doc, v jsonscan.Value) byte {
	const firstText = 0x80
	switch v.Kind {
	case jsonscan.Number:
		return numberCode(doc, v)
	case jsonscan.String:
		if slices.Contains(valued, name) {
			text := doc.Text(v)
			if i := slices.Index(valuedTexts, string(text.Bytes)); i >= 0 {
				return firstText + byte(i) //nolint:gosec // there are a dozen
			}
		}
		return 's'
	case jsonscan.Null:
		return 'n'
	case jsonscan.Bool:
		return 'b'
	case jsonscan.Array:
		return 'a'
	default:
		return 'o'
	}
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
