package schema

import (
	"encoding/json"
	"math/big"
	"slices"
	"strconv"
	"sync"
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

// ask is check, with the answers that the library gave before.
func (p *part) ask(value any) ([]deviation, error) {
	var space [64]byte
	key, ok := p.constellation(space[:0], value)
	if !ok {
		return p.check(value)
	}
	answers.RLock()
	found, known := answers.kept[string(key)]
	answers.RUnlock()
	if known {
		return found, nil
	}
	found, err := p.check(value)
	if err != nil {
		return nil, err
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

// constellation appends all that the part's schema can tell about a value; false for what is not worth keeping.
func (p *part) constellation(key []byte, value any) ([]byte, bool) {
	key = strconv.AppendInt(key, int64(p.class), 10)
	switch value := value.(type) {
	case map[string]any:
		key = append(key, ':')
		for _, name := range constellationNames {
			code := byte('-')
			if v, there := value[name]; there {
				code = typeCode(name, v)
			}
			key = append(key, code)
		}
		return key, true
	case []any:
		for _, item := range value {
			if _, ok := item.(string); !ok {
				return nil, false // it matters which one
			}
		}
		return append(key, "[]"...), true
	default:
		return nil, false
	}
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
func typeCode(name string, v any) byte {
	const firstText = 0x80
	switch v := v.(type) {
	case nil:
		return 'n'
	case bool:
		return 'b'
	case string:
		if slices.Contains(valued, name) {
			if i := slices.Index(valuedTexts, v); i >= 0 {
				return firstText + byte(i) //nolint:gosec // there are a dozen
			}
		}
		return 's'
	case json.Number:
		switch whole, is314 := wholeNumber(v); {
		case !whole:
			return 'f'
		case is314:
			return '3'
		default:
			return 'i'
		}
	case []any:
		return 'a'
	default:
		return 'o'
	}
}

// wholeNumber reports whether a number is whole, and whether it is the event_type of relay callbacks.
func wholeNumber(n json.Number) (whole, relay bool) {
	if isSigned([]byte(n)) {
		return true, n == "314"
	}
	r, ok := new(big.Rat).SetString(n.String())
	if !ok || !r.IsInt() {
		return false, false
	}
	return true, r.Num().IsInt64() && r.Num().Int64() == EventType
}
