package capture

import (
	"bytes"
	"regexp"
	"regexp/syntax"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A lineTail is the end of most expressions: a body of anything, and a fixed text behind it up to the end of the line, as in
// (?P<body>.*)"$. What .* goes over byte by byte, and that is nearly all of a line, need not be looked at then: where it
// ends is known, and the expression is asked only what stands before it.
type lineTail struct {
	head   *regexp.Regexp // the expression up to the .*; its group body is empty, and stands where the body begins
	within string         // the fixed text behind the .* that belongs to the body
	behind string         // that behind the body

	body, at int // the groups of head
}

// lineTailOf is the tail of an expression; nil if it has none.
func lineTailOf(expr string) *lineTail {
	all, err := syntax.Parse(expr, syntax.Perl)
	if err != nil || all.Op != syntax.OpConcat || all.Sub[0].Op != syntax.OpBeginText {
		return nil
	}
	t := &lineTail{}
	before, group := all.Sub, (*syntax.Regexp)(nil)
	for i, sub := range all.Sub {
		if sub.Op == syntax.OpCapture && sub.Name == groupBody {
			before, group = all.Sub[:i:i], sub
			rest, ended := all.Sub[i+1:], false
			if n := len(rest); n > 0 && rest[n-1].Op == syntax.OpEndText {
				rest, ended = rest[:n-1], true
			}
			inner := sub.Sub
			if inner[0].Op == syntax.OpConcat {
				inner = inner[0].Sub
			}
			star := len(inner) - 1
			if star > 0 && inner[star].Op == syntax.OpLiteral {
				star--
			}
			var ok, okay bool
			t.within, ok = fixed(inner[star+1:])
			t.behind, okay = fixed(rest)
			if !ok || !okay || !anything(inner[star]) || !ended && t.within+t.behind != "" {
				return nil
			}
			before = append(before, &syntax.Regexp{Op: syntax.OpCapture, Name: groupBody, Cap: sub.Cap, Sub: []*syntax.Regexp{{Op: syntax.OpEmptyMatch}}})
			before = append(before, inner[:star]...)
		}
	}
	if group == nil || looksAhead(before) {
		return nil
	}
	head := &syntax.Regexp{Op: syntax.OpConcat, Sub: before}
	if t.head, err = regexp.Compile(head.String()); err != nil {
		return nil
	}
	t.body, t.at = t.head.SubexpIndex(groupBody), t.head.SubexpIndex(groupTime)
	return t
}

// fixed is the text that a part of an expression stands for, if it stands for one and no other.
func fixed(parts []*syntax.Regexp) (string, bool) {
	var b strings.Builder
	for _, p := range parts {
		if p.Op != syntax.OpLiteral {
			return "", false
		}
		for _, r := range p.Rune {
			if r == utf8.RuneError || p.Flags&syntax.FoldCase != 0 && unicode.SimpleFold(r) != r {
				return "", false // it fits bytes that are no UTF-8 too, or other letters
			}
			b.WriteRune(r)
		}
	}
	return b.String(), true
}

// anything reports whether a part of an expression is .*, which takes all that it can of a line.
func anything(p *syntax.Regexp) bool {
	return p.Op == syntax.OpStar && p.Flags&syntax.NonGreedy == 0 &&
		(p.Sub[0].Op == syntax.OpAnyCharNotNL || p.Sub[0].Op == syntax.OpAnyChar)
}

// looksAhead reports whether it matters to parts of an expression what stands behind the text that they fit.
func looksAhead(parts []*syntax.Regexp) bool {
	for _, p := range parts {
		switch p.Op {
		case syntax.OpEndText, syntax.OpEndLine, syntax.OpWordBoundary, syntax.OpNoWordBoundary:
			return true
		default:
			if looksAhead(p.Sub) {
				return true
			}
		}
	}
	return false
}

// match is where the body and the time are in a line without line ends, as of the whole expression.
func (t *lineTail) match(line []byte) (body, at span, ok bool) {
	end := len(line) - len(t.behind)
	if !bytes.HasSuffix(line, []byte(t.behind)) || !bytes.HasSuffix(line[:end], []byte(t.within)) {
		return span{}, span{}, false
	}
	m := t.head.FindSubmatchIndex(line[:end-len(t.within)])
	if m == nil {
		return span{}, span{}, false
	}
	return span{m[2*t.body], end}, group(m, t.at), true
}

// group is where a group is; one that took no part is empty.
func group(match []int, n int) span {
	if n < 0 || match[2*n] < 0 {
		return span{}
	}
	return span{match[2*n], match[2*n+1]}
}
