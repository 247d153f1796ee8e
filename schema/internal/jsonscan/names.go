package jsonscan

import (
	"bytes"
	"hash/maphash"
	"strconv"
	"strings"
	"unicode/utf8"
)

// manyNames is from how many names on an object's names are found by their hash: below, comparing them is cheaper.
const manyNames = 16

// A nameStack holds the names of all open objects, the innermost object's last. The names of objects that have many are
// in a hash table besides, with open addressing. The innermost object's are always the last that were put into it, so
// taking them out again leaves it as it was.
type nameStack struct {
	names []seenName
	table []int32 // 1 + an index in names; 0 is free; the length is a power of two
	used  int
}

type seenName struct {
	key  []byte
	hash uint32
	told bool // that it was repeated
}

// names are those of one open object: the top of the stack.
type names struct {
	base   int
	traits uint64 // of all of them, see trait
	hashed bool
}

// trait is a bit that equal names share, and most others do not: a name whose trait is new need not be compared.
func trait(key []byte) uint64 {
	if len(key) == 0 {
		return 1
	}
	return 1 << ((len(key) + 8*int(key[len(key)-1]) + int(key[0])) & 63)
}

// seed keeps a sender from choosing names that fall on one place of the table.
var seed = maphash.MakeSeed()

func (s *scanner) openNames() names { return names{base: len(s.names.names)} }

func (s *scanner) closeNames(n *names) {
	t := &s.names
	switch mine := len(t.names) - n.base; {
	case !n.hashed:
	case t.used == mine:
		clear(t.table)
		t.used = 0
	default:
		for i := len(t.names) - 1; i >= n.base; i-- {
			t.table[t.slot(t.names[i].hash, int32(i)+1)] = 0 //nolint:gosec // bounded by the text's length
			t.used--
		}
	}
	clear(t.names[n.base:]) // they hold on to the text
	t.names = t.names[:n.base]
}

// again notes a name and reports whether it is the second of its kind in this object. Later ones are not told again.
func (n *names) again(s *scanner, key []byte) bool {
	t := &s.names
	var hash uint32
	if !n.hashed {
		if mine := trait(key); n.traits&mine == 0 {
			n.traits |= mine
		} else if k := n.find(t, key); k != nil {
			again := !k.told
			k.told = true
			return again
		}
		if n.hashed = len(t.names)-n.base >= manyNames; n.hashed {
			for i := n.base; i < len(t.names); i++ {
				t.names[i].hash = n.hash(t.names[i].key)
				t.put(i)
			}
		}
	}
	if n.hashed {
		hash = n.hash(key)
		for at := t.first(hash); t.table[at] != 0; at = t.next(at) {
			i := int(t.table[at]) - 1
			if k := &t.names[i]; i >= n.base && k.hash == hash && bytes.Equal(k.key, key) {
				again := !k.told
				k.told = true
				return again
			}
		}
	}
	t.names = append(t.names, seenName{key: key, hash: hash})
	if n.hashed {
		t.put(len(t.names) - 1)
	}
	return false
}

// find is a name of an object that has few.
func (n *names) find(t *nameStack, key []byte) *seenName {
	for i := n.base; i < len(t.names); i++ {
		if bytes.Equal(t.names[i].key, key) {
			return &t.names[i]
		}
	}
	return nil
}

// hash differs for the same name in objects that are open at the same time.
func (n *names) hash(key []byte) uint32 {
	return uint32(maphash.Bytes(seed, key)>>32) + uint32(n.base)*0x9E3779B9 //nolint:gosec // any bits will do
}

func (t *nameStack) first(hash uint32) int { return int(hash) & (len(t.table) - 1) }

func (t *nameStack) next(at int) int { return (at + 1) & (len(t.table) - 1) }

// slot is where the table has a name, or where it is free.
func (t *nameStack) slot(hash uint32, value int32) int {
	at := t.first(hash)
	for t.table[at] != value && t.table[at] != 0 {
		at = t.next(at)
	}
	return at
}

// put enters names[i]; the table stays at most half full.
func (t *nameStack) put(i int) {
	if 2*(t.used+1) > len(t.table) {
		old := t.table
		t.table = make([]int32, max(8*manyNames, 2*len(old)))
		// In the order of the stack, so that the innermost object's names stay the last ones in.
		entered := make([]bool, i)
		for _, v := range old {
			if v != 0 {
				entered[v-1] = true
			}
		}
		for k, is := range entered {
			if is {
				t.table[t.slot(t.names[k].hash, 0)] = int32(k) + 1
			}
		}
	}
	t.table[t.slot(t.names[i].hash, 0)] = int32(i) + 1 //nolint:gosec // bounded by the text's length
	t.used++
}

// A step is one reference token of the pointer to where the scanner is.
type step struct {
	key     []byte
	index   int
	isIndex bool
	to      string // the pointer up to this step, once it was asked for
}

// pointer is the JSON Pointer to where the scanner is. What it has in common with the last one is not built again: a
// hostile text has a thousand faults below sixty long names.
func (s *scanner) pointer() string {
	known := len(s.path)
	for known > 0 && s.path[known-1].to == "" {
		known--
	}
	to := ""
	if known > 0 {
		to = s.path[known-1].to
	}
	for i := known; i < len(s.path); i++ {
		p := &s.path[i]
		switch {
		case len(to) > maxPointer:
		case p.isIndex:
			to += "/" + strconv.Itoa(p.index)
		default:
			if to += "/" + Token(p.key); len(to) > maxPointer {
				to += "/…"
			}
		}
		p.to = to
	}
	return to
}

// maxPointer is from how many bytes on a pointer is cut.
const maxPointer = 300

// Token makes a JSON Pointer reference token of a name. Long names are cut: a pointer is for reading.
func Token(key []byte) string { return string(AppendToken(nil, key)) }

// AppendToken is Token, appended.
func AppendToken(to, key []byte) []byte {
	for _, c := range key {
		if c == '~' || c == '/' || c >= utf8.RuneSelf || len(key) > maxName {
			return append(to, tokenEscapes.Replace(cut(key))...)
		}
	}
	return append(to, key...)
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
