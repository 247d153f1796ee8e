package sequence

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// Many logs stamp whole seconds, and the callbacks of a second may be in the files of two receivers.
func TestAnOrderThatStampsLeaveOpenIsNotFoundFaultWith(t *testing.T) {
	t.Parallel()
	const s = time.Second
	for name, tc := range map[string]struct {
		list []callback
		want []string
	}{
		"a start and its first file": {[]callback{fileStart("1", 0).at(s), start("1").at(s), fileFinish("1", 0).at(9 * s)}, nil},
		"a file's start and finish":  {[]callback{start("1").at(s), fileFinish("1", 0).at(2 * s), fileStart("1", 0).at(2 * s)}, nil},
		"a file and an exit":         {[]callback{start("1").at(s), fileStart("1", 0).at(s), exit("1", 0).at(9 * s), fileFinish("1", 0).at(9 * s)}, nil},
		"a whole life, backwards":    {[]callback{exit("1", 0).at(s), fileFinish("1", 0).at(s), fileStart("1", 0).at(s), start("1").at(s)}, nil},
		"an exit, a new start and a file that may belong to either": {
			[]callback{fileStart("1", 0).at(9 * s), start("1").on(5).at(s), exit("1", 0).at(9 * s), start("1").on(13).at(9 * s), fileStart("1", 1).at(15 * s)}, nil,
		},
		"a start and an exit, either of which may be the last": {
			[]callback{start("1").at(s), exit("1", 0).at(2 * s), start("1").on(5).at(9 * s), exit("1", 1).at(9 * s), fileStart("1", 0).at(10 * s)}, nil,
		},
		"what is legal in the order of the capture stays in it": {
			[]callback{start("1").at(s), exit("1", 0).at(s), start("1").at(s), exit("1", 0).at(s), start("1").at(s)}, nil,
		},

		"a start too late to have been first": {[]callback{fileStart("1", 0).at(s), start("1").at(2 * s)}, []string{"RC3001 warning 1:1"}},
		"no start at all":                     {[]callback{fileStart("1", 0).at(s), exit("1", 0).at(s)}, []string{"RC3001 warning 1:1"}},
		"a finish without any start":          {[]callback{start("1").at(s), exit("1", 0).at(9 * s), fileFinish("1", 0).at(9 * s)}, []string{"RC3004 warning 1:3"}},
		"an exit a second before, and no new start": {
			[]callback{start("1").at(7 * s), exit("1", 0).at(8 * s), exit("1", 1).at(9 * s), fileStart("1", 0).at(9 * s)}, []string{"RC3005 warning 1:4 after 2"},
		},
		"more of them than there are in a moment: the stamps tell nothing, and the capture does": {
			append([]callback{fileStart("1", 0).at(s), start("1").at(s)}, many(maxTied)...), []string{"RC3001 warning 1:1"},
		},
	} {
		if _, got := check(tc.list...); !cmp.Equal(got, append([]string{}, tc.want...)) {
			t.Errorf("%s: %v, want %v", name, got, tc.want)
		}
	}
}

func many(n int) (all []callback) {
	for i := range n {
		all = append(all, other("1", fmt.Sprint("New", i)).at(time.Second))
	}
	return all
}

func TestALegalLifeStaysOneWhateverOrderAMomentHas(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var life []callback
		for range rapid.IntRange(1, 3).Draw(t, "runs") {
			life = append(life, start("1").on(int64(len(life)+1)))
			for i := range rapid.IntRange(0, 3).Draw(t, "files") {
				life = append(life, fileStart("1", i).on(int64(len(life)+1)), fileFinish("1", i).on(int64(len(life)+2)))
			}
			if rapid.Bool().Draw(t, "exits") {
				life = append(life, exit("1", len(life)).on(int64(len(life)+1)))
			}
		}
		// Whole seconds, some of which several callbacks share.
		second := 1
		for i := range life {
			second += rapid.IntRange(0, 1).Draw(t, "seconds")
			life[i] = life[i].on(0).at(time.Duration(second) * time.Second)
			life[i].msg["nobody documents"] = i // no two with the same bytes
		}
		life = rapid.Permutation(life).Draw(t, "lines")
		sum, found := check(life...)
		for _, f := range found {
			if f[:6] != CodeGap { // with a second between each two
				t.Fatalf("%v: %+v", found, sum)
			}
		}
	})
}
