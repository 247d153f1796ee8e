package sequence

import (
	"bytes"
	"strconv"
	"unicode/utf8"
)

// quick reads a body that is known to be well-formed and to have no name twice. False means that it is unusual, and is
// left to slow: a test holds that both read the same.
func (r *reader) quick(body []byte) bool {
	r.members = members{}
	r.rest = r.rest[:0]
	var msg []byte
	var appID []byte // as some tables spell it; appid goes before
	i := space(body, 0)
	if i >= len(body) || body[i] != '{' {
		return false
	}
	for i = space(body, i+1); i < len(body) && body[i] == '"'; {
		key, value, next := nextMember(body, i)
		if next < 0 {
			return false
		}
		i = next
		var into *[]byte
		switch string(key) {
		case "event_type":
			into = &r.eventType
		case "callback_event":
			into = &r.members.event
		case "appid":
			into = &r.appID
		case "appId":
			into = &appID
		case "task_id":
			into = &r.taskID
		case "event_time":
			into = &r.eventTime
		case "msg", "source_urls":
			// Texts that hold JSON: escapes are the rule.
			to := &r.msg
			if key[0] == 's' {
				to = &r.urls
			}
			if value[0] != '"' {
				return false
			}
			decoded, ok := unescape((*to)[:0], value[1:len(value)-1])
			if !ok {
				return false
			}
			if *to = decoded; key[0] == 's' {
				r.sources = decoded
			} else {
				msg = decoded
			}
			continue
		default:
			continue
		}
		v, ok := r.plain(value)
		if !ok {
			return false
		}
		*into = v
	}
	if i >= len(body) || body[i] != '}' {
		return false
	}
	if len(r.appID) == 0 {
		r.appID = appID
	}
	return len(msg) == 0 || r.quickMsg(msg)
}

// quickMsg reads what msg holds.
func (r *reader) quickMsg(msg []byte) bool {
	i := space(msg, 0)
	if i >= len(msg) || msg[i] != '{' {
		return false
	}
	for i = space(msg, i+1); i < len(msg) && msg[i] == '"'; {
		key, value, next := nextMember(msg, i)
		if next < 0 {
			return false
		}
		i = next
		var into *[]byte
		switch string(key) {
		case "task_start_time":
			into = &r.start
		case "task_exit_time":
			into = &r.exit
		case "url":
			into = &r.url
		case "index":
			into = &r.index
		default:
			continue
		}
		v, ok := r.plain(value)
		if !ok {
			return false
		}
		*into = v
	}
	return i < len(msg) && msg[i] == '}'
}

// nextMember is the member of an object at i, its name without and its value with quotation marks, and where the next one or
// the end of the object is; -1 for what is unusual: an escape in the name, an object or array as the value.
func nextMember(b []byte, i int) (key, value []byte, next int) {
	n := bytes.IndexByte(b[i+1:], '"')
	if n < 0 {
		return nil, nil, -1
	}
	key = b[i+1 : i+1+n]
	if bytes.IndexByte(key, '\\') >= 0 {
		return nil, nil, -1
	}
	i = space(b, i+n+2)
	if i >= len(b) || b[i] != ':' {
		return nil, nil, -1
	}
	i = space(b, i+1)
	if i >= len(b) {
		return nil, nil, -1
	}
	from := i
	switch b[i] {
	case '{', '[':
		return nil, nil, -1
	case '"':
		if i = quote(b, i+1); i < 0 {
			return nil, nil, -1
		}
		i++
	default:
		for i < len(b) && b[i] != ',' && b[i] != '}' && b[i] > ' ' {
			i++
		}
		if i == from {
			return nil, nil, -1
		}
	}
	value = b[from:i]
	if i = space(b, i); i < len(b) && b[i] == ',' {
		i = space(b, i+1)
	}
	return key, value, i
}

// quote is the place of the quotation mark that ends the text which begins at i; -1 if there is none.
func quote(b []byte, i int) int {
	for {
		n := bytes.IndexByte(b[i:], '"')
		if n < 0 {
			return -1
		}
		i += n
		slashes := 0
		for b[i-1-slashes] == '\\' { // ends at the quotation mark that begins the text
			slashes++
		}
		if slashes%2 == 0 {
			return i
		}
		i++
	}
}

// plain is a value as text gives it; false if that takes more than a look.
func (r *reader) plain(value []byte) ([]byte, bool) {
	switch value[0] {
	case '"':
		value = value[1 : len(value)-1]
		if bytes.IndexByte(value, '\\') < 0 {
			return value, true
		}
		from := len(r.rest)
		decoded, ok := unescape(r.rest, value)
		r.rest = decoded
		return decoded[from:], ok
	case 'n':
		return nil, true
	default:
		for _, c := range value {
			if c == '.' || c == 'e' || c == 'E' {
				return value, value[0] == 't' || value[0] == 'f'
			}
		}
		return value, true
	}
}

// unescape appends what a text stands for; false for pairs of surrogates, which are seldom.
func unescape(to, from []byte) ([]byte, bool) {
	for {
		n := bytes.IndexByte(from, '\\')
		if n < 0 {
			return append(to, from...), true
		}
		if n+1 >= len(from) {
			return to, false
		}
		to = append(to, from[:n]...)
		switch c := from[n+1]; c {
		case '"', '\\', '/':
			to = append(to, c)
		case 'n':
			to = append(to, '\n')
		case 't':
			to = append(to, '\t')
		case 'r':
			to = append(to, '\r')
		case 'u':
			if n+6 > len(from) {
				return to, false
			}
			code, err := strconv.ParseUint(string(from[n+2:n+6]), 16, 16)
			if err != nil || code >= 0xD800 && code < 0xE000 {
				return to, false
			}
			to = utf8.AppendRune(to, rune(code))
			n += 4
		default:
			return to, false
		}
		from = from[n+2:]
	}
}

// space is the first place from i on without white space.
func space(b []byte, i int) int {
	for i < len(b) && (b[i] == ' ' || b[i] == '\n' || b[i] == '\t' || b[i] == '\r') {
		i++
	}
	return i
}
