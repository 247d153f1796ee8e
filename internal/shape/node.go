package shape

// A jsonType is a type as JSON Schema has it, with whole numbers told apart from others.
type jsonType uint8

const (
	typeNull jsonType = iota
	typeBoolean
	typeInteger
	typeNumber // with a fraction, or too long to tell
	typeString
	typeArray
	typeObject
	types // how many there are
)

var typeNames = [types]string{"null", "boolean", "integer", "number", "string", "array", "object"}

// A tally counts something and knows where it was first.
type tally struct {
	count int64
	first *Place
}

func (t *tally) add(p *Place) {
	if t.count++; t.first == nil || p.before(t.first) {
		t.first = p
	}
}

func (t *tally) merge(o tally, m *moved) {
	if o.count == 0 {
		return
	}
	if p := m.place(o.first); t.first == nil || p.before(t.first) {
		t.first = p
	}
	t.count += o.count
}

// A bound is the smallest and the greatest of some numbers.
type bound struct {
	min, max number
	any      bool
}

func (b *bound) add(n number) {
	if !b.any {
		*b = bound{n, n, true}
		return
	}
	if n.less(b.min) {
		b.min = n
	}
	if b.max.less(n) {
		b.max = n
	}
}

func (b *bound) merge(o bound) {
	if o.any {
		b.add(o.min)
		b.add(o.max)
	}
}

// A reach is the smallest and the greatest of some lengths.
type reach struct {
	min, max int
	any      bool
}

func (r *reach) add(n int) {
	if !r.any {
		*r = reach{n, n, true}
		return
	}
	r.min, r.max = min(r.min, n), max(r.max, n)
}

func (r *reach) merge(o reach) {
	if o.any {
		r.add(o.min)
		r.add(o.max)
	}
}

// A node is what is known of one place in the callbacks of a kind: of a member, of the entries of a list, or of what a text
// holds.
type node struct {
	level   int // how many undocumented names lead here
	privacy privacy
	entry   bool // it is of the entries of a list
	summed  bool // it stands for many names, so that documents cannot be counted
	inner   map[string]privacy
	ordered bool      // the order of its names is kept
	holds   *contents // what its texts hold by their documentation; nil if that is no JSON

	places      span
	documents   int64
	occurrences int64
	last        int64 // the number of the document that was counted last
	types       [types]tally
	forms       [forms]tally
	numbers     bound // of numbers, and of texts that hold whole ones
	texts       reach // characters; of numbers that name somebody, digits
	items       reach // of lists
	values      values
	orders      orders

	members map[string]*node
	item    *node
	content *node
}

func (n *node) merge(o *node, m *moved, k *kind) {
	n.places.merge(o.places, m)
	n.documents += o.documents
	n.occurrences += o.occurrences
	for i := range n.types {
		n.types[i].merge(o.types[i], m)
	}
	for i := range n.forms {
		n.forms[i].merge(o.forms[i], m)
	}
	n.numbers.merge(o.numbers)
	n.texts.merge(o.texts)
	n.items.merge(o.items)
	n.values.merge(&o.values)
	n.orders.merge(&o.orders)
	for name, sub := range o.members {
		if mine := n.shown(name, k); mine != nil {
			mine.merge(sub, m, k)
		}
	}
	if o.item != nil {
		if mine := n.entries(k); mine != nil {
			mine.merge(o.item, m, k)
		}
	}
	if o.content != nil {
		n.inside().merge(o.content, m, k)
	}
}

// member is the node of a member; nil where it is no longer told of.
func (n *node) member(name []byte, k *kind) *node {
	if len(name) > 0 && name[0] != '{' {
		if sub, known := n.members[string(name)]; known {
			return sub
		}
	}
	if _, documented := n.inner[string(name)]; documented {
		return n.shown(string(name), k)
	}
	return n.shown(shownName(name), k)
}

// shown is the node of a member by the name as it is shown.
func (n *node) shown(name string, k *kind) *node {
	if sub, known := n.members[name]; known {
		return sub
	}
	p, documented := n.inner[name]
	sub := &node{level: n.level, privacy: p, summed: n.summed}
	if !documented {
		if sub.level++; sub.level > k.depth {
			if sub.level > 1 {
				return nil
			}
			name, sub.summed = anyName, true
			if old, known := n.members[name]; known {
				return old
			}
		}
		k.count(sub.level)
	}
	if n == k.root {
		switch name {
		case "msg":
			sub.holds, sub.inner = msgContents, msgPrivacy
		case "source_urls":
			sub.holds = listContents
		}
	}
	if n.members == nil {
		n.members = map[string]*node{}
	}
	n.members[name] = sub
	return sub
}

