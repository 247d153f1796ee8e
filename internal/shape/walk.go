package shape

import (
	"bytes"
	"encoding/json"
	"unicode/utf8"
)

// A walker takes one document after the other apart.
type walker struct {
	k     *kind
	place *Place
	n     int64 // the number of the document
	sure  bool  // what nests in texts is known to be JSON

	text  []byte // valid JSON
	at    int
	style uint16 // the manners that were met in this text

	nested []byte // the content of a text that holds JSON
	buf    []byte // the content of any other
	name   []byte // a name that was escaped
}

// document gathers a body of valid JSON.
func (w *walker) document(k *kind, at *Place, body []byte, sure bool) {
	w.k, w.place, w.sure = k, at, sure
	w.n++
	w.read(k.root, body)
	k.body.add(w.style)
	if !w.has("appid") && !w.has("appId") {
		k.unnamed++
	}
	w.text, w.k, w.place = nil, nil, nil
	if cap(w.nested) > 1<<16 {
		w.nested = nil
	}
	if cap(w.buf) > 1<<16 {
		w.buf = nil
	}
}

// has reports whether the document at hand has an outer member.
func (w *walker) has(name string) bool {
	sub := w.k.root.members[name]
	return sub != nil && sub.last == w.n
}

// read gathers the value in a text.
func (w *walker) read(n *node, text []byte) {
	w.text, w.at, w.style = text, 0, 0
	w.space()
	w.value(n)
	w.space()
}

// next is the byte at hand, 0 at the end.
func (w *walker) next() byte {
	if w.at < len(w.text) {
		return w.text[w.at]
	}
	return 0
}

func (w *walker) space() {
	for w.at < len(w.text) && w.text[w.at] <= ' ' {
		w.style |= 1 << mannerSpace
		if w.text[w.at] == '\n' {
			w.style |= 1 << mannerLines
		}
		w.at++
	}
}

// met counts a value of a type.
func (w *walker) met(n *node, t jsonType) {
	n.types[t].add(w.place)
	n.occurrences++
	if n.last != w.n {
		n.last = w.n
		n.documents++
		n.places.add(w.place)
	}
}

// value gathers the value at hand; n is nil where it is only passed over.
func (w *walker) value(n *node) {
	if n == nil {
		w.skip()
		return
	}
	switch c := w.next(); c {
	case '{':
		w.met(n, typeObject)
		w.object(n)
	case '[':
		w.met(n, typeArray)
		w.list(n)
	case '"':
		w.met(n, typeString)
		w.string(n)
	case 't', 'f', 'n':
		w.literal(n, c)
	default:
		w.number(n)
	}
}

func (w *walker) object(n *node) {
	hash, members := uint64(0), 0
	from := w.at
	for w.at++; ; w.at++ {
		w.space()
		if w.next() != '"' {
			break
		}
		name := w.key()
		if n.ordered {
			hash = hashOf(hash, name)
			members++
		}
		sub := n.member(name, w.k)
		w.space()
		w.at++ // the colon
		w.space()
		w.value(sub)
		w.space()
		if w.next() != ',' {
			break
		}
	}
	w.at = min(w.at+1, len(w.text))
	if n.ordered {
		w.order(n, hash, members, w.text[from:w.at])
	}
}

// order counts the order of the names of an object. The names are read again if it has not been met.
func (w *walker) order(n *node, hash uint64, members int, object []byte) {
	one := order{hash: hash, count: 1, cut: members > maxNames}
	if at, known := n.orders.find(hash); !known && at < maxOrders {
		again := walker{text: object, at: 1}
		for range min(members, maxNames) {
			again.space()
			one.names = append(one.names, shownIn(n, again.key()))
			again.space()
			again.at++
			again.space()
			again.skip()
			again.space()
			again.at++
		}
	}
	n.orders.add(one)
}

func shownIn(n *node, name []byte) string {
	if _, documented := n.inner[string(name)]; documented {
		return string(name)
	}
	return shownName(name)
}

func (w *walker) list(n *node) {
	items := 0
	for w.at++; ; w.at++ {
		w.space()
		if c := w.next(); c == ']' || c == 0 {
			break
		}
		w.value(n.entries(w.k))
		items++
		w.space()
		if w.next() != ',' {
			break
		}
	}
	w.at = min(w.at+1, len(w.text))
	n.items.add(items)
}

func (w *walker) literal(n *node, c byte) {
	text, t := "null", typeNull
	switch c {
	case 't':
		text, t = "true", typeBoolean
	case 'f':
		text, t = "false", typeBoolean
	}
	w.met(n, t)
	w.at = min(w.at+len(text), len(w.text))
	if t == typeBoolean {
		n.values.add(hashOf(uint64(t), []byte(text)), t, func() (string, bool) { return text, true })
	}
}

