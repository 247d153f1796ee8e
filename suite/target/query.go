package target

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode"
)

// A Query is an SQL statement in its driver's own spelling, with what is bound to its parameters.
type Query struct {
	Text string
	Args []Template
}

// Keyed reports whether an id is bound to the query.
func (q Query) Keyed() bool {
	for _, a := range q.Args {
		if a.Keyed() {
			return true
		}
	}
	return false
}

// A queryError is a mistake in a query.
type queryError struct {
	offset  int // in characters
	message string
	hint    string
}

func (e *queryError) Error() string { return e.message }

// writing are the words with which statements begin that change something. The transaction of a look is read-only
// anyway; but a file that asks for such a statement is wrong, and better told so at once.
var writing = map[string]bool{
	"insert": true, "update": true, "delete": true, "replace": true, "merge": true, "drop": true, "create": true,
	"alter": true, "truncate": true, "grant": true, "revoke": true, "copy": true, "vacuum": true, "call": true,
	"do": true, "begin": true, "commit": true, "set": true, "lock": true, "load": true, "attach": true,
}

// parseQuery finds the parameters of a statement: $1, $2 … for every driver, and ? for mysql and sqlite (in
// PostgreSQL it is an operator). They are renumbered, so that args that a query does not use are not bound. $1 may
// stand more than once.
func parseQuery(driver, text string, args []Template) (Query, error) {
	s := scanner{driver: driver, src: []rune(text)}
	q := Query{}
	var out strings.Builder
	positional, numbered := 0, map[int]int{}
	first := ""
	for {
		token, kind := s.next()
		if kind == tokenEnd {
			break
		}
		if s.ended && kind != tokenSpace {
			return q, &queryError{s.start, "there is a second statement", "an observer asks one question: delete what follows the semicolon"}
		}
		switch kind {
		case tokenPlaceholder:
			return q, &queryError{s.start, token + " may not stand in a query", "ids are bound, not pasted in: write $1 for the task id, $2 for the stream id"}
		case tokenEndOfStatement:
			s.ended = true
			continue
		case tokenWord:
			if first == "" {
				first = strings.ToLower(token)
			}
		case tokenQuestion:
			positional++
			if positional > len(args) {
				return q, tooMany(s.start, positional, len(args))
			}
			q.Args = append(q.Args, args[positional-1])
		case tokenDollar:
			n, err := strconv.Atoi(token[1:])
			if err != nil || n < 1 || n > len(args) {
				return q, tooMany(s.start, n, len(args))
			}
			token = bind(&q, driver, numbered, n, args[n-1])
		default: // nothing that matters here
		}
		out.WriteString(token)
	}
	if s.open != "" {
		return q, &queryError{s.start, s.open + " without its end", "close it"}
	}
	if positional > 0 && len(numbered) > 0 {
		return q, &queryError{0, "? and $1 stand in one query", "use $1 alone"}
	}
	if first == "" {
		return q, &queryError{0, "the query is empty", "for example: select state from tasks where task_id = $1"}
	}
	if writing[first] {
		return q, &queryError{0, fmt.Sprintf("an observer only looks, but this query begins with %s", strings.ToUpper(first)), "use a SELECT"}
	}
	q.Text = strings.TrimSpace(out.String())
	return q, nil
}

func tooMany(at, n, have int) error {
	return &queryError{
		at, fmt.Sprintf("there is no parameter %d: %d are bound", n, have),
		"$1 is the task id and $2 the stream id, unless args says otherwise",
	}
}

// bind gives the driver's spelling of parameter n.
func bind(q *Query, driver string, numbered map[int]int, n int, arg Template) string {
	k, known := numbered[n]
	if !known || driver != "postgres" {
		q.Args = append(q.Args, arg)
		k = len(q.Args)
		numbered[n] = k
	}
	if driver == "postgres" {
		return "$" + strconv.Itoa(k)
	}
	return "?"
}

// The kinds of token that matter here.
type tokenKind int

const (
	tokenEnd tokenKind = iota
	tokenSpace
	tokenWord
	tokenOther
	tokenDollar
	tokenQuestion
	tokenPlaceholder
	tokenEndOfStatement
)

// A scanner cuts SQL into tokens, as far as it takes to tell a parameter from what only looks like one.
type scanner struct {
	driver string
	src    []rune
	start  int // of the token last read
	pos    int
	ended  bool   // a statement has ended
	open   string // what has no end
}

