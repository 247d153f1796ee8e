package schema

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unsafe"
)

// The assembly has the places of a step's members and the numbers of the kinds written in.
func TestStepsAreAsTheAssemblyHasThem(t *testing.T) {
	t.Parallel()
	var s step
	if got := [...]uintptr{unsafe.Offsetof(s.mask), unsafe.Offsetof(s.size), unsafe.Offsetof(s.kind), unsafe.Sizeof(s)}; got != [...]uintptr{32, 36, 37, 40} {
		t.Errorf("the members of a step lie at %d", got)
	}
	kinds := [...]partKind{partNone, partWhole, partMinus, partText, partDigits, partInner, partInnerDigits, partInnerSigned, partURLs}
	for i, k := range kinds {
		if int(k) != i {
			t.Errorf("kind %d is in place %d", k, i)
		}
	}
}

// learnt is a validator that knows the shapes of all seeds.
func learnt(t testing.TB) (*Validator, [][]byte) {
	t.Helper()
	v := NewValidator()
	var known [][]byte
	for _, body := range fastSeeds() {
		if _, ok := v.plainly(body); !ok {
			continue
		}
		if _, ok := v.shapes.find(v.shapes.place(body), body); ok {
			known = append(known, body)
		}
	}
	if len(v.shapes.shapes) < 10 {
		t.Fatalf("only %d shapes", len(v.shapes.shapes))
	}
	return v, known
}

// prefixBytes is prefix in the plainest way.
func (s *shape) prefixBytes(b []byte) int {
	i := 0
	for _, seg := range s.segments {
		if string(b[i:min(len(b), i+len(seg.fixed))]) != seg.fixed {
			return -1
		}
		i += len(seg.fixed)
		if seg.kind == partNone {
			break
		}
		if i = seg.kind.end(b, i); i < 0 {
			return -1
		}
	}
	return i
}

// sameEveryWay holds the ways of matching against each other, for all shapes that a validator knows.
func sameEveryWay(t testing.TB, v *Validator, text []byte) (matches int) {
	t.Helper()
	for i, s := range v.shapes.shapes {
		n := s.prefixWords(text)
		if vectors {
			if vector := s.prefixVector(text); vector != n {
				t.Fatalf("shape %d of %q: %d by vectors, %d by words", i, text, vector, n)
			}
		}
		if byBytes := s.prefixBytes(text); byBytes != n {
			t.Fatalf("shape %d of %q: %d byte by byte, %d by words", i, text, byBytes, n)
		}
		if n >= 0 {
			matches++
		}
	}
	return matches
}

// Every byte value at every place, and every length.
func TestAllWaysOfMatchingFindTheSame(t *testing.T) {
	t.Parallel()
	v, known := learnt(t)
	matched, other := 0, 0
	for _, body := range known {
		text := roomy(body, body)
		for at := range body {
			for c := range 256 {
				text[at] = byte(c)
				if sameEveryWay(t, v, text) > 0 {
					matched++
				} else {
					other++
				}
			}
			text[at] = body[at]
		}
		for n := range body {
			sameEveryWay(t, v, roomy(body[:n], body[n:]))
		}
	}
	if matched < other/20 || other < matched/20 {
		t.Errorf("%d texts have a shape, %d have none", matched, other)
	}
}

// Parts of every length, with every kind of byte at every place of them.
func TestAllWaysOfMatchingReadAllParts(t *testing.T) {
	t.Parallel()
	v := NewValidator()
	const body = `{"appid":%s,"callback_event":"VodSourceFileStart","callback_url":"%s","event_time":"%s","event_type":314,"interface":"general_callback",` +
		`"msg":"{\"url\":\"%s\",\"index\":\"%s\",\"duration\":%s}","product_name":"pullpush","source_urls":"%s","stream_id":"s","task_id":"1","to_url":"u"}`
	plain := []any{"4", "u", "1", "v", "0", "0", `[\"w\"]`}
	if !bytes.Contains([]byte(fmt.Sprintf(body, plain...)), []byte(`\"url\"`)) {
		t.Fatal("the template is wrong")
	}
	v.plainly(fmt.Appendf(nil, body, plain...))
	try := func(part int, text string) int {
		parts := slices.Clone(plain)
		parts[part] = text
		return sameEveryWay(t, v, roomy(fmt.Appendf(nil, body, parts...), []byte("\n")))
	}
	for part := range plain {
		if try(part, plain[part].(string)) == 0 {
			t.Fatalf("part %d: the callback itself has no shape", part)
		}
	}
	bits := []string{
		``, `a`, `0`, `-`, `"`, `\`, `\"`, `\\`, `\/`, `\\/`, `\\n`, `\n`, `\u0026`, `\\u0026`, `\\u003c`, `\\u003C`, `\\u003e`, `\\u003E`, `\\u0027`, `\\u0016`, "\\\\u002\x16", `\\u0x26`, `\\ux026`, `\\u003`, `\\u002`, `\\u4e2d`,
		`\\u1026`, `\\u0126`, `\\u00\"`, `\\\"`, `\\\\`, "\x1f", "\x00", "\x7f", "中", "\xff", "\n", `\",\"`, `\"]`, `,`,
	}
	digits := strings.Repeat("123456789", 3)
	for n := range 80 {
		long := strings.Repeat("x", n)
		for _, bit := range bits {
			for part, wrap := range map[int]string{1: "%s", 3: "%s", 6: `[\"%s\"]`} {
				try(part, fmt.Sprintf(wrap, long+bit))
				try(part, fmt.Sprintf(wrap, bit+long+bit))
				try(part, fmt.Sprintf(wrap, long+bit+long+bit+"x"))
			}
		}
		for _, list := range []string{`[]`, `[ ]`, `[\"%s\"]\n`, `[\"%s\"]\t`, `[\"%s\",\"%s\"]`, `[\"%s\",]`, `[\"%s\" ]`, `[\"%s\"]]`, `[\"%s\"`, `\"%s\"]`, `[%s]`} {
			try(6, strings.ReplaceAll(list, "%s", long))
		}
		for _, part := range []int{0, 2, 4, 5} {
			if n < len(digits) {
				for _, number := range []string{digits[:n], "0" + digits[:n], "-" + digits[:n], digits[:n] + ".0", digits[:n] + "-", digits[:n] + " "} {
					try(part, number)
				}
			}
		}
	}
}

