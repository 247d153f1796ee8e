package schema

import (
	"math/big"
	"slices"
	"sync"

	"github.com/relaycheck/relaycheck/schema/internal/jsonscan"
)

// What the schemas have against a body depends on little: which of the known members are there, of which type each is,
// and for three of them on the value. That is the body's constellation. Captures repeat the same few, so the library is
// asked once for each, about every edition, and what came of it is kept. Only pointers, keywords and types are kept; what
// a finding says of the body, and where it stands, is taken from the body.

// A ruling is what one edition has against all bodies of a constellation.
type ruling struct {
	edition  Edition
	findings []finding
}

// valued are the members of whose value a schema asks more than its type. A test holds them, and the keywords below
// which the constellation says enough, against the schema files.
var valued = []string{"event_type", "callback_event", "type"}

// valuedTexts are the texts that schemas tell from others.
var valuedTexts = append(Events(), "PullFileUnstable", "PushStreamUnstable", "PullFileFailed", "PushStreamFailed", "FileEndEarly")

// maxRulings bounds the memory: far more constellations than honest senders produce. When it is full nothing more is
// kept, and the library is asked.
const maxRulings = 1024

var kept struct {
	sync.RWMutex
	rulings map[string][]ruling
}

// rulings are what the candidate editions have against the body, without those that do not know what it carries.
func (e *exam) rulings(candidates []Edition) ([]ruling, error) {
	if e.opts.NoFastPath {
		return e.decide(candidates)
	}
	e.key = e.subj.constellation(append(e.key[:0], string(e.opts.Edition)+" "...))
	kept.RLock()
	rulings, known := kept.rulings[string(e.key)]
	kept.RUnlock()
	if known {
		return rulings, nil
	}
	rulings, err := e.decide(candidates)
	if err != nil {
		return nil, err
	}
	kept.Lock()
	defer kept.Unlock()
	if kept.rulings == nil {
		kept.rulings = map[string][]ruling{}
	}
	if len(kept.rulings) < maxRulings {
		kept.rulings[string(e.key)] = rulings
	}
	return rulings, nil
}

// decide asks the library.
func (e *exam) decide(candidates []Edition) ([]ruling, error) {
	candidates, err := e.acquainted(candidates)
	if err != nil {
		return nil, err
	}
	rulings := make([]ruling, len(candidates))
	for i, ed := range candidates {
		found, err := e.edition(ed)
		if err != nil {
			return nil, err
		}
		rulings[i] = ruling{ed, found}
	}
	return rulings, nil
}

// ask is check on a part of the body, once for each class of schemas.
func (e *exam) ask(name string, p *part) ([]deviation, error) {
	if found, known := e.memo[p.class]; known {
		return found, nil
	}
	value, there := e.value(name)
	if !there {
		return nil, nil
	}
	found, err := p.check(value)
	if err != nil {
		return nil, err
	}
	if e.memo == nil {
		e.memo = map[int][]deviation{}
	}
	e.memo[p.class] = found
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

// constellation appends all that the schemas can tell about a body.
func (s *subject) constellation(key []byte) []byte {
	key = s.envelope.constellation(key)
	if s.readable("msg") {
		key = append(key, "msg"...)
		if s.msg.object.doc != nil {
			key = s.msg.object.constellation(key)
		} else {
			key = append(key, typeCode("", &s.msg.doc, s.msg.doc.Root))
		}
	}
	if s.readable("source_urls") {
		doc := &s.urls.doc
		key = append(key, "urls"...)
		key = append(key, typeCode("", doc, doc.Root))
		for kind, first := range kindsOf(doc) {
			if first > 0 {
				key = append(key, '0'+byte(kind))
			}
		}
	}
	return key
}

// constellation appends all that a schema can tell about the object.
func (o *object) constellation(key []byte) []byte {
	for bit, name := range o.names.byBit {
		code := byte('-')
		if o.has&(1<<bit) != 0 {
			code = typeCode(name, o.doc, o.known[bit].Value)
		}
		key = append(key, code)
	}
	return key
}

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
