package shape

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/relaycheck/relaycheck/schema"
)

// DiffOptions say what a shape is held against.
type DiffOptions struct {
	Edition  schema.Edition // Auto takes for documented what any edition documents, and patches the newest
	Reading  schema.Reading // "" is Wire
	MinShare float64        // departures seen in a smaller share of the callbacks are left out, from 0 to 1
}

// A Difference is where production and the editions part. Its JSON form is a contract: docs/schemas/schema-diff.schema.json.
type Difference struct {
	Edition     string         `json:"edition"` // "auto", or the one that was asked for
	Against     schema.Edition `json:"against"` // the one that is patched
	Reading     schema.Reading `json:"reading"`
	Relay       int64          `json:"relay"`                 // relay callbacks that were seen
	Interrupted bool           `json:"interrupted,omitempty"` // the shape is of a part of the capture
	Departures  []Departure    `json:"departures"`            // what came and is not documented, the frequent first
	Omitted     int            `json:"departures_omitted,omitempty"`
	NeverSeen   []Never        `json:"never_seen"` // what is documented and did not come
	Patches     []FilePatch    `json:"patches"`    // that make the schemas let pass what came
}

// A Departure is one thing that production does and that is not documented.
type Departure struct {
	What      string           `json:"what"`            // see the constants
	Event     string           `json:"event,omitempty"` // where it is about the msg of one event
	Path      string           `json:"path"`
	Detail    string           `json:"detail,omitempty"` // the type, the value, what is wrong with the number or the text
	Message   string           `json:"message"`          // one sentence without a full stop
	Seen      int64            `json:"seen"`
	Of        int64            `json:"of"` // callbacks that it could be in
	Share     float64          `json:"share"`
	First     *Mark            `json:"first,omitempty"`     // where that is known
	Elsewhere []schema.Edition `json:"elsewhere,omitempty"` // other editions that document it
	Patched   bool             `json:"patched"`             // one of the patches lets it pass
}

// What a Departure may be, beside event, member, type and value.
const (
	whatMissing = "missing" // a required member is not there
	whatNumber  = "number"  // it is negative, or greater than every parser keeps
	whatText    = "text"    // it does not hold what it should
)

// ErrNoRelay says that there is nothing to hold against the editions.
var ErrNoRelay = errors.New("there is no relay callback in the shape")

// Diff holds a shape against the editions.
func Diff(s Shape, opts DiffOptions) (Difference, error) {
	if opts.Reading == "" {
		opts.Reading = schema.Wire
	}
	d := differ{shape: &s, reading: opts.Reading, editions: schema.Editions(), found: map[departureKey]*Departure{}}
	out := Difference{Edition: "auto", Reading: opts.Reading, Relay: s.relay(), Interrupted: s.Interrupted, Departures: []Departure{}, NeverSeen: []Never{}}
	if opts.Edition != schema.Auto {
		if !slices.Contains(d.editions, opts.Edition) {
			return out, fmt.Errorf("there is no edition %q", opts.Edition)
		}
		d.editions, out.Edition = []schema.Edition{opts.Edition}, string(opts.Edition)
	}
	if out.Relay == 0 {
		return out, ErrNoRelay
	}
	out.Against = d.editions[len(d.editions)-1]
	d.events()
	d.envelope()
	for i := range s.Kinds {
		if k := &s.Kinds[i]; k.Kind == schema.KindRelay && d.names(k.Name) {
			d.msg(k)
		}
	}
	d.sourceURLs()
	for _, one := range d.found {
		if one.Share = share(one.Seen, one.Of); one.Share < opts.MinShare {
			out.Omitted++
			continue
		}
		out.Departures = append(out.Departures, *one)
	}
	slices.SortFunc(out.Departures, func(a, b Departure) int {
		return cmp.Or(cmp.Compare(b.Share, a.Share), cmp.Compare(b.Seen, a.Seen), cmp.Compare(eventRank(a.Event), eventRank(b.Event)),
			cmp.Compare(a.Path, b.Path), cmp.Compare(a.What, b.What), cmp.Compare(a.Detail, b.Detail))
	})
	for _, n := range s.NeverSeen {
		if slices.ContainsFunc(n.Editions, func(e schema.Edition) bool { return slices.Contains(d.editions, e) }) {
			out.NeverSeen = append(out.NeverSeen, n)
		}
	}
	out.Patches = patches(&s, out.Against, out.Reading, out.Departures)
	return out, nil
}

type differ struct {
	shape    *Shape
	reading  schema.Reading
	editions []schema.Edition // that are asked; what one of them documents is documented
	found    map[departureKey]*Departure
}

type departureKey struct{ what, event, path, detail string }

