package shape

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"

	"github.com/relaycheck/relaycheck/schema"
)

// Version is that of the form of a Shape.
const Version = 1

// A Shape is what the documents of a capture look like. Its JSON form is a contract: docs/schemas/shape.schema.json.
type Shape struct {
	Version     int     `json:"shape"`
	Documents   int64   `json:"documents"` // met: those of all Kinds, and Unread
	Unread      int64   `json:"unread"`    // no JSON, too long, or not to be read at all
	First       *Mark   `json:"first,omitempty"`
	Last        *Mark   `json:"last,omitempty"`
	Arrived     *Period `json:"arrived,omitempty"`     // where the capture has times of arrival
	Interrupted bool    `json:"interrupted,omitempty"` // it is of a part of the capture
	Kinds       []Kind  `json:"kinds"`                 // relay callbacks first, in the order of a task's life
	EventsCut   bool    `json:"events_cut,omitempty"`  // undocumented events were too many: they are summed up
	NeverSeen   []Never `json:"never_seen"`            // what is documented and did not come
}

// A Mark is where a document begins.
type Mark struct {
	Source  string     `json:"source"`
	Line    int        `json:"line"`
	Offset  int64      `json:"offset"`
	Within  string     `json:"within,omitempty"`
	Arrived *time.Time `json:"arrived,omitempty"`
}

// A Period is from the earliest to the latest time.
type Period struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
}

// A Kind is the shape of the callbacks of one kind.
type Kind struct {
	Kind         schema.Kind `json:"kind"`
	Name         string      `json:"name"` // callback_event of a relay callback, the short name of a sibling
	Documents    int64       `json:"documents"`
	Share        float64     `json:"share"`                   // of the documents that were read
	WithoutAppID int64       `json:"without_appid,omitempty"` // that have an appid in neither spelling
	First        Mark        `json:"first"`
	Last         Mark        `json:"last"`
	Fields       []Field     `json:"fields"`
	Cut          string      `json:"cut,omitempty"` // what is not told of since there are too many undocumented members
	Orders       []Order     `json:"orders"`        // in which the names of the callback and of msg stand
	Written      []Written   `json:"written"`       // how, where several ways mean the same
}

// A Field is the shape of one place in the callbacks of a kind.
type Field struct {
	// Path is a JSON Pointer that goes on in what a text holds after a "#", with * for the number of an entry. {number}, {name}
	// and {any} stand for names that are data, or too many.
	Path        string           `json:"path"`
	Documented  []schema.Edition `json:"documented,omitempty"` // editions that have it for this kind
	Documents   int64            `json:"documents,omitempty"`  // that have it; not told of {any}
	Share       float64          `json:"share,omitempty"`      // of those of the kind
	Occurrences int64            `json:"occurrences"`
	Types       []Count          `json:"types"`
	Forms       []Count          `json:"forms,omitempty"`
	Numbers     *Bounds          `json:"numbers,omitempty"` // of numbers and of texts that hold whole ones
	Length      *Lengths         `json:"length,omitempty"`  // of texts, in characters; of numbers that are ids, in digits
	Items       *Lengths         `json:"items,omitempty"`   // of lists
	Values      *Values          `json:"values,omitempty"`
	First       Mark             `json:"first"`
	Last        Mark             `json:"last"`
}

// A Count says how often something was seen, and where first.
type Count struct {
	Name  string `json:"name"`
	Count int64  `json:"count"`
	First Mark   `json:"first"`
}

// Bounds are the smallest and the greatest number, exact unless Rounded.
type Bounds struct {
	Min     string `json:"min"`
	Max     string `json:"max"`
	Rounded bool   `json:"rounded,omitempty"` // outwards, to two digits: nobody knows whether they are ids
}

// Lengths are the smallest and the greatest length.
type Lengths struct {
	Min int `json:"min"`
	Max int `json:"max"`
}

// Values are those that a place has. Only values that name nobody are listed.
type Values struct {
	Distinct int64   `json:"distinct"`           // estimated to two digits where there are more than 64
	More     bool    `json:"more,omitempty"`     // there are more than 64: those listed are a sample
	List     []Value `json:"list,omitempty"`     // at most 20, the frequent first
	Unlisted int64   `json:"unlisted,omitempty"` // values beyond 20, and those that must not be shown
}

