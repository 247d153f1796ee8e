package capture

import (
	"bytes"
	"regexp"
	"testing"
)

func TestExpressionsThatEndInABodyHaveATail(t *testing.T) {
	t.Parallel()
	for expr, want := range map[string]bool{
		`^\S+ \[(?P<time>[^]]+)\] "POST \S+" "(?P<body>.*)"$`: true, `^(?P<body>.*)$`: true, `^(?P<body>.*)`: true, `^x (?P<body>\{.*\})$`: true, `^(x|xy)(?P<body>.*)\z`: true, `(?i)^POST (?P<body>.*)"$`: true,
		`^x* (?P<body>[{\[].*[}\]])$`: false, `(?P<body>.*)$`: false, `^"(?P<body>.*)"`: false, `^(?P<body>.*?)"$`: false, `^(?P<body>.+)$`: false, `^(?P<body>.*)x?$`: false, `^(?P<body>[^"]*)"$`: false, `(?i)^(?P<body>.*)end$`: false,
		`^x\b(?P<body>.*)$`: false, `^(a (?P<body>.*)|b)$`: false, `^(?P<body>.*) (?P<time>.*)$`: false, "^(?P<body>.*)\ufffd$": false, `(?m)^x(?P<body>.*)$`: false, `^(?P<body>x)$`: false, `^(?P<body>)$`: false,
	} {
		if got := lineTailOf(expr) != nil; got != want {
			t.Errorf("%s has a tail: %v", expr, got)
		}
	}
}

// FuzzLineTail holds that an expression is answered as regexp answers it.
func FuzzLineTail(f *testing.F) {
	for _, expr := range []string{
		`^\S+ \[(?P<time>[^]]+)\] "POST \S+" "(?P<body>.*)"$`, `^(?P<body>.*)$`, `^(?P<body>.*)`, `^x (?P<body>\{.*\})$`, `^(x|xy)(?P<body>.*)\z`, `^(xy|x)(?P<body>y.*)$`, `(?i)^POST (?P<body>.*)"$`, `^.*"(?P<body>.*)"$`, `^.*?"(?P<body>.*)"$`, `^(?:(?P<time>\d*)|(x)*)*(?P<body>.*)`,
		`^(?P<time>a*?)(?P<body>.*)aa$`, `(?s)^.(?P<body>.*)é$`, `(?U)^a*(?P<body>.*)$`, `^(?:a(?:\b|b))(?P<body>.*)$`, `^(a$|)(?P<body>.*)$`, `^(?m:^)(?P<body>.*)$`, `^[^x](?P<body>(?P<time>\d).*)$`, `\A(?P<body>.*)"\z`, `^()*(?P<body>.*)"$`,
	} {
		for _, line := range []string{
			`10.0.0.1 [1] "POST /x" "{\x22a\x22}"`, `"a" "b"`, `""`, `"`, ``, `x {}`, `xyy"`, `post {}"`, "a\xc3\xa9", "\xa9\xc3", "aaaa", "1é", "a\xff\"", "{}\r",
		} {
			f.Add(expr, []byte(line))
		}
	}
	f.Fuzz(func(t *testing.T, expr string, line []byte) {
		format, err := ParseLineFormat(expr)
		if err != nil || format.tail == nil || bytes.IndexByte(line, '\n') >= 0 {
			return
		}
		body, at, ok := format.match(line)
		m := regexp.MustCompile(expr).FindSubmatchIndex(line)
		if ok != (m != nil) {
			t.Fatalf("%s fits %q: %v, %v", expr, line, ok, m)
		}
		if ok && (body != group(m, format.body) || at != group(m, format.at)) {
			t.Errorf("%s in %q: the body is at %v, the time at %v; want %v", expr, line, body, at, m)
		}
	})
}