// note counts a departure. Where it holds in callbacks of several events it is one.
func (d *differ) note(what, event, path, detail, message string, seen, of int64, first *Mark) *Departure {
	if seen <= 0 {
		return &Departure{}
	}
	key := departureKey{what, event, path, detail}
	one := d.found[key]
	if one == nil {
		one = &Departure{What: what, Event: event, Path: path, Detail: detail, Message: message, Of: of}
		d.found[key] = one
	}
	one.Seen += seen
	// Kinds are not in the order of the capture; of two places in one source the earlier is the first.
	if first != nil && (one.First == nil || one.First.Source == first.Source && first.Line < one.First.Line) {
		at := *first
		one.First = &at
	}
	return one
}

// none reports whether no edition that is asked says yes.
func (d *differ) none(yes func(schema.Edition) bool) bool {
	return !slices.ContainsFunc(d.editions, yes)
}

// names reports whether an edition that is asked describes the msg of an event.
func (d *differ) names(event string) bool {
	return !d.none(func(e schema.Edition) bool { return slices.Contains(documentedEvents(e), event) })
}

// who says that no edition documents something, in the words of the editions that are asked.
func (d *differ) who() string {
	if len(d.editions) == 1 {
		return "the edition of " + string(d.editions[0]) + " does not document"
	}
	return "no edition documents"
}

func (d *differ) events() {
	for i := range d.shape.Kinds {
		k := &d.shape.Kinds[i]
		if k.Kind != schema.KindRelay || k.Name == "" || d.names(k.Name) {
			continue
		}
		message := fmt.Sprintf("%s the event %s", d.who(), k.Name)
		if k.Name == schema.ResetTaskConfig {
			message += ", which the API's list of CallbackEvents names"
		}
		one := d.note(whatEvent, "", "/callback_event", k.Name, message, k.Documents, d.shape.relay(), &k.First)
		for _, e := range schema.Editions() {
			if slices.Contains(documentedEvents(e), k.Name) {
				one.Elsewhere = append(one.Elsewhere, e)
			}
		}
	}
}

// envelope looks at the outer members, in the callbacks of all events together.
func (d *differ) envelope() {
	all := d.shape.relay()
	for i := range d.shape.Kinds {
		k := &d.shape.Kinds[i]
		if k.Kind != schema.KindRelay {
			continue
		}
		page := func(e schema.Edition) page { return pageOf(e, d.reading, "envelope") }
		d.members(k, "", "", all, page)
		d.lacking(k, all)
		for _, name := range []string{"/msg", "/source_urls"} {
			if f := k.at(name); f != nil {
				broken := f.form(formNotJSON)
				d.note(whatText, "", name, broken.Name, "the text in "+name[1:]+" is not JSON", broken.Count, all, &broken.First)
			}
		}
	}
}

// msg looks at what the text msg of an event holds.
func (d *differ) msg(k *Kind) {
	page := func(e schema.Edition) page { return pageOf(e, d.reading, "msg."+k.Name) }
	content := k.at("/msg#")
	if content == nil {
		return
	}
	d.types(k.Name, content, k.Documents, page)
	d.members(k, k.Name, "/msg#", k.Documents, page)
	objects := content.count("object")
	for _, name := range d.required(page) {
		d.missing(k, k.Name, "/msg#/"+name, objects, k.Documents)
	}
}

// sourceURLs looks at the list that the text source_urls holds, in the callbacks of all events together.
func (d *differ) sourceURLs() {
	all := d.shape.relay()
	for i := range d.shape.Kinds {
		k := &d.shape.Kinds[i]
		if k.Kind != schema.KindRelay {
			continue
		}
		if f := k.at("/source_urls#"); f != nil {
			d.types("", f, all, func(e schema.Edition) page { return pageOf(e, d.reading, "source_urls") })
		}
		if f := k.at("/source_urls#/*"); f != nil {
			d.types("", f, all, func(e schema.Edition) page {
				if items := pageOf(e, d.reading, "source_urls").Items; items != nil {
					return *items
				}
				return page{}
			})
		}
	}
}

// members looks at the members of an object: those that are not documented, and the types and values of those that are.
func (d *differ) members(k *Kind, event, prefix string, of int64, pageOf func(schema.Edition) page) {
	for i := range k.Fields {
		f := &k.Fields[i]
		name, ok := strings.CutPrefix(f.Path, prefix+"/")
		if !ok || strings.ContainsAny(name, "/#") {
			continue
		}
		if d.none(func(e schema.Edition) bool { _, has := pageOf(e).Properties[name]; return has }) {
			what := fmt.Sprintf("the member %q", name)
			if event != "" {
				what += " in the msg of " + event
			}
			if event == schema.TaskAlarm && name == alarmType {
				what += ", which is what the API's text calls the member type"
			}
			one := d.note(whatMember, event, f.Path, "", d.who()+" "+what, max(f.Documents, min(f.Occurrences, k.Documents)), of, &f.First)
			one.Elsewhere = slices.DeleteFunc(editionsWith(k.Kind, k.Name, f.Path), func(e schema.Edition) bool { return slices.Contains(d.editions, e) })
			continue
		}
		d.types(event, f, of, func(e schema.Edition) page { return pageOf(e).Properties[name] })
		d.values(k, event, name, f, of)
		d.numbers(event, name, f, of)
	}
}

