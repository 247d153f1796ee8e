package validate

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/relaycheck/relaycheck/internal/capture"
	"github.com/relaycheck/relaycheck/internal/shape"
	"github.com/relaycheck/relaycheck/schema"
)

// TestTheShapeIsTheSameHoweverTheCaptureIsRead reads a capture that is large enough to be cut into chunks, with damaged lines in
// it, by one worker and by several, as a file and as a stream, and gathers it by hand.
func TestTheShapeIsTheSameHoweverTheCaptureIsRead(t *testing.T) {
	t.Parallel()
	all := variants()
	r := rand.New(rand.NewPCG(7, 7))
	var written bytes.Buffer
	byHand := shape.New()
	for line := 1; written.Len() < 3<<20; line++ {
		body := all[r.IntN(len(all))]
		if r.IntN(500) == 0 {
			body = strings.Replace(body, `"appid"`, fmt.Sprintf(`"rare%d":[1,{"a":2}],"appid"`, r.IntN(9)), 1)
		}
		at := shape.Place{Input: 1, Source: "capture", Line: line, Offset: int64(written.Len())}
		report := schema.Validate([]byte(body), schema.Options{})
		byHand.Add(at, []byte(body), &report)
		written.WriteString(body + "\n")
		switch r.IntN(600) {
		case 0:
			written.WriteString("\n")
			line++
		case 1:
			line++
			byHand.Unread(shape.Place{Input: 1, Source: "capture", Line: line, Offset: int64(written.Len())})
			written.WriteString(strings.Repeat("x", 20_000) + "\n")
		}
	}
	name := filepath.Join(t.TempDir(), "capture.ndjson")
	if err := os.WriteFile(name, written.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	text := func(c *shape.Collector, source string) string {
		var b bytes.Buffer
		if err := c.Shape().Write(&b); err != nil {
			t.Fatal(err)
		}
		return strings.ReplaceAll(b.String(), fmt.Sprintf("%q", source), `"capture"`)
	}
	want := text(byHand, "capture")
	read := capture.Options{MaxLine: 10_000}
	for _, workers := range []int{1, 4} {
		for _, path := range []string{name, "-"} {
			c := shape.New()
			sum, err := Run(t.Context(), []string{path}, bytes.NewReader(written.Bytes()), &bytes.Buffer{}, Options{
				Workers: workers, Shape: c, Read: read,
			})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, text(c, path)); diff != "" {
				t.Errorf("%s, %d workers: %.3000s", path, workers, diff)
			}
			if s := c.Shape(); s.Documents != int64(sum.Documents) || s.Unread != int64(sum.Unreadable) {
				t.Errorf("%d documents and %d unread, but %+v", s.Documents, s.Unread, sum)
			}
		}
	}
}
