package emitter

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// A Callback is one relay callback: its outer members and those of msg, in order. The zero Callback is an empty
// object. A Callback is not safe for concurrent change; Clone it.
//
// It is written as CSS is believed to write it: one line, no white space, outer keys in alphabetical order, the
// keys of msg in the order of the samples, source_urls as JSON text followed by one newline. Alphabetical order
// and the newline are documented by every sample (2021-10 to 2025-09); the single line is inferred from captured
// bodies of sibling callbacks.
type Callback struct {
	members []member
}

// Event is the value of callback_event, "" if there is none.
func (c *Callback) Event() string {
	if i := c.find("callback_event"); i >= 0 && c.members[i].val.kind == str {
		return c.members[i].val.text
	}
	return ""
}

// Clone makes a copy that shares nothing with c.
func (c *Callback) Clone() *Callback { return &Callback{members: cloneMembers(c.members)} }

// WithoutIDs makes a copy without stream_id, task_id and to_url: the form of the documented TaskExit sample.
func (c *Callback) WithoutIDs() *Callback {
	c = c.Clone()
	c.members = slices.DeleteFunc(c.members, func(m member) bool {
		return m.key == "stream_id" || m.key == "task_id" || m.key == "to_url"
	})
	return c
}

// Get gives the value at a path as compact JSON, and whether there is one.
func (c *Callback) Get(path string) (json.RawMessage, bool) {
	outer, inner, err := splitPath(path)
	if err != nil {
		return nil, false
	}
	i := c.find(outer)
	if i < 0 {
		return nil, false
	}
	v := &c.members[i].val
	if inner != "" {
		msg, ok := opened(*v)
		if !ok {
			return nil, false
		}
		j := msg.inner.find(inner)
		if j < 0 {
			return nil, false
		}
		v = &msg.inner.members[j].val
	}
	return writer{}.value(nil, *v, 0), true
}

// Set gives the member at a path a value. A path is an outer key ("appid", "event_time") or a key of msg
// ("msg.code"). The error is an *UnknownPathError if the path is neither documented for any relay callback nor
// in this one; [Callback.Add] takes any name.
//
// The value may be nil (JSON null), a string, bool, number, json.Number, a slice or map (keys sorted), or a
// json.RawMessage, which is written as it is. msg and source_urls as a whole: a map or slice becomes text as
// CSS nests it, a string is that text to the byte, anything else stands there unquoted, against the documents.
//
// A new outer key goes to its alphabetical place, a new key of msg to the end.
func (c *Callback) Set(path string, v any) error {
	if err := c.known(path); err != nil {
		return err
	}
	return c.Add(path, v)
}

// Add is Set for members that no edition documents: any outer name, and "msg." before any name.
func (c *Callback) Add(path string, v any) error {
	outer, inner, err := splitPath(path)
	if err != nil {
		return err
	}
	val, err := valueOf(v)
	if err != nil {
		return fmt.Errorf("set %s: %w", path, err)
	}
	if inner == "" {
		switch {
		case outer == "msg" && val.kind == object:
			val = nestedObject(val)
		case outer == "source_urls" && val.kind == array:
			val = nestedURLs(val)
		}
		c.put(outer, val)
		return nil
	}
	msg := nestedObject(value{kind: object})
	if i := c.find("msg"); i >= 0 {
		var ok bool
		if msg, ok = opened(c.members[i].val); !ok {
			return fmt.Errorf("set %s: msg does not hold an object here; set msg as a whole", path)
		}
	}
	if i := msg.inner.find(inner); i >= 0 {
		msg.inner.members[i].val = val
	} else {
		msg.inner.members = append(msg.inner.members, member{inner, val})
	}
	c.put("msg", msg)
	return nil
}

// Unset takes the member at a path away. It is no error if it was not there; an unknown path is, as in Set.
func (c *Callback) Unset(path string) error {
	if err := c.known(path); err != nil {
		return err
	}
	outer, inner, _ := splitPath(path)
	i := c.find(outer)
	if i < 0 {
		return nil
	}
	if inner == "" {
		c.members = slices.Delete(c.members, i, i+1)
		return nil
	}
	msg, ok := opened(c.members[i].val)
	if !ok {
		return fmt.Errorf("unset %s: msg does not hold an object here", path)
	}
	if j := msg.inner.find(inner); j >= 0 {
		msg.inner.members = slices.Delete(msg.inner.members, j, j+1)
		c.members[i].val = msg
	}
	return nil
}

// put replaces a member, or inserts it before the first key that sorts after it.
func (c *Callback) put(key string, v value) {
	if i := c.find(key); i >= 0 {
		c.members[i].val = v
		return
	}
	at := slices.IndexFunc(c.members, func(m member) bool { return m.key > key })
	if at < 0 {
		at = len(c.members)
	}
	c.members = slices.Insert(c.members, at, member{key, v})
}

func (c *Callback) find(key string) int {
	return slices.IndexFunc(c.members, func(m member) bool { return m.key == key })
}

// opened gives msg as text that holds an object, opening a plain string if it holds one.
func opened(v value) (value, bool) {
	if v.kind == str {
		inner, err := parseValue([]byte(v.text))
		if err != nil {
			return value{}, false
		}
		v = nestedObject(inner)
	}
	return v, v.kind == nested && v.inner.kind == object
}

func splitPath(path string) (outer, inner string, err error) {
	outer, inner, dotted := strings.Cut(path, ".")
	if outer == "" || (dotted && (outer != "msg" || inner == "" || strings.Contains(inner, "."))) {
		return "", "", fmt.Errorf("path %q: want an outer key such as appid, or a key of msg such as msg.code", path)
	}
	return outer, inner, nil
}
