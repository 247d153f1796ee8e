package sequence

import (
	"fmt"
	"os"
	"runtime"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// piece is the checker of some callbacks of a capture, in batches, with the files that they are in.
func piece(t *rapid.T, dir string, all []placed) *Checker {
	memory := 0
	if rapid.Bool().Draw(t, "spilling") {
		memory = 1
	}
	c := NewChecker(Options{Memory: memory, Dir: dir, Workers: 2})
	for len(all) > 0 {
		n := rapid.IntRange(1, len(all)).Draw(t, "batch")
		b := NewBatch()
		for _, p := range all[:n] {
			b.Add(p.body, p.place)
		}
		if err := c.Take(b); err != nil {
			t.Fatal(err)
		}
		all = all[n:]
	}
	return c
}

type placed struct {
	body  []byte
	place Place
}

// capture draws a capture of interleaved lives, in files, with and without stamps of arrival that are in another order.
func capture(t *rapid.T) []placed {
	all := lives(t)
	shared := rapid.Bool().Draw(t, "one list of sources for all")
	var order []int
	for i, life := range all {
		for range life {
			order = append(order, i)
		}
	}
	order = rapid.Permutation(order).Draw(t, "interleaving")
	stamps := rapid.SampledFrom([]string{"none", "all", "some"}).Draw(t, "stamps")
	per := rapid.IntRange(1, 8).Draw(t, "callbacks per file")
	at := make([]int, len(all))
	var out []placed
	for i, life := range order {
		cb := all[life][at[life]]
		at[life]++
		if shared {
			cb.urls = "http://origin.invalid/shared"
		}
		p := Place{Source: fmt.Sprint("file", i/per), Line: i%per + 1, Offset: int64(i % per * 500)}
		if stamps == "all" || stamps == "some" && rapid.Bool().Draw(t, "stamped") {
			p.Time = base.Add(time.Duration(rapid.IntRange(0, 300).Draw(t, "seconds")) * time.Second)
		}
		out = append(out, placed{cb.body(), p})
	}
	return out
}

func TestPiecesMergeToTheSameAsTheWhole(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	end := func(t *rapid.T, c *Checker) Summary {
		sum, err := c.End()
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Close(); err != nil {
			t.Fatal(err)
		}
		sum.Spilled = 0 // it depends on the memory alone
		return sum
	}
	rapid.Check(t, func(t *rapid.T) {
		all := capture(t)
		whole := NewChecker(Options{Workers: 1})
		b := NewBatch()
		for _, p := range all {
			b.Add(p.body, p.place)
		}
		if err := whole.Take(b); err != nil {
			t.Fatal(err)
		}
		want := end(t, whole)

		var pieces []*Checker
		for rest := all; len(rest) > 0; {
			n := rapid.IntRange(1, len(rest)).Draw(t, "piece")
			pieces = append(pieces, piece(t, dir, rest[:n]))
			rest = rest[n:]
		}
		// Neighbours are merged until one is left, so every way to put brackets comes up.
		for len(pieces) > 1 {
			i := rapid.IntRange(0, len(pieces)-2).Draw(t, "neighbours")
			if err := pieces[i].Merge(pieces[i+1]); err != nil {
				t.Fatal(err)
			}
			pieces = append(pieces[:i+1], pieces[i+2:]...)
		}
		if len(pieces) == 1 {
			if diff := cmp.Diff(want, end(t, pieces[0])); diff != "" {
				t.Fatalf("the whole (-), merged (+):\n%s", diff)
			}
		}
		if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
			t.Fatalf("left behind: %v, %v", left, err)
		}
	})
}

func TestStampsOfArrivalGoBeforeThePlaceInTheCapture(t *testing.T) {
	t.Parallel()
	life := []callback{start("1").at(1 * time.Second), fileStart("1", 0).at(2 * time.Second), fileFinish("1", 0).at(9 * time.Second), exit("1", 0).at(10 * time.Second)}
	back := []callback{life[3], life[1], life[2], life[0]}
	if sum, found := check(back...); len(found) != 0 || !sum.ByArrival {
		t.Errorf("by arrival: %v", found)
	}
	back[2].arrival = 0
	sum, found := check(back...)
	if len(found) == 0 || sum.ByArrival || sum.Unstamped != 1 {
		t.Errorf("one has no stamp, so it is the order of the capture: %v, %+v", found, sum)
	}
	life[0], life[3] = life[0].at(10*time.Second), life[3].at(time.Second)
	life[1].arrival = 0
	if sum, found := check(life...); len(found) > 0 || sum.ByArrival {
		t.Errorf("nor do the other stamps count then: %v, %+v", found, sum)
	}
}

func TestTheTemporaryFileIsRemovedAtOnceAndItsFailureIsTold(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	fill := func(dir string) (*Checker, error) {
		c := NewChecker(Options{Memory: 1, Dir: dir})
		b := NewBatch()
		b.Add(start("1").body(), Place{Source: "c", Line: 1})
		return c, c.Take(b)
	}
	c, err := fill(dir)
	if err != nil {
		t.Fatal(err)
	}
	if left, err := os.ReadDir(dir); runtime.GOOS != "windows" && (err != nil || len(left) > 0) {
		t.Errorf("there while it is used, for others to see and for a kill to leave: %v, %v", left, err)
	}
	sum, err := c.End()
	if err != nil || sum.Spilled == 0 || sum.Tasks != 1 {
		t.Errorf("%+v, %v", sum, err)
	}
	for range 2 {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	if _, err := fill(dir + "/none"); err == nil {
		t.Error("a folder that is not there is no error")
	}
}
