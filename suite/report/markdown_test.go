package report

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/relaycheck/relaycheck/scenarios"
	"github.com/relaycheck/relaycheck/suite/judge"
)

func TestTheMarkdownReport(t *testing.T) {
	t.Parallel()
	golden(t, "report.md", render(t, func(b *bytes.Buffer) error { return Markdown(b, Build(fixture())) }))
}

func TestMarkdownStaysUnderOneMebibyteAndSaysWhatItLeftOut(t *testing.T) {
	t.Parallel()
	r := Report{Verdict: Fail}
	for i := range 400 {
		r.Requirements = append(r.Requirements, Requirement{
			ID: fmt.Sprintf("BAD-%d", i), Level: scenarios.Must, Verdict: judge.Broken, Sentence: strings.Repeat("`|<", 100),
			Findings: []Finding{{Verdict: judge.Broken, Message: "m", Exchange: []string{strings.Repeat("`", 8000)}}},
		})
	}
	out := render(t, func(b *bytes.Buffer) error { return Markdown(b, r) })
	if len(out) > 1<<20 {
		t.Errorf("%d bytes", len(out))
	}
	if !bytes.Contains(out, []byte("parts of this report did not fit")) {
		t.Error("it does not say that something is missing")
	}
}

func TestNothingInMarkdownTextIsMarkup(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, in, want string }{
		{"emphasis", "a *b* _c_ ~d~", `a \*b\* \_c\_ \~d\~`},
		{"HTML", "<script>&amp;", "&#60;script&#62;&#38;amp;"},
		{"a cell's border", "a|b", "a&#124;b"},
		{"code", "`x`", "&#96;x&#96;"},
		{"a link", "[a](b) ![c](d)", `\[a\](b) \!\[c\](d)`},
		{"a mention", "@everyone", "&#64;everyone"},
		{"a backslash", `a\|b`, `a\\&#124;b`},
		{"a heading", "# a", `\# a`},
		{"a list", "- a", `\- a`},
		{"a numbered list", "1. a", `1\. a`},
		{"a number is no list", "1 a", "1 a"},
		{"lines", "a\n\n# b", `a\\n\\n\# b`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if got := mdText(tc.in); got != tc.want {
				t.Errorf("got %s, want %s", got, tc.want)
			}
		})
	}
}

func TestCodeInMarkdownCannotEndEarly(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringMatching("[`a \n]{0,30}").Draw(t, "code")
		code := mdCode(s)
		fence := strings.Repeat("`", len(code)-len(strings.TrimLeft(code, "`")))
		if s != "" && strings.Count(code, fence)-strings.Count(strings.TrimPrefix(strings.TrimSuffix(code, fence), fence), fence) != 2 {
			t.Fatalf("%q has its fence %s within", code, fence)
		}
		if s != "" && longestRun(visible(s), '`') >= len(fence) {
			t.Fatalf("the fence of %q is too short", code)
		}
		lines := strings.Split(strings.TrimSuffix(mdBlock(strings.Split(s, "\n")), "\n"), "\n")
		first := strings.TrimSuffix(lines[0], "text")
		for _, l := range lines[1 : len(lines)-1] {
			if strings.HasPrefix(strings.TrimSpace(l), strings.TrimSpace(first)) {
				t.Fatalf("line %q ends the block", l)
			}
		}
	})
}

func TestWildTextsLeaveMarkdownItsShape(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var b bytes.Buffer
		if err := Markdown(&b, Build(wild(t))); err != nil {
			t.Fatal(err)
		}
		fence := ""
		for l := range strings.Lines(b.String()) {
			l = strings.TrimSpace(l)
			switch {
			case fence == "" && strings.HasPrefix(l, "```"):
				fence = strings.TrimSuffix(l, "text")
			case l == fence:
				fence = ""
			case fence == "" && strings.Contains(l, "<") && !strings.HasPrefix(l, "<details><summary>") && l != "</details>" && !strings.Contains(l, "`"):
				t.Fatalf("markup of somebody else: %s", l)
			}
		}
		if fence != "" {
			t.Fatalf("a block of code is not closed:\n%s", b.String())
		}
	})
}