// entries is the node of the entries of a list; nil where they are no longer told of.
func (n *node) entries(k *kind) *node {
	if n.item == nil {
		item := &node{level: n.level, privacy: n.privacy, summed: n.summed, entry: true}
		if n.entry {
			item.privacy = strange // no page has lists in lists
		}
		if item.privacy == strange {
			if item.level++; item.level > k.depth && item.level > 1 {
				return nil
			}
			k.count(item.level)
		}
		n.item = item
	}
	return n.item
}

// inside is the node of the JSON that a text holds.
func (n *node) inside() *node {
	if n.content == nil {
		n.content = &node{level: n.level, privacy: n.privacy, inner: n.holds.inner, ordered: n.holds.inner != nil}
	}
	return n.content
}

// contents says what the texts of a documented member hold: an object with these members, or a list.
type contents struct{ inner map[string]privacy }

var msgContents, listContents = &contents{msgPrivacy}, &contents{}

// A kind is what is known of the callbacks of one kind.
type kind struct {
	documents int64
	unnamed   int64 // of them, without an appid in either spelling
	places    span
	root      *node
	nested    writing // of the texts that hold JSON
	body      writing

	depth  int // undocumented members are told of that so many undocumented names lead to
	counts [maxDepth + 2]int
	deeper bool // there are members that lie deeper
}

func newKind() *kind {
	return &kind{root: &node{privacy: closed, inner: outerPrivacy, ordered: true}, depth: maxDepth}
}

// count notes that an undocumented member is told apart. With too many of them nothing is told any more of the deepest,
// and at last all are summed up. Those that are there stay until the document at hand is done.
func (k *kind) count(level int) {
	k.counts[min(level, maxDepth+1)]++
	for k.depth > 0 && k.unknown() > maxUnknown {
		k.depth--
		k.deeper = true
	}
}

// unknown is how many undocumented members are told apart.
func (k *kind) unknown() (n int) {
	for _, c := range k.counts[:k.depth+1] {
		n += c
	}
	return n
}

// tidy forgets what lies too deep, and sums up the outermost if they alone are too many.
func (k *kind) tidy() {
	if k.deeper {
		k.deeper, k.counts = false, [maxDepth + 2]int{}
		k.root.cut(k)
	}
}

// cut forgets what lies deeper than the kind's depth.
func (n *node) cut(k *kind) {
	if n.item != nil && n.item.privacy == strange {
		if n.item.level > max(k.depth, 1) {
			n.item = nil
		} else {
			k.count(n.item.level)
		}
	}
	var sum []*node
	for name, sub := range n.members {
		_, documented := n.inner[name]
		switch {
		case documented:
			sub.cut(k)
		case sub.level <= k.depth:
			k.count(sub.level)
			sub.cut(k)
		case sub.level == 1:
			sum = append(sum, sub)
			delete(n.members, name)
		default:
			delete(n.members, name)
		}
	}
	for _, sub := range sum {
		n.shown(anyName, k).merge(sub, &moved{}, k)
	}
	if n.item != nil {
		n.item.cut(k)
	}
	if n.content != nil {
		n.content.cut(k)
	}
}

func (k *kind) merge(o *kind, m *moved) {
	k.documents += o.documents
	k.unnamed += o.unnamed
	k.places.merge(o.places, m)
	k.body.merge(&o.body)
	k.nested.merge(&o.nested)
	if o.depth < k.depth {
		k.depth, k.deeper = o.depth, true
	}
	k.root.merge(o.root, m, k)
	k.tidy()
}

// writing counts the documents that are written in some manner.
type writing struct{ documents [manners]int64 }

// A manner is a way to write JSON that changes nothing of what it says.
type manner uint8

const (
	mannerSpace   manner = iota // white space between tokens
	mannerLines                 // of it, line ends
	mannerSlash                 // \/
	mannerMarkup                // &, < and > as \u
	mannerPlain                 // other characters of ASCII as \u that need not be
	mannerEscaped               // letters beyond ASCII as \u
	mannerRaw                   // letters beyond ASCII as they are
	manners
)

var mannerNames = [manners]string{
	"white space between tokens", "line ends between tokens", `slashes as \/`, `&, < or > as \u`, `other ASCII as \u`,
	`letters beyond ASCII as \u`, "letters beyond ASCII as they are",
}

func (w *writing) add(bits uint16) {
	for i := range w.documents {
		if bits&(1<<i) != 0 {
			w.documents[i]++
		}
	}
}

func (w *writing) merge(o *writing) {
	for i := range w.documents {
		w.documents[i] += o.documents[i]
	}
}
