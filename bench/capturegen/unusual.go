package main

import (
	"bytes"
	"encoding/json"
	"strings"
)

// disguise writes the callback at hand as no known sender does.
func (g *generator) disguise() {
	var outer map[string]json.RawMessage
	if json.Unmarshal(g.line.Bytes(), &outer) != nil {
		return // cannot be: it was just made
	}
	outer["msg"] = json.RawMessage(g.text(g.shuffled(g.msg)))
	members := make([]string, 0, len(outer))
	for _, name := range order(g.line.Bytes()) {
		value := strings.ReplaceAll(string(outer[name]), "/", `\/`)
		if value[0] == '"' && g.IntN(4) == 0 && letter(value[1]) {
			value = `"` + escaped(value[1]) + value[2:]
		}
		members = append(members, `"`+name+`":`+g.space()+value)
	}
	g.join(&g.line, members)
}

// shuffled is a JSON object with its members in another order and white space between tokens.
func (g *generator) shuffled(object string) string {
	var raw map[string]json.RawMessage
	if json.Unmarshal([]byte(object), &raw) != nil {
		return object // cannot be: it was just made
	}
	var members []string
	for _, name := range order([]byte(object)) {
		members = append(members, `"`+name+`":`+g.space()+string(raw[name]))
	}
	var b bytes.Buffer
	g.join(&b, members)
	return b.String()
}

func (g *generator) join(to *bytes.Buffer, members []string) {
	g.Shuffle(len(members), func(i, j int) { members[i], members[j] = members[j], members[i] })
	to.Reset()
	to.WriteString("{" + g.space())
	for i, m := range members {
		if i > 0 {
			to.WriteString("," + g.space())
		}
		to.WriteString(m)
	}
	to.WriteString(g.space() + "}")
}

func (g *generator) space() string { return [...]string{"", " ", "\t", "  "}[g.IntN(4)] }

func letter(c byte) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }

func escaped(c byte) string {
	const digits = "0123456789abcdef"
	return `\u00` + string(digits[c>>4]) + string(digits[c&15])
}

// order is the names of a JSON object as they stand there.
func order(object []byte) []string {
	dec := json.NewDecoder(bytes.NewReader(object))
	var names []string
	for depth := 0; ; {
		token, err := dec.Token()
		if err != nil {
			return names
		}
		if d, ok := token.(json.Delim); ok && d == '{' {
			depth++
			continue
		}
		if name, ok := token.(string); ok && depth == 1 {
			names = append(names, name)
			var skipped json.RawMessage
			if dec.Decode(&skipped) != nil {
				return names
			}
		}
	}
}