// Callbacks as most encoders write them are matched from end to end. What is left to the functions that know all of the language
// is judged the same, but takes several times as long.
func TestUsualCallbacksAreMatchedInOneGo(t *testing.T) {
	t.Parallel()
	for _, event := range []string{TaskStart, VodSourceFileStart, VodSourceFileFinish, TaskExit} {
		sample, _ := Sample(Edition2025_09, event)
		sample = compact(sample)
		v := NewValidator()
		v.plainly(sample)
		if len(v.shapes.shapes) != 1 {
			t.Fatalf("%s: %d shapes", event, len(v.shapes.shapes))
		}
		s := v.shapes.shapes[0]
		for _, query := range []string{``, `?a=1&b=2`, `?a=1\\u0026b=2`, `?a=1\\u003cb\\u003E`, `?a=\\u003Cb\\u003e`, `?\\u0026`, `\",\"http://b.example/2.m3u8`} {
			for n := range 40 {
				host := strings.Repeat("h", n)
				body := bytes.ReplaceAll(sample, []byte("playlist.m3u8"), []byte(host+query))
				if strings.Contains(query, ",") { // another entry is no part of msg
					at := bytes.Index(body, []byte("source_urls"))
					body = slices.Concat(bytes.ReplaceAll(body[:at], []byte(query), nil), body[at:])
				}
				room := roomy(body, nil)
				if next, at := matchWords(room, s.segments, 0, 0); next != len(s.segments) || at != len(body) {
					t.Errorf("by words: stopped at segment %d of %d, place %d of %s", next, len(s.segments), at, body)
				}
				if !vectors {
					continue
				}
				if next, at := matchVector(room, s.steps, 0, 0); next != len(s.steps)*stepSize || at != len(body) {
					t.Errorf("by vectors: stopped at step %d of %d, place %d of %s", next/stepSize, len(s.steps), at, body)
				}
			}
		}
	}
}

// What lies behind a text bears on nothing: not what is there, and not how much.
func TestALineIsFoundWhateverIsBehindIt(t *testing.T) {
	t.Parallel()
	_, known := learnt(t)
	for _, body := range known {
		v := NewValidator()
		v.Validate(body, Options{})
		text := slices.Concat(body, []byte("\n"))
		for name, text := range map[string][]byte{
			"the next line": slices.Clip(slices.Concat(text, body)), "room": roomy(text, body), "blank lines": roomy(slices.Concat(text, []byte("\n\n")), nil),
		} {
			r, n := nextLine(v, text, Options{})
			if len(body) < 75 || bytes.Contains(body, []byte("\n")) {
				continue
			}
			if r == nil || n != len(body) || r.Verdict != OK {
				t.Errorf("before %s: %v, %d of %s", name, r, n, body)
			}
		}
		if r, _ := nextLine(v, slices.Clip(text), Options{}); r != nil {
			t.Errorf("with nothing behind it, not so much as memory: %v", r)
		}
		for name, text := range map[string][]byte{
			"no line end": roomy(body, []byte("\n")), "a line that goes on": roomy(slices.Concat(body, []byte(" \n")), nil), "a cut line": roomy(body[:len(body)-1], []byte("}\n")),
		} {
			if r, n := nextLine(v, text, Options{}); r != nil {
				t.Errorf("%s: %v, %d of %s", name, r, n, body)
			}
		}
	}
}

// A callback that spreads over lines is none of them, whatever was met before.
func TestALineIsNotTheBeginningOfMore(t *testing.T) {
	t.Parallel()
	body, _ := Sample(Edition2025_09, TaskStart)
	body = bytes.Replace(compact(body), []byte(`,"event_type"`), []byte(",\n\"event_type\""), 1)
	v := NewValidator()
	if _, ok := v.plainly(body); !ok {
		t.Fatal("not a plain callback")
	}
	if _, ok := v.shapes.find(v.shapes.place(body), body); !ok {
		t.Fatal("no shape was learnt")
	}
	if r, n := nextLine(v, append(bytes.Clone(body), '\n'), Options{}); r != nil {
		t.Errorf("%v, %d", r, n)
	}
}

func TestNoLineIsFoundWithoutTheFastPath(t *testing.T) {
	t.Parallel()
	v, known := learnt(t)
	for _, body := range known {
		if r, _ := nextLine(v, append(bytes.Clone(body), '\n'), Options{NoFastPath: true}); r != nil {
			t.Fatalf("%+v", r)
		}
	}
}

func FuzzWaysOfMatching(f *testing.F) {
	_, known := learnt(f)
	for _, body := range known {
		f.Add(body, uint8(0))
	}
	f.Fuzz(func(t *testing.T, text []byte, cut uint8) {
		v, _ := learnt(t)
		v.plainly(text)
		n := max(0, len(text)-int(cut))
		sameEveryWay(t, v, roomy(text[:n], text[n:]))
	})
}
