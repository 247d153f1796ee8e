package shape

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/relaycheck/relaycheck/schema"
)

// A Never is something that editions document and that did not come.
type Never struct {
	What     string           `json:"what"`            // "event", "member", "type" or "value"
	Event    string           `json:"event,omitempty"` // where it is about the msg of one event
	Path     string           `json:"path"`
	Detail   string           `json:"detail,omitempty"` // the type or the value
	Editions []schema.Edition `json:"editions"`         // that document it
}

// String says it in a line.
func (n Never) String() string {
	where := n.Path
	if n.Event != "" {
		where = n.Event + " " + n.Path
	}
	switch n.What {
	case "event":
		return "event " + n.Detail
	case "type":
		return fmt.Sprintf("%s as %s", where, n.Detail)
	case "value":
		return fmt.Sprintf("%s %s", where, n.Detail)
	default:
		return where
	}
}

const (
	whatEvent  = "event"
	whatMember = "member"
	whatType   = "type"
	whatValue  = "value"
)

// neverSeen is what some edition documents for relay callbacks and no callback has. Of an event that did not come only that
// is told.
func (s *Shape) neverSeen() []Never {
	var all []Never
	note := func(e schema.Edition, n Never) {
		at := slices.IndexFunc(all, func(o Never) bool {
			return o.What == n.What && o.Event == n.Event && o.Path == n.Path && o.Detail == n.Detail
		})
		if at < 0 {
			at, all = len(all), append(all, n)
		}
		if !slices.Contains(all[at].Editions, e) {
			all[at].Editions = append(all[at].Editions, e)
		}
	}
	for _, e := range schema.Editions() {
		for _, event := range documentedEvents(e) {
			if s.event(event) == nil {
				note(e, Never{What: whatEvent, Path: "/callback_event", Detail: event})
			}
		}
		for _, r := range schema.Readings() {
			s.neverOf(e, "", "", pageOf(e, r, "envelope"), note)
			for _, event := range documentedEvents(e) {
				s.neverOf(e, event, "/msg#", pageOf(e, r, "msg."+event), note)
			}
		}
	}
	rank := []string{whatEvent, whatMember, whatType, whatValue}
	slices.SortStableFunc(all, func(a, b Never) int {
		return cmp.Or(cmp.Compare(slices.Index(rank, a.What), slices.Index(rank, b.What)),
			cmp.Compare(eventRank(a.Event), eventRank(b.Event)), cmp.Compare(a.Path, b.Path), cmp.Compare(a.Detail, b.Detail))
	})
	if all == nil {
		all = []Never{}
	}
	return all
}

func eventRank(event string) int { return slices.Index(schema.Events(), event) }

// documentedEvents are those that the tables of an edition name.
func documentedEvents(e schema.Edition) []string {
	return pageOf(e, schema.Documented, "envelope").Properties["callback_event"].Enum
}

// neverOf tells what of an object's schema was not seen in any relay callback, or in those of an event.
func (s *Shape) neverOf(e schema.Edition, event, prefix string, p page, note func(schema.Edition, Never)) {
	if event != "" && s.event(event) == nil || event == "" && s.relay() == 0 {
		return
	}
	for _, name := range slices.Sorted(maps.Keys(p.Properties)) {
		path := prefix + "/" + name
		seen := s.seen(event, path)
		if len(seen) == 0 {
			note(e, Never{What: whatMember, Event: event, Path: path})
			continue
		}
		property := p.Properties[name]
		if len(property.Type) > 1 {
			for _, t := range property.Type {
				if !slices.ContainsFunc(seen, func(f *Field) bool { return f.has(t) }) {
					note(e, Never{What: whatType, Event: event, Path: path, Detail: t})
				}
			}
		}
		if path == "/callback_event" {
			continue // told as events
		}
		for _, v := range property.Enum {
			if !slices.ContainsFunc(seen, func(f *Field) bool { return f.hasValue(v) }) {
				note(e, Never{What: whatValue, Event: event, Path: path, Detail: v})
			}
		}
	}
}

// event is the kind of a callback_event; nil if none came.
func (s *Shape) event(name string) *Kind {
	for i := range s.Kinds {
		if k := &s.Kinds[i]; k.Kind == schema.KindRelay && k.Name == name {
			return k
		}
	}
	return nil
}

// relay is how many relay callbacks there are.
func (s *Shape) relay() (n int64) {
	for _, k := range s.Kinds {
		if k.Kind == schema.KindRelay {
			n += k.Documents
		}
	}
	return n
}

// seen are the places of a path, in the callbacks of an event or, with "", in all relay callbacks.
func (s *Shape) seen(event, path string) (fields []*Field) {
	for i := range s.Kinds {
		k := &s.Kinds[i]
		if k.Kind == schema.KindRelay && (event == "" || k.Name == event) {
			if f := k.at(path); f != nil {
				fields = append(fields, f)
			}
		}
	}
	return fields
}

func (d *Kind) at(path string) *Field {
	for i := range d.Fields {
		if d.Fields[i].Path == path {
			return &d.Fields[i]
		}
	}
	return nil
}

// has reports whether a value of a type was seen.
func (f *Field) has(t string) bool { return f.count(t) > 0 }

func (f *Field) count(t string) int64 { return counted(f.Types, t).Count }

func (f *Field) form(name form) Count { return counted(f.Forms, formNames[name]) }

func counted(list []Count, name string) Count {
	for _, c := range list {
		if c.Name == name {
			return c
		}
	}
	return Count{}
}

// hasValue reports whether a text was seen. Documented values are always among those that are kept.
func (f *Field) hasValue(text string) bool {
	return f.Values != nil && slices.ContainsFunc(f.Values.List, func(v Value) bool { return v.Type == typeNames[typeString] && v.Value == text })
}

// editionsWith are the editions that document a path in the callbacks of a kind, in any reading.
func editionsWith(k schema.Kind, event, path string) (list []schema.Edition) {
	if k != schema.KindRelay {
		return nil
	}
	for _, e := range schema.Editions() {
		if documents(e, event, path) {
			list = append(list, e)
		}
	}
	return list
}

// documents reports whether an edition has a path.
func documents(e schema.Edition, event, path string) bool {
	for _, r := range schema.Readings() {
		name, inner, nested := strings.Cut(path, "#")
		switch {
		case !nested:
			if _, ok := pageOf(e, r, "envelope").Properties[strings.TrimPrefix(name, "/")]; ok {
				return true
			}
		case name == "/source_urls":
			if inner == "" || inner == "/*" {
				return true
			}
		case name == "/msg":
			p, ok := pages()[schema.File{Edition: e, Reading: r, Name: "msg." + event}.Path()]
			if !ok {
				continue
			}
			if _, member := p.Properties[strings.TrimPrefix(inner, "/")]; inner == "" || member {
				return true
			}
		}
	}
	return false
}