// alarmType is the name that the API's text has for the type of an alarm (CreateLivePullStreamTask, product/267/48357).
const alarmType = "AlarmType"

// types looks at the types of a documented place.
func (d *differ) types(event string, f *Field, of int64, pageOf func(schema.Edition) page) {
	for _, t := range f.Types {
		if d.none(func(e schema.Edition) bool { return pageOf(e).Type.allows(t.Name) }) {
			d.note(whatType, event, f.Path, t.Name, fmt.Sprintf("%s %s as %s", d.who(), place(event, f.Path), t.Name), t.Count, of, &t.First)
		}
	}
}

// place names a path with the event that it is about.
func place(event, path string) string {
	if event == "" {
		return path
	}
	return path + " of " + event
}

// values looks at the values of a place for which the tables list some: the types of an alarm. Events are looked at for
// themselves.
func (d *differ) values(k *Kind, event, name string, f *Field, of int64) {
	if event == "" || f.Values == nil {
		return
	}
	enum := func(e schema.Edition) []string {
		return pageOf(e, schema.Documented, "msg."+k.Name).Properties[name].Enum
	}
	if d.none(func(e schema.Edition) bool { return len(enum(e)) > 0 }) {
		return
	}
	for _, v := range f.Values.List {
		if v.Type == "string" && d.none(func(e schema.Edition) bool { return slices.Contains(enum(e), v.Value) }) {
			d.note(whatValue, event, f.Path, v.Value, fmt.Sprintf("%s %s for %s", d.who(), v.Value, place(event, f.Path)), v.Count, of, nil)
		}
	}
}

// What numbers mean: those that may be negative, and those that may be written as text.
var (
	numberNames = []string{"appid", "appId", "event_time", "task_start_time", "task_exit_time", "index", "duration", "code"}
	signedNames = []string{"code"}
	textNames   = []string{"event_time", "index", "code"}
)

// numbers looks at numbers that no schema forbids and that no page can mean. The validator warns of them.
func (d *differ) numbers(event, name string, f *Field, of int64) {
	if !slices.Contains(numberNames, name) {
		return
	}
	where := place(event, f.Path)
	if !slices.Contains(signedNames, name) {
		for _, which := range []form{formNegative, formSigned} {
			if negative := f.form(which); which == formNegative || slices.Contains(textNames, name) {
				d.note(whatNumber, event, f.Path, formNames[formNegative], where+" is negative", negative.Count, of, &negative.First)
			}
		}
	}
	for _, which := range []form{formHuge, formWild} {
		huge := f.form(which)
		d.note(whatNumber, event, f.Path, formNames[formHuge], where+" is greater than every parser keeps exactly", huge.Count, of, &huge.First)
	}
	if slices.Contains(textNames, name) {
		d.note(whatText, event, f.Path, "no whole number", where+" is a text that holds no whole number",
			f.count("string")-f.form(formDigits).Count-f.form(formSigned).Count, of, nil)
	}
}

// lacking looks for outer members that callbacks of an event have to have and lack.
func (d *differ) lacking(k *Kind, of int64) {
	envelope := func(e schema.Edition) page {
		p := pageOf(e, d.reading, "envelope")
		if p.If != nil && p.Then != nil && slices.Contains(p.If.Properties["callback_event"].Enum, k.Name) {
			p.Required = append(slices.Clone(p.Required), p.Then.Required...)
		}
		return p
	}
	for _, name := range d.required(envelope) {
		d.missing(k, "", "/"+name, k.Documents, of)
	}
	if d.none(func(e schema.Edition) bool { return len(envelope(e).AnyOf) == 0 }) {
		d.note(whatMissing, "", appid, "", "there is no appid, in neither spelling", k.WithoutAppID, of, nil)
	}
}

// appid is the one member that has two spellings: schemas ask for one of them.
const appid = "/appid"

// required are the members that every edition requires that is asked and has such an object.
func (d *differ) required(pageOf func(schema.Edition) page) []string {
	count, knowing := map[string]int{}, 0
	for _, e := range d.editions {
		if p := pageOf(e); len(p.Properties) > 0 {
			knowing++
			for _, name := range sortedSet(slices.Clone(p.Required)) {
				count[name]++
			}
		}
	}
	return slices.DeleteFunc(slices.Sorted(maps.Keys(count)), func(name string) bool { return count[name] < knowing })
}

func (d *differ) missing(k *Kind, event, path string, out, of int64) {
	had := int64(0)
	if f := k.at(path); f != nil {
		had = f.Documents
	}
	message := path + " is missing"
	if event != "" {
		message = place(event, path) + " is missing"
	}
	d.note(whatMissing, event, path, "", message, out-had, of, nil)
}