// A Value is one value and how often it was seen, exactly.
type Value struct {
	Value string `json:"value"`
	Type  string `json:"type"`
	Count int64  `json:"count"`
}

// An Order is one in which the names of an object stand.
type Order struct {
	Path      string   `json:"path"` // "" of the callback, "/msg#" of msg
	Names     []string `json:"names"`
	Cut       bool     `json:"cut,omitempty"` // there are more names
	Documents int64    `json:"documents"`
	More      bool     `json:"more,omitempty"` // there are more orders than those told: they are a sample
}

// Written counts the documents that are written in some manner.
type Written struct {
	Where     string `json:"where"` // "callback", or "nested" for the texts that hold JSON
	Manner    string `json:"manner"`
	Documents int64  `json:"documents"`
}

// shownValues is how many values of a place are listed, and shownOrders how many orders.
const (
	shownValues = 20
	shownOrders = 5
)

// Shape is what was gathered so far.
func (c *Collector) Shape() Shape {
	s := Shape{
		Version: Version, Documents: c.documents, Unread: c.unread, EventsCut: c.folded, Kinds: []Kind{},
		First: mark(c.places.first), Last: mark(c.places.last),
	}
	if !c.arrived.first.IsZero() {
		s.Arrived = &Period{c.arrived.first.UTC(), c.arrived.last.UTC()}
	}
	for _, key := range slices.SortedFunc(maps.Keys(c.kinds), compareKinds) {
		s.Kinds = append(s.Kinds, c.kinds[key].document(key, c.documents-c.unread))
	}
	s.NeverSeen = s.neverSeen()
	return s
}

// compareKinds puts relay callbacks first, in the order of a task's life.
func compareKinds(a, b kindKey) int {
	rank := func(k kindKey) int {
		switch k.kind {
		case schema.KindRelay:
			if at := slices.Index(schema.Events(), k.name); at >= 0 {
				return at
			}
			return 100
		case schema.KindSibling:
			return 101
		default:
			return 102
		}
	}
	return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a.name, b.name))
}

func mark(p *Place) *Mark {
	if p == nil {
		return nil
	}
	m := &Mark{Source: p.Source, Line: p.Line, Offset: p.Offset, Within: p.Within}
	if !p.Arrived.IsZero() {
		at := p.Arrived.UTC()
		m.Arrived = &at
	}
	return m
}

func (k *kind) document(key kindKey, all int64) Kind {
	d := Kind{
		Kind: key.kind, Name: key.name, Documents: k.documents, Share: share(k.documents, all), WithoutAppID: k.unnamed,
		First: *mark(k.places.first), Last: *mark(k.places.last), Fields: []Field{}, Orders: []Order{}, Written: []Written{},
	}
	d.add("", k.root)
	switch {
	case k.depth == 0:
		d.Cut = fmt.Sprintf("there are more than %d members that no edition documents: they are summed up as %s", maxUnknown, anyName)
	case k.depth < maxDepth:
		d.Cut = fmt.Sprintf("there are more than %d members that no edition documents: none is told of that lies more than %d deep", maxUnknown, k.depth)
	}
	for m, name := range mannerNames {
		for _, w := range []struct {
			where string
			n     int64
		}{{"callback", k.body.documents[m]}, {"nested", k.nested.documents[m]}} {
			if w.n > 0 {
				d.Written = append(d.Written, Written{w.where, name, w.n})
			}
		}
	}
	return d
}

// add adds a place and all that lie in it.
func (d *Kind) add(path string, n *node) {
	if path != "" {
		d.Fields = append(d.Fields, d.field(path, n))
	}
	if n.ordered {
		d.orders(path, &n.orders)
	}
	for _, name := range slices.Sorted(maps.Keys(n.members)) {
		d.add(path+"/"+name, n.members[name])
	}
	if n.item != nil {
		d.add(path+"/*", n.item)
	}
	if n.content != nil {
		d.add(path+"#", n.content)
	}
}