func (w *walker) number(n *node) {
	token := w.scalar()
	v, whole, ok := parseNumber(token)
	t := typeNumber
	if whole {
		t = typeInteger
	}
	w.met(n, t)
	switch {
	case !ok:
		n.forms[formWild].add(w.place)
		return
	case v.negative():
		n.forms[formNegative].add(w.place)
	}
	if v.beyondSafe() {
		n.forms[formHuge].add(w.place)
	}
	if !whole {
		n.forms[formFraction].add(w.place)
	}
	var hash uint64
	if v.big == nil {
		hash = max(mix(uint64(v.small), uint64(typeInteger)+0xD6E8FEB86659FD93), firstHash) //nolint:gosec // any bits will do
	} else {
		hash = hashOf(uint64(typeNumber), []byte(v.String()))
	}
	if n.privacy != open {
		n.values.add(hash, t, nil)
	} else {
		n.values.add(hash, t, func() (string, bool) { return v.String(), true })
	}
	if n.privacy == closed {
		n.texts.add(v.length())
		return
	}
	n.numbers.add(v)
}

// string gathers a text, and what it holds where that is JSON by its documentation.
func (w *walker) string(n *node) {
	raw := w.raw()
	var text []byte
	switch {
	case bytes.IndexByte(raw, '\\') < 0:
		text = raw
	case n.holds != nil:
		w.nested = w.unescape(w.nested[:0], raw)
		text = w.nested
	default:
		w.buf = w.unescape(w.buf[:0], raw)
		text = w.buf
	}
	characters := len(text)
	if !isASCII(text) {
		characters = utf8.RuneCount(text)
	}
	n.texts.add(characters)
	if characters != len(text) && !isASCII(raw) {
		w.style |= 1 << mannerRaw
	}
	if n.holds != nil {
		w.within(n, text)
		return
	}
	f := formOf(text)
	n.forms[f].add(w.place)
	if f.isAddress() && bytes.IndexByte(text, '?') > 0 {
		n.forms[formQuery].add(w.place)
		if bytes.Contains(text, txSecret) {
			n.forms[formSecret].add(w.place)
		}
	}
	if n.privacy != open {
		n.values.add(hashOf(uint64(typeString), text), typeString, nil)
		return
	}
	hash := documentedValues()[string(text)]
	if hash == 0 {
		hash = hashOf(uint64(typeString), text)
	}
	n.values.add(hash, typeString, func() (string, bool) { return shownText(text) })
	if f == formDigits || f == formSigned {
		if v, _, ok := parseNumber(text); ok {
			n.numbers.add(v)
		}
	}
}

// within gathers the JSON in a text.
func (w *walker) within(n *node, text []byte) {
	if !w.sure && !json.Valid(text) {
		n.forms[formNotJSON].add(w.place)
		return
	}
	text = bytes.TrimLeft(text, " \t\r\n")
	f := formNotJSON
	switch {
	case len(text) == 0:
	case text[0] == '{':
		f = formObject
	case text[0] == '[' && text[len(text)-1] == '\n':
		f = formArrayLine
	case text[0] == '[':
		f = formArray
	default:
		f = formWord
	}
	n.forms[f].add(w.place)
	outer, at, style := w.text, w.at, w.style
	w.read(n.inside(), bytes.TrimRight(text, " \t\r\n"))
	w.k.nested.add(w.style)
	w.text, w.at, w.style = outer, at, style
}

// key passes over a name and is what it says. It is valid until the next one.
func (w *walker) key() []byte {
	raw := w.raw()
	if bytes.IndexByte(raw, '\\') < 0 {
		return raw
	}
	w.name = w.unescape(w.name[:0], raw)
	return w.name
}

// raw passes over the text at hand and is what stands between its quotes.
func (w *walker) raw() []byte {
	from := min(w.at+1, len(w.text))
	for at := from; at < len(w.text); {
		end := bytes.IndexByte(w.text[at:], '"')
		if end < 0 {
			break
		}
		end += at
		slashes := end
		for slashes > from && w.text[slashes-1] == '\\' {
			slashes--
		}
		if (end-slashes)%2 == 0 {
			w.at = end + 1
			return w.text[from:end]
		}
		at = end + 1
	}
	w.at = len(w.text) // cannot be in valid JSON
	return w.text[from:]
}

// scalar passes over a number, or whatever else stands there.
func (w *walker) scalar() []byte {
	from := w.at
	for w.at < len(w.text) && w.text[w.at] > ' ' && w.text[w.at] != ',' && w.text[w.at] != ']' && w.text[w.at] != '}' {
		w.at++
	}
	return w.text[from:w.at]
}

// skip passes over a value.
func (w *walker) skip() {
	for depth := 0; w.at < len(w.text); {
		switch w.text[w.at] {
		case '"':
			w.raw()
		case '{', '[':
			depth++
			w.at++
			continue
		case '}', ']':
			depth--
			w.at++
		case ',', ':', ' ', '\t', '\r', '\n':
			w.at++
			continue
		default:
			w.scalar()
		}
		if depth <= 0 {
			return
		}
	}
}
