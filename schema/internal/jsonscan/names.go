package jsonscan

import (
	"bytes"
	"strconv"
	"strings"
	"unicode/utf8"
)

// manyNames is from how many names on an object's names are kept in a map: below, comparing them is cheaper.
const manyNames = 16

type seenKey struct {
	key  []byte
	told bool // the repetition was told
}

// names are those of one open object: the top of the scanner's stack, or a map once there are many.
type names struct {
	base int
	many map[string]bool // name -> its repetition was told
}

func (s *scanner) openNames() *names { return &names{base: len(s.keys)} }

func (s *scanner) closeNames(n *names) { s.keys = s.keys[:n.base] }

// again notes a name and reports whether it is the second of its kind in this object. Later ones are not told again.
func (n *names) again(s *scanner, key []byte) bool {
	if n.many != nil {
		told, seen := n.many[string(key)]
		if seen && told {
			return false
		}
		n.many[string(key)] = seen
		return seen
	}
	for i := n.base; i < len(s.keys); i++ {
		if k := &s.keys[i]; bytes.Equal(k.key, key) {
			again := !k.told
			k.told = true
			return again
		}
	}
	s.keys = append(s.keys, seenKey{key: key})
	if len(s.keys)-n.base >= manyNames {
		n.many = make(map[string]bool, 4*manyNames)
		for _, k := range s.keys[n.base:] {
			n.many[string(k.key)] = k.told
		}
	}
	return false
}

// A step is one reference token of the pointer to where the scanner is.
type step struct {
	key     []byte
	index   int
	isIndex bool
}

// pointer is the JSON Pointer to where the scanner is.
func (s *scanner) pointer() string {
	var b strings.Builder
	for _, p := range s.path {
		b.WriteByte('/')
		if p.isIndex {
			b.WriteString(strconv.Itoa(p.index))
		} else {
			b.WriteString(Token(p.key))
		}
	}
	return b.String()
}

// Token makes a JSON Pointer reference token of a name. Long names are cut: a pointer is for reading.
func Token(key []byte) string {
	return tokenEscapes.Replace(cut(key))
}

var tokenEscapes = strings.NewReplacer("~", "~0", "/", "~1")

// maxName is how many bytes of a name are shown.
const maxName = 80

// cut is a name in valid UTF-8 and short enough to be shown.
func cut(key []byte) string {
	if len(key) <= maxName {
		return strings.ToValidUTF8(string(key), "\uFFFD")
	}
	key = key[:maxName]
	for len(key) > 0 && !utf8.RuneStart(key[len(key)-1]) {
		key = key[:len(key)-1]
	}
	if len(key) > 0 && key[len(key)-1] >= utf8.RuneSelf {
		key = key[:len(key)-1]
	}
	return strings.ToValidUTF8(string(key), "\uFFFD") + "…"
}