func (d *Kind) field(path string, n *node) Field {
	f := Field{
		Path: path, Documented: editionsWith(d.Kind, d.Name, path), Occurrences: n.occurrences, Types: []Count{}, First: *mark(n.places.first), Last: *mark(n.places.last),
	}
	if !n.summed {
		f.Documents, f.Share = n.documents, share(n.documents, d.Documents)
	}
	for i, c := range n.types {
		if c.count > 0 {
			f.Types = append(f.Types, Count{typeNames[i], c.count, *mark(c.first)})
		}
	}
	for i, c := range n.forms {
		if c.count > 0 {
			f.Forms = append(f.Forms, Count{formNames[i], c.count, *mark(c.first)})
		}
	}
	if n.numbers.any {
		f.Numbers = &Bounds{Min: n.numbers.min.String(), Max: n.numbers.max.String()}
		if n.privacy != open {
			low, a := n.numbers.min.rounded(false)
			high, b := n.numbers.max.rounded(true)
			f.Numbers = &Bounds{low, high, a || b}
		}
	}
	if n.texts.any {
		f.Length = &Lengths{n.texts.min, n.texts.max}
	}
	if n.items.any {
		f.Items = &Lengths{n.items.min, n.items.max}
	}
	f.Values = n.values.document(n.occurrences)
	return f
}

func (v *values) document(occurrences int64) *Values {
	if len(v.kept) == 0 {
		return nil
	}
	d := &Values{Distinct: min(v.distinct(), occurrences), More: v.more}
	frequent := func(a, b value) int {
		return cmp.Or(cmp.Compare(b.count, a.count), cmp.Compare(v.texts[a.hash], v.texts[b.hash]), cmp.Compare(a.typ, b.typ))
	}
	shown := slices.DeleteFunc(slices.Clone(v.kept), func(one value) bool { return !one.shown })
	slices.SortFunc(shown, func(a, b value) int {
		// What is documented is always told, so that who reads the list knows what of it was not seen.
		return cmp.Or(-compareBools(a.hash < firstHash, b.hash < firstHash), frequent(a, b))
	})
	shown = shown[:min(len(shown), shownValues)]
	slices.SortFunc(shown, frequent)
	for _, one := range shown {
		d.List = append(d.List, Value{v.texts[one.hash], typeNames[one.typ], one.count})
	}
	d.Unlisted = d.Distinct - int64(len(d.List))
	return d
}

func compareBools(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

func (d *Kind) orders(path string, o *orders) {
	kept := slices.SortedFunc(slices.Values(o.kept), func(a, b order) int {
		return cmp.Or(cmp.Compare(b.count, a.count), slices.Compare(a.names, b.names), cmp.Compare(a.hash, b.hash))
	})
	for i, one := range kept[:min(len(kept), shownOrders)] {
		names := one.names
		if names == nil {
			names = []string{}
		}
		last := i == min(len(kept), shownOrders)-1
		d.Orders = append(d.Orders, Order{Path: path, Names: names, Cut: one.cut, Documents: one.count, More: last && len(kept) > shownOrders})
	}
}

// share is n of all, from 0 to 1, to six places.
func share(n, of int64) float64 {
	if of == 0 {
		return 0
	}
	return float64(int64(float64(n)/float64(of)*1e6+0.5)) / 1e6
}

// Write writes the shape as JSON.
func (s Shape) Write(out io.Writer) error {
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(s); err != nil {
		return fmt.Errorf("write the shape: %w", err)
	}
	return nil
}

// Read reads a shape that Write wrote.
func Read(in io.Reader) (Shape, error) {
	var s Shape
	dec := json.NewDecoder(in)
	dec.DisallowUnknownFields()
	switch err := dec.Decode(&s); {
	case errors.Is(err, io.EOF):
		return s, errors.New("it is empty: a shape is what 'relaycheck validate --shape FILE' writes")
	case err != nil:
		return s, fmt.Errorf("it is no shape as 'relaycheck validate --shape FILE' writes it: %w", err)
	case s.Version != Version:
		return s, fmt.Errorf("it is no shape of version %d, as 'relaycheck validate --shape FILE' writes it", Version)
	}
	return s, nil
}