func (s *scanner) next() (string, tokenKind) {
	s.start = s.pos
	if s.pos >= len(s.src) {
		return "", tokenEnd
	}
	kind := s.read()
	return string(s.src[s.start:s.pos]), kind
}

func (s *scanner) peek(text string) bool {
	return strings.HasPrefix(string(s.src[s.pos:min(len(s.src), s.pos+len(text))]), text)
}

func (s *scanner) read() tokenKind {
	r := s.src[s.pos]
	switch {
	case unicode.IsSpace(r):
		s.pos++
		return tokenSpace
	case s.peek("--"), r == '#' && s.driver == "mysql":
		s.until("\n")
		return tokenSpace
	case s.peek("/*"):
		s.comment()
		return tokenSpace
	case s.placeholder():
		return tokenPlaceholder
	case r == ';':
		s.pos++
		return tokenEndOfStatement
	case r == '\'', r == '"', r == '`':
		return s.quoted(r, s.driver == "mysql" && r != '`')
	case r == '$':
		return s.dollar()
	case r == '?' && s.driver != "postgres":
		s.pos++
		return tokenQuestion
	case unicode.IsLetter(r) || r == '_':
		return s.word()
	}
	s.pos++
	return tokenOther
}

var placeholder = regexp.MustCompile(`^\{\{\s*[A-Za-z_]+\s*\}\}`)

// placeholder reads {{name}}, which is a mistake here, be it inside of a text. (A PostgreSQL array may begin with {{.)
func (s *scanner) placeholder() bool {
	if !s.peek("{{") {
		return false
	}
	found := placeholder.FindString(string(s.src[s.pos:min(len(s.src), s.pos+64)]))
	if found == "" {
		return false
	}
	s.start = s.pos
	s.pos += len([]rune(found))
	return true
}

// until reads up to and with the end mark, or all that is left.
func (s *scanner) until(end string) {
	for s.pos < len(s.src) && !s.peek(end) {
		s.pos++
	}
	s.pos = min(len(s.src), s.pos+len(end))
}

// comment reads a block comment; PostgreSQL's may be nested.
func (s *scanner) comment() {
	depth := 0
	for s.pos < len(s.src) {
		switch {
		case s.peek("/*") && (depth == 0 || s.driver == "postgres"):
			depth++
			s.pos += 2
		case s.peek("*/"):
			depth--
			s.pos += 2
			if depth == 0 {
				return
			}
		default:
			s.pos++
		}
	}
	s.open = "/*"
}

// quoted reads a text or a quoted name. A doubled quote is none; nor is one after a backslash, where that escapes.
func (s *scanner) quoted(quote rune, backslash bool) tokenKind {
	for s.pos++; s.pos < len(s.src); s.pos++ {
		switch {
		case s.placeholder():
			return tokenPlaceholder
		case backslash && s.src[s.pos] == '\\':
			s.pos++
		case s.src[s.pos] == quote:
			if s.pos+1 < len(s.src) && s.src[s.pos+1] == quote {
				s.pos++
				continue
			}
			s.pos++
			return tokenOther
		}
	}
	s.open = string(quote)
	s.pos = len(s.src)
	return tokenOther
}

// dollar reads $1, or PostgreSQL's $tag$ … $tag$.
func (s *scanner) dollar() tokenKind {
	end := s.pos + 1
	for end < len(s.src) && unicode.IsDigit(s.src[end]) {
		end++
	}
	if end > s.pos+1 {
		s.pos = end
		return tokenDollar
	}
	if s.driver == "postgres" {
		for end < len(s.src) && (unicode.IsLetter(s.src[end]) || unicode.IsDigit(s.src[end]) || s.src[end] == '_') {
			end++
		}
		if end < len(s.src) && s.src[end] == '$' {
			tag := string(s.src[s.pos : end+1])
			s.pos = end + 1
			s.until(tag)
			return tokenOther
		}
	}
	s.pos++
	return tokenOther
}

// word reads a name or a keyword. E'…' is PostgreSQL's text with backslashes.
func (s *scanner) word() tokenKind {
	if s.driver == "postgres" && (s.peek("E'") || s.peek("e'")) {
		s.pos++
		return s.quoted('\'', true)
	}
	for s.pos < len(s.src) {
		r := s.src[s.pos]
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '_' && r != '$' {
			break
		}
		s.pos++
	}
	return tokenWord
}
